"""python3 -m unittest, in this directory."""

import unittest

import problems

REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"


class Problems(unittest.TestCase):
    def test_chain_begins_with_the_published_output_of_splitmix64(self):
        self.assertEqual(problems.chain(1), 0xE220A8397B1DCDAF)

    def test_a_split_covers_every_number_once_and_all_primes(self):
        ranges = problems.split(10_000, 7)
        numbers = [number for part in ranges for number in part]
        self.assertEqual(numbers, [*range(10_000)])
        self.assertEqual(sum(map(problems.count_primes, ranges)), 1_229)

    def test_a_reply_that_is_not_whole_or_not_well_is_found(self):
        self.assertEqual(problems.body(REPLY), b"yes")
        spoilt = REPLY[:-1], REPLY + b"!", REPLY.replace(b"200", b"503"), b""
        for reply in spoilt:
            with self.assertRaises(ValueError):
                problems.body(reply)

    def test_another_page_or_too_few_orders_are_no_page(self):
        for page in b'{"page": 1, "orders": []}', b'{"page": 2, "orders": []}':
            with self.assertRaises(ValueError):
                problems.sold(1, page)

    def test_what_was_sold_adds_up(self):
        parts = {"jug": (1, 99), "bell": (2, 10)}, {"jug": (3, 300)}
        total = {"jug": (4, 399), "bell": (2, 10)}
        self.assertEqual(problems.add_sold(parts), total)

    def test_questions_are_told_apart(self):
        for head, answer in (
            (b"GET /cheap?n=7 HTTP/1.1\r\n", b"\r\n\r\n21\n"),
            (b"GET /expensive?below=100 HTTP/1.1\r\n", b"\r\n\r\n25\n"),
            (b"GET /cheap?n=x HTTP/1.1\r\n", b"NUMBER\n"),
            (b"POST /cheap?n=7 HTTP/1.1\r\n", b"NUMBER\n"),
        ):
            function, argument = problems.question(head)
            self.assertTrue(function(argument).endswith(answer), head)
            expensive = head.startswith(b"GET /expensive")
            self.assertEqual(function is problems.expensive, expensive)


if __name__ == "__main__":
    unittest.main()
