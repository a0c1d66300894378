"""Messages in packets come whole, whoever writes between them and however they are read."""

import random

from flowlab.model.packets import LEAST, Joiner, split


def read(data, step):
    joiner = Joiner()
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    return [message for piece in pieces for message in joiner.feed(piece)]


def test_a_message_comes_whole_in_any_pieces():
    messages = [b"", b"a", b"b" * LEAST, b"c" * 5000]
    data = b"".join(packet for message in messages for packet in split(message, 7))
    for step in (1, 3, 100, len(data)):
        assert read(data, step) == messages


def test_packets_are_small_enough_to_be_written_at_once():
    assert max(map(len, split(b"x" * 10_000, 1))) == LEAST
    assert max(map(len, split(b"x" * 10_000, 1, 4096))) == 4096


def test_two_writers_do_not_mix():
    chance = random.Random(1)
    queues = [list(split(bytes([48 + n]) * 3000, n)) for n in range(3)]
    data = b""
    while any(queues):
        data += chance.choice([queue for queue in queues if queue]).pop(0)
    assert sorted(read(data, 100)) == [b"0" * 3000, b"1" * 3000, b"2" * 3000]


def test_half_a_message_is_none():
    joiner = Joiner()
    first, second = split(b"x" * 600, 1)
    assert joiner.feed(first) == []
    assert joiner.feed(second[:5]) == []
    assert joiner.feed(second[5:]) == [b"x" * 600]


def test_a_message_that_was_interrupted_spoils_no_other():
    joiner = Joiner()
    first, _ = split(b"x" * 600, 1)
    other, rest = split(b"y" * 600, 2)
    assert joiner.feed(first + other) == []
    assert joiner.feed(next(split(b"whole", 1)) + rest) == [b"whole", b"y" * 600]
    assert joiner.cut == 1
