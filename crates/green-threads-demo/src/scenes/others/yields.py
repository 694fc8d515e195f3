"""What it costs to give way, in Python: nanoseconds each.

    python3 yields.py 1000 100

asyncio comes with Python; gevent (pip install gevent) is measured where it is installed.
"""

import asyncio
import sys
import time

THREADS, ROUNDS = int(sys.argv[1]), int(sys.argv[2])


def report(name, seconds):
    print(name, seconds * 1e9 / (THREADS * ROUNDS))


def with_gevent(gevent):
    def gives_way():
        for _ in range(ROUNDS):
            gevent.sleep(0)

    greenlets = [gevent.spawn(gives_way) for _ in range(THREADS)]
    start = time.perf_counter()
    gevent.joinall(greenlets)
    return time.perf_counter() - start


async def with_asyncio():
    async def gives_way():
        for _ in range(ROUNDS):
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(gives_way()) for _ in range(THREADS)]
    start = time.perf_counter()
    await asyncio.gather(*tasks)
    return time.perf_counter() - start


# The fastest of three: whatever else runs only makes them slower.
try:
    import gevent
except ImportError:
    pass
else:
    report("gevent", min(with_gevent(gevent) for _ in range(3)))
report("asyncio", min(asyncio.run(with_asyncio()) for _ in range(3)))
