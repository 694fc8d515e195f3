"""How long a thread runs until another one has its turn.

Each hog reads the clock all the time. Where the clock has jumped, the hog has not run meanwhile: a
slice has ended. Its first slice is left out, since the other hogs may not have begun then.

arguments: HOGS SECONDS INTERVAL (the switch interval, in seconds)
prints:    one slice per line, in milliseconds
"""
from sys import argv, setswitchinterval
from threading import Thread
from time import perf_counter

JUMP = 0.0002


def hog(slices):
    began = perf_counter()
    now = began
    while now < end:
        then = perf_counter()
        if then - now > JUMP:
            slices.append(now - began)
            began = then
        now = then


hogs = int(argv[1])
setswitchinterval(float(argv[3]))
end = perf_counter() + float(argv[2])

threads = []
slices_of = []
for number in range(hogs):
    slices = []
    thread = Thread(None, hog, None, (slices,))
    thread.start()
    threads.append(thread)
    slices_of.append(slices)
for thread in threads:
    thread.join()

for slices in slices_of:
    for number in range(1, len(slices)):
        print(1000 * slices[number])
