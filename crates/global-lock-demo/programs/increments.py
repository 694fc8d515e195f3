"""Two ways to add one to a global, from many threads at once; which loses updates?

arguments: THREADS N (how often each thread adds, each way)
prints:    lost A B: of x += 1 and of x = x + one()
"""
from sys import argv
from threading import Thread


def one():
    return 1


def add(n):
    global x
    while n > 0:
        x += 1
        n -= 1


def add_called(n):
    global x
    while n > 0:
        x = x + one()
        n -= 1


def lost(way, threads, n):
    global x
    x = 0
    running = []
    for number in range(threads):
        thread = Thread(None, way, None, (n,))
        thread.start()
        running.append(thread)
    for thread in running:
        thread.join()
    return threads * n - x


x = 0
threads = int(argv[1])
n = int(argv[2])
print("lost", lost(add, threads, n), lost(add_called, threads, n))
