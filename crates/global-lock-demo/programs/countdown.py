"""One job for the processor, split over threads.

arguments: THREADS TOTAL
prints:    seconds S
"""
from sys import argv
from threading import Thread
from time import perf_counter


def count_down(n):
    while n > 0:
        n -= 1


threads = int(argv[1])
total = int(argv[2])

began = perf_counter()
running = []
for number in range(threads):
    # The first threads take what can't be shared out evenly.
    part = (total + threads - 1 - number) // threads
    thread = Thread(None, count_down, None, (part,))
    thread.start()
    running.append(thread)
for thread in running:
    thread.join()
print("seconds", perf_counter() - began)
