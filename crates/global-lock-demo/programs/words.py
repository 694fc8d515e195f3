"""A bit of everything, with threads, and always the same result.

arguments: none
prints:    what came out, the same in every interpreter
"""
from threading import Lock, Thread

TEXT = ("who", "holds", "the", "lock", "runs", "who", "waits", "for", "the", "lock", "sleeps")


def count(words, counts, lock):
    for word in words:
        lock.acquire()
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
        lock.release()


def count_all(threads):
    counts = {}
    lock = Lock()
    running = []
    for number in range(threads):
        words = []
        for at in range(number, len(TEXT), threads):
            words.append(TEXT[at])
        thread = Thread(None, count, None, (words, counts, lock))
        thread.start()
        running.append(thread)
    for thread in running:
        thread.join()
    return counts


def sort(numbers):
    """Sorts them in place, by insertion."""
    for end in range(1, len(numbers)):
        at = end
        while at > 0 and numbers[at - 1] > numbers[at]:
            numbers[at - 1], numbers[at] = numbers[at], numbers[at - 1]
            at -= 1


def is_prime(n):
    for divisor in range(2, n):
        if divisor * divisor > n:
            return True
        if n % divisor == 0:
            return False
    return n > 1


def primes(limit):
    found = []
    n = 0
    while True:
        n += 1
        if n > limit:
            break
        if not is_prime(n):
            continue
        found.append(n)
    return found


def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


def mixed(n):
    """A number that looks random: a step of xorshift."""
    n ^= n << 13 & 0xFFFFFFFF
    n ^= n >> 17
    n ^= n << 5 & 0xFFFFFFFF
    return n


counts = count_all(3)
for word in TEXT:
    print(word, counts[word])
print(len(counts), "queue" in counts, "queue" not in counts)

numbers = [3, -1, 4, -1, 5, -9, 2, 6]
sort(numbers)
for number in numbers:
    print(number, -number, abs(number), number // 4, number % 4, number | 8, number ^ 5)
print(sum(numbers), min(numbers), max(numbers), min(3, 1, 2), max((7, 8)), len(numbers))
print(numbers[0], numbers[-1])

for prime in primes(30):
    print(prime)
print(fibonacci(15), mixed(2463534242), mixed(mixed(2463534242)))

squares = [number * number for number in range(5)]
pair = (squares[2], (squares[3], squares))
print(squares[4], pair[0], pair[1][0], pair[1][1][-1], pair[1][1] is squares, [1] is not squares)

first, second, third = TEXT[0], TEXT[-1], 13
named = {first: 1, second: -2, third: "thirteen"}
named[first] += 10
print(named["who"], named["sleeps"], named[13], "lock" in named, len(named))

zero = 0
three = 3
minus = -7
none = None
half = three / 2 - 1
print(zero or "or", zero and "and", none or zero or "last", three and zero or 2)
print(not zero, not first, not none and not zero)
print(minus / 2 == -3.5, minus // 2, minus % three, -minus % -three, minus & 12, minus >> 1)
print(half == 0.5, half + 1 == 1.5, half * 4 == 2, three == 3.0, half < three, minus >= half)
print(int("-42") + int(3.9), float("1.5") * 2 == three, 10 > three >= 3, 1 <= three < three)
print(first < second, first != second, none is None, none is not None)
print("done")
