"""Green threads. Read it beside `threads.py`: calls that wait look the same.

From the next two lines on they let others go on instead.
"""

from gevent import monkey

monkey.patch_all()

from gevent import spawn  # noqa: E402
from gevent.pool import Group  # noqa: E402

import problems  # noqa: E402
from blocking import converse, get  # noqa: E402


def in_flight(requests):
    return requests


def each(function, tasks):
    """The results, in order; each task is a green thread of its own."""
    return Group().map(function, tasks)


def chain(links):
    return each(problems.chain, [links])[0]


def primes(ranges):
    return sum(each(problems.count_primes, ranges))


def fetch(address, targets):
    return each(lambda target: get(address, target), targets)


def orders(address, pages):
    def sold(page):
        target = problems.page_of_orders(page)
        return problems.sold(page, get(address, target))

    return problems.add_sold(each(sold, pages))


def files(paths):
    return problems.add_words(each(problems.count_words, paths))


def serve(listener):
    # Nobody takes the turn from one that computes: the others wait for it.
    while True:
        client, _ = listener.accept()
        spawn(converse, client)
