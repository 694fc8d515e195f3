"""Coroutines on one thread, which says itself where others may go on."""

import asyncio

import problems


def in_flight(requests):
    return requests


def each(function, tasks):
    """The results, in order; each task is a coroutine of its own."""

    async def gather():
        return await asyncio.gather(*map(function, tasks))

    return asyncio.run(gather())


async def on_a_thread(function, argument):
    """What blocks or computes would hold up all others, so it goes there."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(None, function, argument)


async def get(address, target):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(problems.request(target))
    reply = await reader.read()
    writer.close()
    return problems.body(reply)


def chain(links):
    async def chain(links):
        return problems.chain(links)

    return each(chain, [links])[0]


def primes(ranges):
    # There are no others to hold up, and it doesn't get faster elsewhere.
    async def count(numbers):
        return problems.count_primes(numbers)

    return sum(each(count, ranges))


def fetch(address, targets):
    return each(lambda target: get(address, target), targets)


def orders(address, pages):
    async def sold(page):
        target = problems.page_of_orders(page)
        return problems.sold(page, await get(address, target))

    return problems.add_sold(each(sold, pages))


def files(paths):
    def count(path):
        return on_a_thread(problems.count_words, path)

    return problems.add_words(each(count, paths))


async def converse(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            function, argument = problems.question(head)
            if function is problems.expensive:
                reply = await on_a_thread(function, argument)
            else:
                reply = function(argument)
            writer.write(reply)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def serve(listener):
    async def serve():
        server = await asyncio.start_server(converse, sock=listener)
        await server.serve_forever()

    asyncio.run(serve())
