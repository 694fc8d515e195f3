"""How late a thread is that sleeps for 1 ms beside one that computes in native code.

Native code runs no bytecode, so nobody can ask it for the lock: it keeps the lock to its end, as
sum does, or gives it up on its own, as crc32 does for large data.

arguments: KIND (holds or releases) COUNT INTERVAL (the switch interval, in seconds)
prints:    by how much each of COUNT sleeps was longer, per line, in milliseconds
"""
from sys import argv, setswitchinterval
from threading import Thread
from time import perf_counter, sleep
from zlib import crc32

SLEEP = 0.001
CALL = 0.01
TRIAL = 200000
MOST = 60000000


def fitting(fastest):
    # If TRIAL takes so long, then so much takes as long as a call should, here and now.
    return min(int(TRIAL * CALL / fastest), MOST)


def holds():
    fastest = CALL
    for turn in range(3):
        began = perf_counter()
        sum(range(TRIAL))
        fastest = min(fastest, perf_counter() - began)
    n = fitting(fastest)
    ready.append(n)
    while computing:
        sum(range(n))


def releases():
    fastest = CALL
    data = bytes(TRIAL)
    for turn in range(3):
        began = perf_counter()
        crc32(data)
        fastest = min(fastest, perf_counter() - began)
    data = bytes(fitting(fastest))
    ready.append(len(data))
    while computing:
        crc32(data)


def sleep_often(count):
    late = []
    for number in range(count):
        began = perf_counter()
        sleep(SLEEP)
        late.append(perf_counter() - began - SLEEP)
    return late


kinds = {}
kinds["holds"] = holds
kinds["releases"] = releases

setswitchinterval(float(argv[3]))
computing = True
ready = []
thread = Thread(None, kinds[argv[1]], None, ())
thread.start()
while len(ready) == 0:
    sleep(SLEEP)
late = sleep_often(int(argv[2]))
computing = False
thread.join()
for seconds in late:
    print(1000 * seconds)
