"""Waiting the oldest way: a call returns when it is done.

All programs whose calls wait share these lines, also gevent's, whose calls
only look as if they did.
"""

import socket
from contextlib import suppress
from itertools import takewhile

from problems import body, question, request


def get(address, target):
    """Connects, asks, and reads until the service closes."""
    with socket.create_connection(address) as service:
        service.sendall(request(target))
        with service.makefile("rb") as reply:
            return body(reply.read())


def converse(client):
    """Answers one client until it leaves."""
    # One that leaves in the middle is no error of the server.
    with client, client.makefile("rb") as requests, suppress(ConnectionError):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for head in heads(requests):
            function, argument = question(head)
            client.sendall(function(argument))


def heads(requests):
    """The first line of each request: what follows it, up to an empty line,
    doesn't matter here."""
    while True:
        lines = list(takewhile(bytes.strip, requests))
        if not lines:
            return
        yield lines[0]
