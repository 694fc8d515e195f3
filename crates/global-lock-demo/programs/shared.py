"""Work on lists, split over threads, all of which have the same list. Beside it: private.py.

arguments: THREADS TOTAL (steps, of all threads together)
prints:    seconds S
           or wrong N, if N threads have not found what they should have
"""
from sys import argv
from threading import Thread
from time import perf_counter

ROWS = 64


def rows():
    made = []
    for number in range(ROWS):
        made.append([float(number)])
    return made


def walk(table, steps, found):
    total = 0.0
    at = 0
    while steps > 0:
        row = table[at]
        total += row[0]
        table[at] = row
        at = (at + 1) % ROWS
        steps -= 1
    found.append(total)


threads = int(argv[1])
steps = int(argv[2]) // threads

running = []
found = []
table = rows()
began = perf_counter()
for number in range(threads):
    thread = Thread(None, walk, None, (table, steps, found))
    thread.start()
    running.append(thread)
for thread in running:
    thread.join()
seconds = perf_counter() - began

# Whole walks over the rows, and the beginning of one.
rest = steps % ROWS
right = steps // ROWS * (ROWS * (ROWS - 1) // 2) + rest * (rest - 1) // 2
wrong = threads
for total in found:
    if total == right:
        wrong -= 1
if wrong == 0:
    print("seconds", seconds)
else:
    print("wrong", wrong)
