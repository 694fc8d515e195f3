"""Threads. Where there is a global lock, one of them computes at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import problems
from blocking import converse, get


def in_flight(requests):
    return requests


def each(function, tasks, threads=None):
    """The results, in order; by a few threads, unless it is said how many."""
    with ThreadPoolExecutor(threads) as executor:
        return list(executor.map(function, tasks))


def chain(links):
    return each(problems.chain, [links])[0]


def primes(ranges):
    return sum(each(problems.count_primes, ranges))


def fetch(address, targets):
    return each(lambda target: get(address, target), targets, len(targets))


def orders(address, pages):
    def sold(page):
        target = problems.page_of_orders(page)
        return problems.sold(page, get(address, target))

    return problems.add_sold(each(sold, pages, len(pages)))


def files(paths):
    return problems.add_words(each(problems.count_words, paths))


def serve(listener):
    while True:
        client, _ = listener.accept()
        Thread(target=converse, args=[client], daemon=True).start()
