"""What a piece's sample, its way and its compressor's time decide; no real clock."""

import os
import zlib

import pytest

from flowlab.errors import StoreError
from flowlab.model.limits import MIB
from flowlab.worker.squeeze import FAST, Squeezer, pays, stretch

TEXT = memoryview(b"the same line again and again\n" * (MIB // 30))
NOISE = memoryview(os.urandom(MIB))


class Clock:
    """Stands still, but for `pause` s at each look while one is set."""

    def __init__(self):
        self.now = 100.0
        self.pause = 0.0
        self.looks = 0

    def __call__(self):
        self.looks += 1
        self.now += self.pause
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_it_pays_when_it_takes_less_time_than_it_saves():
    assert pays(1000, 500, seconds=0.4, way=0.001)
    assert not pays(1000, 500, seconds=0.6, way=0.001)
    assert not pays(1000, 1001, seconds=0.0, way=1.0)


def test_the_first_piece_goes_as_it_is_and_on_a_slow_way_the_next_does_not(clock):
    squeezer = Squeezer(clock)
    assert squeezer.squeeze(TEXT) is None
    clock.now += 1.0  # s until the next piece is asked for: 1 MiB/s
    squeezed = squeezer.squeeze(TEXT)
    assert len(squeezed) < len(TEXT) / 10
    assert stretch(memoryview(squeezed), len(TEXT)) == bytes(TEXT)


def test_what_does_not_shrink_goes_as_it_is(clock):
    squeezer = Squeezer(clock)
    for _ in range(3):
        assert squeezer.squeeze(NOISE) is None
        clock.now += 1.0


def test_on_a_fast_way_nothing_is_tried(clock):
    squeezer = Squeezer(clock)
    squeezer.squeeze(TEXT)
    clock.now += len(TEXT) / (2 * FAST)
    before = clock.looks
    assert squeezer.squeeze(TEXT) is None
    assert clock.looks == before + 1  # and none at a sample


def test_a_slow_compressor_is_not_used(clock):
    squeezer = Squeezer(clock)
    squeezer.squeeze(TEXT)
    clock.now += 1.0
    clock.pause = 1.0  # s for a sample, which is an eighth of a piece
    before = clock.looks
    assert squeezer.squeeze(TEXT) is None
    assert clock.looks == before + 3


def test_when_compressed_pieces_turn_out_to_be_slower_no_more_are_sent(clock):
    squeezer = Squeezer(clock)
    squeezer.squeeze(TEXT)
    clock.now += 1.0
    assert squeezer.squeeze(TEXT) is not None
    clock.now += 1.5
    assert squeezer.squeeze(TEXT) is None
    clock.now += 2.0  # the way itself has become slower
    assert squeezer.squeeze(TEXT) is not None


@pytest.mark.parametrize(
    ("piece", "size"),
    [(b"garbled", 10), (zlib.compress(b"short"), 10), (zlib.compress(bytes(11)), 10)],
)
def test_a_piece_that_is_not_what_it_was_is_an_error(piece, size):
    with pytest.raises(StoreError):
        stretch(memoryview(piece), size)
