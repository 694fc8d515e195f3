"""One thing after another: what all other approaches are measured against."""

import problems
from blocking import converse, get


def in_flight(requests):
    return min(requests, 1)


def chain(links):
    return problems.chain(links)


def primes(ranges):
    return sum(map(problems.count_primes, ranges))


def fetch(address, targets):
    return [get(address, target) for target in targets]


def orders(address, pages):
    return problems.add_sold(
        problems.sold(page, get(address, problems.page_of_orders(page)))
        for page in pages
    )


def files(paths):
    return problems.add_words(map(problems.count_words, paths))


def serve(listener):
    # The others wait in the listener's queue until this client has left.
    while True:
        client, _ = listener.accept()
        converse(client)
