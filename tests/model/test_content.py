"""Content types: what there is, what stands for what, and what two of them make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import ContentTypeError
from flowlab.model.content import (
    PLAIN,
    check_content_type,
    is_subtype,
    merge_content_types,
    text_encoding,
)

KNOWN = ["", *sorted(PLAIN), "text-latin-1", "mime/image/png", "user/a", "user/a/b", "protobuf/X"]
TYPES = st.sampled_from(KNOWN)


@pytest.mark.parametrize("content_type", KNOWN)
def test_known_types_pass(content_type):
    assert check_content_type(content_type) == content_type


@pytest.mark.parametrize("content_type", ["Pickle", "jso", "texts", "mime", "user", "x/y", " "])
def test_unknown_types_are_refused_with_what_there_is(content_type):
    assert issubclass(ContentTypeError, ValueError)  # as in Rain
    with pytest.raises(ContentTypeError, match=r"is not recognized; use one of .*pickle.*user/"):
        check_content_type(content_type)


@pytest.mark.parametrize(
    ("content_type", "declared", "fits"),
    [
        ("json", "", True),
        ("", "json", False),
        ("json", "json", True),
        ("json", "cbor", False),
        ("cloudpickle", "pickle", True),
        ("pickle", "cloudpickle", True),
        ("pickle", "json", False),
        ("text-latin-1", "text", True),
        ("text", "text-latin-1", False),
        ("user/a/b", "user/a", True),
        ("user/ab", "user/a", False),
        ("user/a", "user/a/b", False),
        ("mime/image/png", "mime/image", True),
        ("protobuf/X", "protobuf", True),
        ("text-", "text", True),
    ],
)
def test_components_are_compared_whole(content_type, declared, fits):
    assert is_subtype(content_type, declared) is fits


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        ("", "", ""),
        ("json", "", "json"),
        ("user/a", "user/a/b", "user/a/b"),
        ("text", "text-latin-1", "text-latin-1"),
        ("pickle", "cloudpickle", "cloudpickle"),
        ("pickle", "pickle", "pickle"),
        ("pickle", "", "pickle"),
    ],
)
def test_the_narrower_type_stays(one, other, merged):
    assert merge_content_types(one, other) == merged
    assert merge_content_types(other, one) == merged


@pytest.mark.parametrize("pair", [("json", "cbor"), ("user/a", "user/b"), ("pickle", "text")])
def test_types_that_exclude_each_other_are_named(pair):
    with pytest.raises(ContentTypeError, match=rf"Incompatible.*'{pair[1]}' and '{pair[0]}'"):
        merge_content_types(*pair)


@given(TYPES, TYPES)
def test_what_is_merged_fits_both_and_the_order_means_nothing(one, other):
    if not is_subtype(one, other) and not is_subtype(other, one):
        with pytest.raises(ContentTypeError):
            merge_content_types(one, other)
        return
    merged = merge_content_types(one, other)
    assert is_subtype(merged, one)
    assert is_subtype(merged, other)
    assert merged == merge_content_types(other, one)


@given(TYPES, TYPES, TYPES)
def test_a_subtype_of_a_subtype_is_a_subtype(one, other, third):
    if is_subtype(one, other) and is_subtype(other, third):
        assert is_subtype(one, third)


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [("text", "utf-8"), ("text-latin-1", "latin-1"), ("json", None), ("", None), ("user/t", None)],
)
def test_a_text_names_its_encoding(content_type, encoding):
    assert text_encoding(content_type) == encoding
