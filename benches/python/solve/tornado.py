"""tornado: coroutines as in `asyncio.py`, on its streams."""

import asyncio
from contextlib import suppress

from tornado.ioloop import IOLoop
from tornado.iostream import StreamClosedError
from tornado.tcpclient import TCPClient
from tornado.tcpserver import TCPServer

import problems


def in_flight(requests):
    return requests


def each(function, tasks):
    """The results, in order; each task is a coroutine of its own."""

    async def gather():
        return await asyncio.gather(*map(function, tasks))

    return asyncio.run(gather())


async def get(address, target):
    stream = await TCPClient().connect(*address)
    await stream.write(problems.request(target))
    return problems.body(await stream.read_until_close())


def not_without_a_stream(_):
    raise NotImplementedError(
        "tornado adds streams to asyncio's loop, and here is none to wait for:"
        " it would be asyncio's row again"
    )


chain = primes = files = not_without_a_stream


def fetch(address, targets):
    return each(lambda target: get(address, target), targets)


def orders(address, pages):
    async def sold(page):
        target = problems.page_of_orders(page)
        return problems.sold(page, await get(address, target))

    return problems.add_sold(each(sold, pages))


class Server(TCPServer):
    async def handle_stream(self, stream, address):
        stream.set_nodelay(True)
        with suppress(StreamClosedError):
            while True:
                head = await stream.read_until(b"\r\n\r\n")
                function, argument = problems.question(head)
                if function is problems.expensive:
                    # It would hold up all others.
                    on_threads = IOLoop.current().run_in_executor
                    reply = await on_threads(None, function, argument)
                else:
                    reply = function(argument)
                await stream.write(reply)


def serve(listener):
    async def serve():
        listener.setblocking(False)
        Server().add_socket(listener)
        await asyncio.Event().wait()

    asyncio.run(serve())
