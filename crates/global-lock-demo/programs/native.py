"""How late a thread is that sleeps for 1 ms beside one that computes in native code.

Native code runs no bytecode, so nobody can ask it for the lock: it keeps the lock to its end, as
sum does, or gives it up on its own, as crc32 does for large data.

arguments: KIND (holds or releases) COUNT
prints:    by how much each of COUNT sleeps was longer, per line, in milliseconds
"""
from sys import argv
from threading import Thread
from time import perf_counter, sleep
from zlib import crc32

SLEEP = 0.001
CALL = 0.03
LARGE = 32000000


def holds():
    # So many numbers that a call takes 30 ms, here and now.
    n = 100000
    began = perf_counter()
    sum(range(n))
    n = int(n * CALL / (perf_counter() - began))
    ready.append(n)
    while computing:
        sum(range(n))


def releases():
    data = bytes(LARGE)
    ready.append(LARGE)
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
