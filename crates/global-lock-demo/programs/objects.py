"""Threads that refer to one object and forget it again: all that this does is count references.

arguments: THREADS N (how often each thread does it)
prints:    done
"""
from sys import argv
from threading import Thread

shared = [1, 2, 3]


def refer(n):
    while n > 0:
        a = shared
        b = a
        a = None
        b = None
        n -= 1


threads = []
for number in range(int(argv[1])):
    thread = Thread(None, refer, None, (int(argv[2]),))
    thread.start()
    threads.append(thread)
for thread in threads:
    thread.join()
print("done")
