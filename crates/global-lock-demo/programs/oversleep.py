"""How late a thread is that sleeps for 1 ms beside hogs: it must wait for its turn.

arguments: HOGS COUNT INTERVAL (the switch interval, in seconds)
prints:    by how much each of COUNT sleeps was longer, per line, in milliseconds
"""
from sys import argv, setswitchinterval
from threading import Thread
from time import perf_counter, sleep

SLEEP = 0.001


def hog():
    running.append(True)
    n = 0
    while hogging:
        n += 1


def sleep_often(count):
    late = []
    for number in range(count):
        began = perf_counter()
        sleep(SLEEP)
        late.append(perf_counter() - began - SLEEP)
    return late


hogs = int(argv[1])
count = int(argv[2])
setswitchinterval(float(argv[3]))

hogging = True
running = []
threads = []
for number in range(hogs):
    thread = Thread(None, hog, None, ())
    thread.start()
    threads.append(thread)

while len(running) < hogs:
    sleep(SLEEP)
late = sleep_often(count)

hogging = False
for thread in threads:
    thread.join()
for seconds in late:
    print(1000 * seconds)
