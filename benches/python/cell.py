"""A cell of the matrix: one of the programs solves one problem.

    echo '{"approach": "threads", "problem": "chain", "links": 1000}' \
        | python3 cell.py

The question is a line of JSON on standard input. Each line of standard output
is another: {"figures": …, "answer": …}, or {"refused": why}. A server first
says where it is, and serves until SIGINT, which is Ctrl-C.
"""

import json
import signal
import socket
import sys
from importlib import import_module

import problems
from meter import Meter


def main():
    asked = json.loads(sys.stdin.readline())
    problem = PROBLEMS[asked.pop("problem")]
    solve = import_module("solve." + asked.pop("approach"))
    try:
        problem(solve, **asked)
    except NotImplementedError as why:
        tell(refused=str(why))


def tell(**line):
    print(json.dumps(line), flush=True)


def metered(function, *arguments):
    """What the function returns, and what that has cost."""
    meter = Meter()
    result = function(*arguments)
    return result, meter.read()


# Each is solved once in small before the clock starts: what is imported,
# started and filled then is no part of any problem.


def chain(solve, links):
    solve.chain(1)
    end, figures = metered(solve.chain, links)
    tell(figures=figures, answer=end)


def primes(solve, below, ranges):
    solve.primes(problems.split(20, 2))
    count, figures = metered(solve.primes, problems.split(below, ranges))
    tell(figures=figures, answer=count)


def fetch(solve, service, requests, think_ms):
    targets = [problems.thought(i, think_ms) for i in range(requests)]
    service = tuple(service)
    solve.fetch(service, targets[:1])
    replies, figures = metered(solve.fetch, service, targets)
    figures["promised_in_flight"] = solve.in_flight(requests)
    tell(figures=figures, answer=[reply.decode() for reply in replies])


def orders(solve, service, pages):
    service = tuple(service)
    solve.orders(service, range(1))
    totals, figures = metered(solve.orders, service, range(pages))
    figures["promised_in_flight"] = solve.in_flight(pages)
    tell(figures=figures, answer=totals)


def files(solve, paths):
    # A path is bytes, of any kind; it comes as text of a character a byte.
    paths = [path.encode("latin-1") for path in paths]
    solve.files(paths[:1])
    (words, read, skipped), figures = metered(solve.files, paths)
    words = {word.decode(): times for word, times in words.items()}
    tell(figures=figures, answer=[words, read, skipped])


def serve(solve, clients):
    listener = socket.create_server(("127.0.0.1", 0))
    # A shell may have told whom it starts to ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    meter = Meter()
    try:
        address = "{}:{}".format(*listener.getsockname())
        tell(address=address, clients=solve.in_flight(clients))
        solve.serve(listener)
    except KeyboardInterrupt:
        figures = meter.read()
        # For how long it served was the client's choice.
        del figures["wall_ms"]
        tell(figures=figures)


PROBLEMS = {
    function.__name__: function
    for function in (chain, primes, fetch, orders, files, serve)
}

if __name__ == "__main__":
    main()
