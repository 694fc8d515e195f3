"""Processes: each has a global lock of its own, and nothing in common."""

from functools import lru_cache, partial
from multiprocessing import Pool, Process

import problems
from blocking import get
from solve import sequential

# Who waits costs no core, but memory.
WAITING = 16


def in_flight(requests):
    return min(requests, WAITING)


@lru_cache(maxsize=None)
def pool(workers=None):
    """A pool that is kept; as many workers as cores, unless it is said."""
    return Pool(workers)


def chain(links):
    return pool().apply(problems.chain, [links])


def primes(ranges):
    # They are of uneven cost, so they are dealt out one by one.
    return sum(pool().imap_unordered(problems.count_primes, ranges))


def fetch(address, targets):
    return pool(WAITING).map(partial(get, address), targets, chunksize=1)


# What a worker is to do is sent by its name, so no function within another
# will do.
def sold(address, page):
    return problems.sold(page, get(address, problems.page_of_orders(page)))


def orders(address, pages):
    totals = pool(WAITING).map(partial(sold, address), pages, chunksize=1)
    return problems.add_sold(totals)


def files(paths):
    counts = pool().imap_unordered(problems.count_words, paths, chunksize=16)
    return problems.add_words(counts)


def serve(listener):
    # All accept from the same socket, as gunicorn's workers do.
    servers = [
        Process(target=sequential.serve, args=[listener], daemon=True)
        for _ in range(WAITING)
    ]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
