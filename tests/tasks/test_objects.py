"""Constants of the user's."""

import io
import tarfile

import pytest

from flowlab.errors import ContentTypeError, NoActiveSession, StoreError, UsageError
from flowlab.graph import active
from flowlab.model.specs import DataType
from flowlab.tasks.basic import Concat
from flowlab.tasks.objects import blob, directory, pickled
from tests.graph.owner import NoEngines


@pytest.mark.parametrize(
    ("args", "kwargs", "value", "content_type"),
    [
        ((b"raw",), {}, b"raw", None),
        ((bytearray(b"raw"),), {}, b"raw", None),
        (("žluť",), {}, "žluť".encode(), "text"),
        (("žluť",), {"content_type": "text-latin2"}, "žluť".encode("latin2"), "text-latin2"),
        (("[1,2]",), {"content_type": "json"}, b"[1,2]", "json"),
        ((b"[1,2]",), {"content_type": "json"}, b"[1,2]", "json"),
        (([1, 2],), {"encode": "json"}, b"[1, 2]", "json"),
    ],
)
def test_a_blob_holds_bytes_and_knows_their_type(args, kwargs, value, content_type):
    made = blob(*args, **kwargs)
    assert (made.value, made.content_type, made.label) == (value, content_type, "const")


def test_pickled_is_a_blob_by_pickle(engine):
    made = pickled({"a": 1})
    assert (made.content_type, made.label) == ("pickle", "pickle")
    assert engine._instance(made).load() == {"a": 1}


def test_a_constant_belongs_to_its_session(session):
    other = NoEngines(2)
    mine, theirs = blob(b"", "mine"), pickled(1, session=other)
    assert (session.added, other.added) == ([mine], [theirs])
    active.pop(session)
    with pytest.raises(NoActiveSession):
        blob(b"")
    active.push(session)


@pytest.mark.parametrize(
    ("value", "kwargs", "error", "message"),
    [
        (b"", {"content_type": "json", "encode": "json"}, UsageError, "not both"),
        (5, {}, UsageError, "Invalid blob type 'int'"),
        (None, {"content_type": "json"}, UsageError, "Invalid blob type 'NoneType'"),
        (b"", {"content_type": "foo"}, ContentTypeError, "'foo' is not recognized"),
        (5, {"encode": "foo"}, ContentTypeError, "'foo' is not recognized"),
        (5, {"encode": "text"}, ContentTypeError, "only str"),
    ],
)
def test_what_is_no_blob_is_refused(session, value, kwargs, error, message):
    with pytest.raises(error, match=message):
        blob(value, **kwargs)
    assert session.added == []


def test_a_promise_inside_a_value_is_refused():
    with pytest.raises(ContentTypeError, match="promise of data"):
        pickled([Concat([]).output])


def test_a_directory_is_taken_as_it_is_now(tmp_path):
    (tmp_path / "d" / "empty").mkdir(parents=True)
    (tmp_path / "d" / "x").write_text("now")
    made = directory(str(tmp_path / "d"))
    (tmp_path / "d" / "x").write_text("later")
    assert (made.data_type, made.label) == (DataType.DIR, "const_dir")
    with tarfile.open(fileobj=io.BytesIO(made.value)) as archive:
        assert archive.getnames() == ["empty", "x"]
        assert archive.extractfile("x").read() == b"now"
    with pytest.raises(StoreError, match="not a directory"):
        directory(tmp_path / "absent")
