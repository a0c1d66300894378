"""Large pickles with their buffers apart."""

import io
import pickle
import pickletools

import numpy as np
import pytest

from flowlab.errors import StoreError
from flowlab.staging.encoding import encode_large
from flowlab.staging.packed import ALIGNMENT, Packed, as_stream, load_packed

LARGE = 100_000


def packed(value):
    made = encode_large(value, "pickle")
    assert isinstance(made, Packed)
    data = made.tobytes()
    assert len(made) == made.size == len(data)
    return memoryview(data)


def in_band(value):
    return b"".join(as_stream(packed(value)))


def values():
    frozen = np.arange(LARGE)
    frozen.flags.writeable = False
    return {
        "array": np.arange(LARGE),
        "frozen": frozen,
        "columns first": np.asfortranarray(np.ones((300, 400))),
        "several": [np.arange(LARGE, dtype="u1"), "text", np.zeros(LARGE, "u1"), b"\x97\x98"],
        "with small ones": {"big": np.ones(LARGE), "small": np.ones(3)},
        "twice the same": [frozen, frozen],
        "among long texts": [b"x" * 70_000, np.arange(LARGE), "y" * 70_000, frozen],
    }


@pytest.mark.parametrize("name", values())
def test_the_value_comes_back_from_both_forms(name):
    value = values()[name]
    for again in (load_packed(packed(value)), pickle.loads(in_band(value))):
        np.testing.assert_equal(again, value)


@pytest.mark.parametrize("name", values())
def test_a_stream_is_a_standard_pickle(name):
    stream = in_band(values()[name])
    names = [opcode.name for opcode, _, _ in pickletools.genops(stream)]
    assert names[-1] == "STOP"
    assert not {"NEXT_BUFFER", "READONLY_BUFFER", "FRAME"} & set(names)
    python = pickle._Unpickler  # the one in Python looks more closely than the one in C
    np.testing.assert_equal(python(io.BytesIO(stream)).load(), values()[name])


def test_what_could_be_written_to_can_be_again_in_a_standard_pickle():
    mine, frozen = values()["array"], values()["frozen"]
    assert pickle.loads(in_band(mine)).flags.writeable
    assert not pickle.loads(in_band(frozen)).flags.writeable


def test_arrays_lie_in_the_view_and_are_aligned_and_read_only():
    view = packed([np.arange(LARGE), "odd", np.ones(LARGE, "u1"), np.ones(LARGE)])
    start = np.frombuffer(view, "u1").ctypes.data
    first, _, *others = load_packed(view)
    for array in (first, *others):
        offset = array.ctypes.data - start
        assert 0 < offset < len(view)
        assert offset % ALIGNMENT == 0
        assert not array.flags.writeable


def test_same_objects_stay_the_same_in_a_standard_pickle():
    shared = np.arange(LARGE)
    one, other = pickle.loads(in_band([shared, shared]))
    assert one is other


def test_what_is_torn_is_said():
    data = bytes(packed(np.arange(LARGE)))
    for torn in (data[:10], data[:-1], data + b"x", b"flowlab\x02" + data[8:], b""):
        with pytest.raises(StoreError, match=r"torn|no packed pickle"):
            load_packed(memoryview(torn))
    huge = data[:16] + (1 << 60).to_bytes(8, "little") + data[24:]
    with pytest.raises(StoreError, match="no packed pickle"):
        load_packed(memoryview(huge))
