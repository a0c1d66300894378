"""Values as files for programs."""

import pandas as pd
import pytest

from flowlab.errors import UsageError
from flowlab.model.specs import DataType
from flowlab.staging.encoding import encode
from flowlab.staging.instance import DataInstance
from flowlab.tasks.plain import as_file


def plain(value, name):
    instance = DataInstance(DataType.BLOB, "pickle", encode(value, "pickle"))
    return as_file(instance, name).get_bytes()


def test_text_and_bytes_are_as_people_would_write_them():
    assert plain("žluť", "a.txt") == "žluť".encode()
    assert plain(b"\x00\xff", "a.bin") == b"\x00\xff"


def test_tables_and_json_go_by_the_name():
    assert plain(pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}), "t.csv") == b"a,b\n1,x\n2,y\n"
    assert plain({"a": [1]}, "deep/t.json") == b'{"a": [1]}'


def test_a_pickle_can_be_asked_for():
    assert plain({1, 2}, "x.pickle") == encode({1, 2}, "pickle")


def test_what_is_no_pickle_is_left_alone():
    instance = DataInstance(DataType.BLOB, "text", b"text")
    assert as_file(instance, "a.csv") is instance


@pytest.mark.parametrize(
    ("value", "name", "message"),
    [
        (3, "a.txt", "'a.txt' is a int, and a program reads files"),
        ([1], "a.csv", "map it as NAME.csv"),
        ({1}, "a.json", "cannot be written as JSON"),
    ],
)
def test_what_cannot_be_a_file_says_the_remedy(value, name, message):
    with pytest.raises(UsageError, match=message):
        plain(value, name)
