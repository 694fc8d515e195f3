"""Work that one thread does on objects of its own, and no other thread is there.

arguments: WORK (counts, or lists) N (how often)
prints:    done
"""
from sys import argv

ROWS = 64
shared = [1, 2, 3]


def refer(n):
    """All that this does is count references: see objects.py."""
    while n > 0:
        a = shared
        b = a
        a = None
        b = None
        n -= 1


def rows():
    made = []
    for number in range(ROWS):
        made.append([float(number)])
    return made


def walk(table, steps):
    """The work of private.py, where the thread that walks has not made the rows."""
    total = 0.0
    at = 0
    while steps > 0:
        row = table[at]
        total += row[0]
        table[at] = row
        at = (at + 1) % ROWS
        steps -= 1


if argv[1] == "counts":
    refer(int(argv[2]))
else:
    walk(rows(), int(argv[2]))
print("done")
