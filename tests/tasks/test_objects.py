"""Constants of the user's."""

import io
import tarfile

import pytest

from flowlab.errors import ContentTypeError, NoActiveSession, StoreError, UsageError
from flowlab.graph import active
from flowlab.model.payload import Located
from flowlab.model.specs import DataType
from flowlab.staging.directory import stamp_of_tree
from flowlab.staging.host import host_id
from flowlab.staging.pieces import stamp_of
from flowlab.tasks.basic import Concat
from flowlab.tasks.objects import blob, directory, file, pickled
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


def test_a_file_is_not_read_until_it_is_needed(tmp_path, monkeypatch):
    path = tmp_path / "a b.csv"
    path.write_text("1,2\n")
    made = file(path, content_type="text")
    status = path.stat()
    assert made.label == "a b.csv"
    assert made.content_type == "text"
    assert made.value == Located(str(path), host_id(), 4, stamp_of(status))
    monkeypatch.chdir(tmp_path)
    assert file("a b.csv").value == made.value
    assert file(f"file://{path}", "mine").label == "mine"


def test_a_url_is_for_every_host_to_read():
    made = file("memory://bucket/some/table.csv")
    assert (made.label, made.value) == ("table.csv", Located("memory://bucket/some/table.csv"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/nowhere/at all", "cannot be read: No such file"),
        (".", "is no file; directory"),
        ("nonsense://x/y", "has a protocol that fsspec does not know"),
        ("ftp://me:secret@host/file", "holds a password"),
        ("simplecache::https://me:secret@host/file", "holds a password"),
        ("zip://a.csv::simplecache::https://secret@host/a.zip", "holds a user's name or token"),
        ("https://secret@host/file", "holds a user's name or token"),
        ("HTTPS://secret@host/file", "holds a user's name or token"),
        ("https://host/file#access_token=secret", "holds a part behind '#'"),
        ("s3://bucket/file#access_token=secret", "holds a signature, key or token"),
        ("https://host/file?a=1&X-Amz-Signature=secret", "holds a signature, key or token"),
        ("https://host/file?X-Goog-Credential=secret", "holds a signature, key or token"),
        ("https://host/file?sv=2022&sig=secret", "holds a signature, key or token"),
        ("https://host/file?accessToken=secret", "holds a signature, key or token"),
        ("https://host/file?a;api%5Fkey=secret", "holds a signature, key or token"),
        ("https://host/file?AWSAccessKeyId=secret", "holds a signature, key or token"),
        ("simplecache::https://host/file?token=secret", "holds a signature, key or token"),
        ("s3://[secret", "protocol 's3' cannot be read: look for brackets"),
        ("simplecache::https://me:secret@[host/file", "cannot be read: look for brackets"),
    ],
)
def test_what_is_no_file_is_refused_and_no_password_is_shown(path, message):
    with pytest.raises(UsageError, match=message) as caught:
        file(path)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://host/file?version=3&keyword=secretary&sort=signed",
        "https://host/@token/file;key",
        "s3://bucket/run #7.csv",
        "s3://bucket/a?versionId=3",
        "sftp://ada@host/file",
        "simplecache::https://host:8080/file",
    ],
)
def test_what_only_looks_a_little_like_credentials_is_no_matter(url):
    assert file(url).value == Located(url)


def test_a_large_directory_may_be_left_where_it_is_until_it_is_needed(tmp_path):
    (tmp_path / "one").write_text("1")
    made = directory(tmp_path, "tree", lazy=True)
    assert made.value == Located(str(tmp_path), host_id(), stamp=stamp_of_tree(tmp_path), tree=True)
    assert (made.label, made.data_type) == ("tree", DataType.DIR)
    with pytest.raises(UsageError, match="is no directory; file"):
        directory(tmp_path / "one", lazy=True)
