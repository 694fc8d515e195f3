"""The additions of increments.py, and once more with a lock of the program's own.

arguments: THREADS N (how often each thread adds, each way)
prints:    lost A B C: of x += 1, of x = x + one(), and of the latter under the lock
"""
from sys import argv
from threading import Lock, Thread

lock = Lock()


def one():
    return 1


def meet():
    """Waits until all threads are here: from then on they run at the same time."""
    here.append(1)
    while len(here) < threads:
        pass


def add(n):
    global x
    meet()
    while n > 0:
        x += 1
        n -= 1


def add_called(n):
    global x
    meet()
    while n > 0:
        x = x + one()
        n -= 1


def add_locked(n):
    global x
    meet()
    while n > 0:
        lock.acquire()
        x = x + one()
        lock.release()
        n -= 1


def lost(way):
    global x, here
    x = 0
    here = []
    running = []
    for number in range(threads):
        thread = Thread(None, way, None, (n,))
        thread.start()
        running.append(thread)
    for thread in running:
        thread.join()
    return threads * n - x


x = 0
here = []
threads = int(argv[1])
n = int(argv[2])
print("lost", lost(add), lost(add_called), lost(add_locked))
