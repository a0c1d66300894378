"""User data on its way: the bytes stay bytes, and each value knows its size."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.model.payload import NOTHING, Inline, Payload, Stored, Value, value_size

VALUES = st.builds(Inline, st.binary(max_size=50)) | st.builds(
    Stored, st.text(st.characters(codec="utf-8"), max_size=9),
    st.text(st.characters(codec="utf-8"), max_size=9), st.integers(0, 2**53 - 1),
)  # fmt: skip


@given(VALUES)
def test_a_value_travels_and_keeps_its_kind(value):
    packed = msgspec.msgpack.encode(value)
    assert msgspec.msgpack.decode(packed, type=Value) == value


@given(VALUES)
def test_the_size_is_that_of_the_bytes(value):
    assert value_size(value) == (len(value.data) if isinstance(value, Inline) else value.size)


@given(st.dictionaries(st.integers(0, 2**53 - 1), VALUES, max_size=5))
def test_a_payload_travels_with_its_ids_as_integers(values):
    payload = Payload({"f": b"\x80"}, {7: b"config"}, {"f": "def f(): ..."}, values)
    packed = msgspec.msgpack.encode(payload)
    assert msgspec.msgpack.decode(packed, type=Payload) == payload


def test_nothing_is_an_empty_payload():
    assert Payload() == NOTHING
    assert (NOTHING.functions, NOTHING.configs, NOTHING.sources, NOTHING.values) == ({}, {}, {}, {})


def test_payloads_do_not_share_their_dicts():
    assert Payload().values is not Payload().values


@pytest.mark.parametrize("value", [Inline(b"x"), Stored("h", "p", 1), Payload()])
def test_all_are_frozen(value):
    with pytest.raises(AttributeError):
        setattr(value, type(value).__struct_fields__[0], None)
