"""How inputs and outputs are described, and what is refused where it is written."""

import pytest

from flowlab.errors import ContentTypeError, UsageError
from flowlab.model.inputs import Input, InputDir, Output, OutputDir
from flowlab.model.specs import DataType

ALL = [Input, Output, InputDir, OutputDir]


@pytest.mark.parametrize("make", ALL)
def test_the_label_comes_first_and_all_else_is_optional(make):
    described = make("log")
    assert described.label == "log"
    assert (described.path, described.content_type) == (None, None)
    assert make().label is None


@pytest.mark.parametrize("make", ALL)
def test_everything_may_be_named(make):
    assert make("log", path="file.txt", content_type="json").path == "file.txt"


@pytest.mark.parametrize("make", [Output, OutputDir])
def test_everything_but_the_label_of_an_output_is_named(make):
    with pytest.raises(TypeError):
        make("log", "file.txt")


@pytest.mark.parametrize("make", [Input, InputDir])
def test_what_an_input_says_may_stand_in_rains_order(make):
    given = object()
    named = make(label="a", path="b", dataobj=given, load=True, content_type="json", write=True)
    assert make("a", "b", given, True, "json", True) == named


@pytest.mark.parametrize("make", ALL)
def test_a_hint_at_the_size_is_a_number_of_bytes(make):
    assert [make(size_hint=hint).size_hint for hint in (None, 0, 7, 0.1)] == [None, 0, 7, 1]
    for hint in (-1, "7", True, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="size_hint is a number of bytes, 0 or more, not"):
            make(size_hint=hint)


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("label", [1, b"log", ["log"], object()])
def test_a_label_is_a_string(make, label):
    with pytest.raises(UsageError, match="a label is a string, not"):
        make(label)


@pytest.mark.parametrize("make", ALL)
def test_an_unknown_content_type_is_refused(make):
    with pytest.raises(ContentTypeError, match="'jsn' is not recognized"):
        make("log", content_type="jsn")


@pytest.mark.parametrize("make", [Output, OutputDir])
def test_an_unknown_encoding_is_refused(make):
    with pytest.raises(ContentTypeError, match="'jsn' is not recognized"):
        make("log", encode="jsn")


@pytest.mark.parametrize("make", ALL)
def test_a_description_is_frozen(make):
    with pytest.raises(AttributeError):
        make("log").path = "x"


def test_files_are_blobs_and_the_other_two_are_directories():
    assert Input().data_type is Output().data_type is DataType.BLOB
    assert InputDir().data_type is OutputDir().data_type is DataType.DIR
    assert isinstance(InputDir("x", write=True), Input)
    assert isinstance(OutputDir("x", size_hint=3), Output)


def test_what_an_input_says():
    assert Input("a", size_hint=7).size_hint == 7
    given = object()
    described = Input("a", dataobj=given, load=True, write=True)
    assert (described.dataobj, described.load, described.write) == (given, True, True)
    assert (Input().dataobj, Input().load, Input().write) == (None, None, False)


def test_an_output_may_name_its_encoding_once_or_twice_the_same():
    assert Output(encode="json").encode == "json"
    assert Output(encode="json", content_type="json").content_type == "json"
    assert Output(content_type="json").encode is None


def test_an_output_with_two_encodings_is_refused():
    with pytest.raises(ValueError, match="encode='json' and content_type='cbor' differ"):
        Output(encode="json", content_type="cbor")


def test_the_label_of_an_output_is_checked_too():
    with pytest.raises(UsageError, match="a label is a string"):
        Output(3, encode="json")
