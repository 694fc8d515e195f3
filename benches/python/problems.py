"""The problems themselves, as the crate `workloads` has them in Rust.

No socket, no thread and no loop is in here: how to wait and how to share the
work is what the programs in `solve/` differ in.
"""

import json
import re
from collections import Counter

ORDERS_PER_PAGE = 500


def chain(links):
    """Hashes a number, hashes the hash, and so on (SplitMix64)."""
    state = 0x9E3779B97F4A7C15
    for _ in range(links):
        # Rust's numbers end after 64 bits, Python's don't.
        state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        state = (state ^ state >> 27) * 0x94D049BB133111EB % 2**64
        state ^= state >> 31
    return state


def split(below, ranges):
    """The numbers up to and without `below`, in ranges of equal length."""
    edges = [below * i // ranges for i in range(ranges + 1)]
    return [range(*pair) for pair in zip(edges, edges[1:])]


def count_primes(numbers):
    """How many of the numbers are prime."""
    return sum(map(is_prime, numbers))


def is_prime(n):
    """By trial division with 2, 3 and what lies beside the multiples of 6."""
    if n < 4:
        return n > 1
    if n % 2 == 0 or n % 3 == 0:
        return False
    divisor = 5
    while divisor * divisor <= n:
        if n % divisor == 0 or n % (divisor + 2) == 0:
            return False
        divisor += 6
    return True


def count_words(path):
    """How often each word occurs in a file; None if it can't be read.

    Reading does block, but no system has another way, so all share this one.
    """
    try:
        with open(path, "rb") as file:
            return Counter(re.findall(rb"[a-z]+", file.read().lower()))
    except OSError:
        return None


def add_words(counts):
    """All words, how many files they are from, how many were skipped."""
    words, files, skipped = Counter(), 0, 0
    for count in counts:
        if count is None:
            skipped += 1
        else:
            words.update(count)
            files += 1
    return words, files, skipped


def thought(number, ms):
    """What to ask the slow service that thinks for so long."""
    return f"/think?id={number}&ms={ms}"


def page_of_orders(page):
    """What to ask the slow service for a page of orders."""
    return f"/orders?page={page}&ms=10"


def request(target):
    """A request for this target, after which the service closes."""
    lines = f"GET {target} HTTP/1.1", "Host: localhost", "Connection: close"
    return "\r\n".join([*lines, "", ""]).encode()


def body(reply):
    """The body of a reply, if that is whole and all is well with it."""
    head, _, content = reply.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ValueError(f"the service replies: {reply[:80]!r}")
    if not length or int(length.group(1)) != len(content):
        raise ValueError(f"a reply of {len(reply)} bytes is cut short")
    return content


def sold(page, content):
    """What was sold on a page of each product: pieces, and cents."""
    told = json.loads(content)
    if told["page"] != page or len(told["orders"]) != ORDERS_PER_PAGE:
        raise ValueError(f"this is not page {page} of the orders")
    totals = {}
    for order in told["orders"]:
        pieces, cents = totals.get(order["product"], (0, 0))
        pieces += order["quantity"]
        cents += order["quantity"] * order["cents"]
        totals[order["product"]] = pieces, cents
    return totals


def add_sold(parts):
    """What was sold in all."""
    totals = {}
    for part in parts:
        for product, (pieces, cents) in part.items():
            before = totals.get(product, (0, 0))
            totals[product] = before[0] + pieces, before[1] + cents
    return totals


def question(head):
    """What a client asks for: a function that answers, and its argument.

    Who has others to serve asks first whether it `is expensive`.
    """
    asked = re.match(
        rb"GET (?:/cheap\?n|/(expensive)\?below)=(\d{1,18}) ", head
    )
    if not asked:
        return refused, "ask for /cheap?n=NUMBER or /expensive?below=NUMBER"
    return expensive if asked.group(1) else cheap, int(asked.group(2))


def cheap(n):
    """Three times a number: microseconds."""
    return answer("200 OK", n * 3)


def expensive(below):
    """How many primes there are below a number: some tens of milliseconds."""
    return answer("200 OK", count_primes(range(below)))


def refused(why):
    """Something else was asked."""
    return answer("400 Bad Request", why)


def answer(status, content):
    """A reply as it goes over the wire."""
    content = f"{content}\n"
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n\r\n"
    return (head + content).encode()
