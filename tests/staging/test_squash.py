"""Compression: only when it pays, and never more back than was promised."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import StoreError
from flowlab.staging.squash import Squashed, squash, unsquash

TEXT = b"to be or not to be\n" * 10_000


@given(st.binary(max_size=2000), st.integers(0, 500))
def test_bytes_come_back(data, times):
    assert unsquash(squash(data * times)) == data * times


def test_text_is_compressed_and_noise_is_not():
    packed = squash(memoryview(TEXT))
    assert isinstance(packed, Squashed)
    assert len(packed.data) < len(TEXT) // 10
    assert packed.size == len(TEXT)
    noise = os.urandom(100_000)
    assert squash(noise) == noise


def test_a_header_does_not_decide_alone():
    """What begins well and goes on as noise stays as it is, and the other way round."""
    assert isinstance(squash(bytes(64_000) + os.urandom(2_000_000)), bytes)
    assert isinstance(squash(os.urandom(64_000) + TEXT * 5), Squashed)


def test_what_is_small_is_left_alone():
    assert squash(b"x" * 100) == b"x" * 100


@pytest.mark.parametrize("size", [0, len(TEXT) - 1, len(TEXT) + 1])
def test_other_bytes_than_promised_are_refused(size):
    with pytest.raises(StoreError, match=f"do not give the {size} bytes"):
        unsquash(Squashed(squash(TEXT).data, size))


def test_a_bomb_is_not_unpacked():
    bomb = squash(bytes(64_000_000))
    assert len(bomb.data) < 10_000
    with pytest.raises(StoreError, match="do not give the 10 bytes"):
        unsquash(Squashed(bomb.data, 10))


@pytest.mark.parametrize(
    "change", [lambda data: data[:-5], lambda data: data + b"more", lambda data: b"x" + data]
)
def test_torn_bytes_are_refused(change):
    with pytest.raises(StoreError, match="compressed bytes"):
        unsquash(Squashed(change(squash(TEXT).data), len(TEXT)))
