"""From values to bytes and back."""

import math
import subprocess
import sys

import cloudpickle
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import ContentTypeError
from flowlab.staging.encoding import decode, encode

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_a_value_comes_back_from_a_pickle(value):
    assert decode(encode(value, "pickle"), "pickle") == value


@given(plain)
def test_a_value_comes_back_from_json(value):
    assert decode(memoryview(encode(value, "json")), "json") == value


@given(st.text())
def test_text_is_utf8(value):
    try:
        expected = value.encode()
    except UnicodeEncodeError:  # a lone surrogate is no text
        with pytest.raises(ContentTypeError):
            encode(value, "text")
        return
    assert encode(value, "text") == expected
    assert decode(expected, "text") == value


def test_text_may_name_its_encoding():
    assert encode("žluť", "text-latin2") == "žluť".encode("latin2")
    assert decode(memoryview("žluť".encode("latin2")), "text-latin2") == "žluť"


def test_functions_and_lambdas_are_pickled_too():
    double = decode(encode(lambda x: 2 * x, "pickle"), "pickle")
    assert double(21) == 42


def test_what_is_importable_is_pickled_by_reference():
    assert len(encode(math.sin, "pickle")) < 100


def test_a_class_of_the_notebook_is_understood_where_no_notebook_is():
    script = (
        "import sys\n"
        "from flowlab.staging.encoding import encode\n"
        "class Point:\n"
        "    def __init__(self, x): self.x = x\n"
        "    def twice(self): return 2 * self.x\n"
        "sys.stdout.buffer.write(encode(Point(21), 'pickle'))\n"
    )
    data = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert decode(data, "pickle").twice() == 42


def test_a_module_registered_by_value_is_pickled_by_value():
    mine = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(mine)
    try:
        assert b"pickled whole" in encode(helper, "pickle")
    finally:
        cloudpickle.unregister_pickle_by_value(mine)
    assert b"pickled whole" not in encode(helper, "pickle")


def helper():
    return "pickled whole while its module is registered, else by name"


class Stubborn:
    def __reduce__(self):
        raise ValueError("I do\nnot travel")


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no text")


class Silent:
    def __reduce__(self):
        raise Mute


def test_a_value_that_cannot_be_pickled_says_which_and_why():
    with pytest.raises(ContentTypeError, match=r"'Stubborn' cannot .* ValueError: I do not travel"):
        encode(Stubborn(), "pickle")


def test_an_error_without_text_does_not_hide_the_failure():
    with pytest.raises(ContentTypeError, match=r"Mute: \(no text\)"):
        encode(Silent(), "pickle")


@pytest.mark.parametrize(
    ("value", "content_type", "message"),
    [
        ({1, 2}, "json", "cannot be encoded as 'json'"),
        (1, "text", "only str"),
        ("x", "text-klingon", "cannot be encoded as 'text-klingon'"),
        ("x", "mime/png", "Encoding into 'mime/png' unsupported"),
        ("x", "", "Encoding into '' unsupported"),
    ],
)
def test_what_does_not_fit_is_refused(value, content_type, message):
    with pytest.raises(ContentTypeError, match=message):
        encode(value, content_type)


@pytest.mark.parametrize(
    ("data", "content_type", "message"),
    [
        (b"x", "", "Decoding from '' unsupported"),
        (b"x", "user/own", "Decoding from 'user/own' unsupported"),
        (b"\xff", "text", "UnicodeDecodeError"),
        (b"{", "json", "JSONDecodeError"),
        (b"garbage", "pickle", "UnpicklingError"),
        (b"", "pickle", "EOFError"),
    ],
)
def test_data_that_cannot_be_decoded_is_an_error_of_ours(data, content_type, message):
    with pytest.raises(ContentTypeError, match=message):
        decode(data, content_type)


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None]}, [b"raw", "text"], 12])
def test_cbor_goes_there_and_back(value):
    assert decode(encode(value, "cbor"), "cbor") == value


def test_a_frame_and_a_table_come_back_as_an_arrow_table():
    frame = pd.DataFrame({"n": [1, 2, 3], "name": ["a", "b", None]})
    table = pa.Table.from_pandas(frame)
    for value in (frame, table, table.to_batches()[0]):
        assert decode(memoryview(encode(value, "arrow")), "arrow").equals(table)


def test_what_is_no_table_is_refused():
    with pytest.raises(ContentTypeError, match="cannot be encoded as 'arrow'"):
        encode(12, "arrow")


@pytest.mark.parametrize(("content_type", "library"), [("cbor", "cbor2"), ("arrow", "pyarrow")])
def test_a_missing_library_says_how_to_get_it(content_type, library):
    code = (
        f"import sys; sys.modules[{library!r}] = None; sys.modules[{library + '.ipc'!r}] = None\n"
        f"from flowlab.staging.encoding import encode\nencode(1, {content_type!r})"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"pip install 'jupyter-flowlab[{content_type}]'" in run.stderr
