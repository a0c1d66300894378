"""Stage points: what is put there comes back, once, whole, and under no other name."""

import errno
import hashlib
import os
import shutil
import tracemalloc
from pathlib import Path

import pytest

from flowlab.errors import StageError, UsageError
from flowlab.model.limits import PIECE
from flowlab.model.payload import Staged
from flowlab.staging import point
from flowlab.staging.point import (
    check_point,
    exists,
    join,
    plan_staged,
    put_planned,
    put_staged,
    read_staged,
    read_url,
    remove_folder,
    remove_staged,
    safe_suffix,
)

DATA = b"some bytes\n" * 1000
LARGE = os.urandom(1000) * (PIECE // 1000 + 7)  # more than one piece, and no round number of them


def whole(pieces):
    return b"".join(pieces)


@pytest.mark.parametrize("data", [b"", DATA, LARGE], ids=["empty", "small", "large"])
def test_what_is_put_comes_back(folder, data):
    staged = put_staged(data, folder, ".dat")
    assert staged.size == len(data)
    assert staged.digest == hashlib.blake2b(data, digest_size=32).hexdigest()
    assert staged.url == f"{folder}/{staged.digest}.dat"
    assert whole(read_staged(staged)) == data


def test_a_file_is_put_as_its_bytes_are(folder, tmp_path):
    (tmp_path / "file").write_bytes(LARGE)
    assert put_staged(tmp_path / "file", folder) == put_staged(memoryview(LARGE), folder)


def test_other_tools_read_it_as_it_is(folder):
    staged = put_staged(DATA, folder, ".csv")
    assert whole(read_url(staged.url)) == DATA


def test_pieces_are_small(folder):
    staged = put_staged(LARGE, folder)
    assert max(map(len, read_staged(staged))) == PIECE
    assert max(map(len, read_url(staged.url))) <= PIECE


def test_equal_bytes_are_written_once(folder, monkeypatch):
    written = []
    depot = type(point.depot_of(folder))
    write = depot.write

    def counted(self, url, pieces, size):
        written.append(url)
        write(self, url, pieces, size)

    monkeypatch.setattr(depot, "write", counted)
    assert put_staged(DATA, folder, ".a") == put_staged(bytearray(DATA), folder, ".a")
    assert len(written) == 1


def test_nothing_of_ours_is_left_behind(folder):
    staged = put_staged(DATA, folder)
    other = put_staged(b"other", folder)
    remove_staged([staged.url, staged.url])
    assert not exists(staged.url)
    assert whole(read_staged(other)) == b"other"
    remove_folder(folder)
    remove_folder(folder)
    assert not exists(other.url)


def test_a_file_that_vanished_is_said_to_have(folder):
    staged = put_staged(DATA, folder)
    remove_staged([staged.url])
    with pytest.raises(StageError, match=rf"{staged.digest}.*is not there; somebody removed it"):
        whole(read_staged(staged))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data[:-1], "it has .* bytes instead of"),
        (lambda data: data + b"x", "it has .* bytes instead of"),
        (lambda data: b"X" + data[1:], "its bytes are not those that were put there"),
    ],
    ids=["truncated", "longer", "altered"],
)
def test_other_bytes_than_were_put_there_are_noticed(folder, change, why):
    staged = put_staged(LARGE, folder)
    data = change(LARGE)
    point.depot_of(folder).write(staged.url, [memoryview(data)], len(data))
    with pytest.raises(StageError, match=why):
        whole(read_staged(staged))


def test_a_suffix_that_could_harm_is_left_out(tmp_path):
    folder = f"{tmp_path}/flowlab-a"
    for suffix in ("./../x", ".a/b", ".ü", ".a\n", "." + "a" * 17, "csv", ".a'b", ".?x"):
        assert put_staged(DATA, folder, suffix).url.endswith("/" + put_staged(DATA, folder).digest)
        assert safe_suffix(suffix) == ""
    assert [safe_suffix(each) for each in (".csv", ".tar-1_b", "")] == [".csv", ".tar-1_b", ""]


def test_a_folder_that_we_did_not_make_is_never_removed(tmp_path):
    (tmp_path / "mine").mkdir()
    with pytest.raises(StageError, match="no folder of flowlab's"):
        remove_folder(str(tmp_path / "mine"))
    assert (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    ("given", "form"),
    [
        ("/a/b/../c/", "/a/c"),
        ("file:///a/b", "/a/b"),
        ("~/x", os.path.expanduser("~/x")),
        ("s3://bucket/", "s3://bucket"),
        ("s3://bucket/a b/c//", "s3://bucket/a b/c"),
        ("memory://", "memory://"),
        ("sftp://ada@host/x", "sftp://ada@host/x"),
    ],
)
def test_a_stage_point_has_one_form(given, form):
    assert check_point(given) == form
    assert check_point(form) == form


def test_a_plain_path_is_made_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert check_point("a") == f"{tmp_path}/a"
    assert check_point(tmp_path / "b") == f"{tmp_path}/b"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "is a directory or a URL"),
        ("  ", "is a directory or a URL"),
        ("no-such://x", "fsspec does not know"),
        ("s3://", "names no bucket"),
        ("s3:///x", "names no bucket"),
        ("http://host/x", "only reads"),
        ("simplecache::s3://bucket", "more in it than a place"),
        ("s3://bucket/x?X-Amz-Signature=hunter2", "more in it than a place"),
        ("sftp://ada:hunter2@host/x", "leave out passwords"),
        ("s3://hunter2:hunter2@bucket", "leave out passwords"),
        ("s3://[hunter2", "protocol 's3' cannot be read: look for brackets"),
    ],
)
def test_what_cannot_be_a_stage_point_is_refused_without_telling_secrets(url, why):
    with pytest.raises(UsageError, match=why) as caught:
        check_point(url)
    assert "hunter2" not in str(caught.value)


def test_names_are_joined():
    assert join("memory://", "a") == "memory://a"
    assert join("s3://b/c", "a") == "s3://b/c/a"


def test_a_staged_file_is_never_read_through_a_link(tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(DATA)
    (tmp_path / "flowlab-a").mkdir()
    link = tmp_path / "flowlab-a" / "x"
    link.symlink_to(secret)
    digest = hashlib.blake2b(DATA, digest_size=32).hexdigest()
    with pytest.raises(StageError, match="cannot read"):
        whole(read_staged(Staged(str(link), len(DATA), digest)))


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "large"
    with path.open("wb") as file:
        for number in range(16):
            file.write(bytes([number]) * PIECE)
    tracemalloc.start()
    try:
        staged = put_staged(path, f"{tmp_path}/flowlab-a")
        assert sum(map(len, read_staged(staged))) == 16 * PIECE
        assert sum(map(len, read_url(staged.url))) == 16 * PIECE
        assert tracemalloc.get_traced_memory()[1] < 4 * PIECE
    finally:
        tracemalloc.stop()


def test_a_file_that_changes_between_being_looked_at_and_written_is_an_error(tmp_path):
    (tmp_path / "x").write_bytes(b"one")
    staged = plan_staged(tmp_path / "x", f"{tmp_path}/flowlab-a")
    (tmp_path / "x").write_bytes(b"two")
    with pytest.raises(StageError, match=r"x' changed while it was read"):
        put_planned(tmp_path / "x", staged)
    assert os.listdir(tmp_path / "flowlab-a") == []


def test_a_stage_point_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    """The system's own answer, since root may write everywhere."""

    def refuse(*words, **more):
        raise PermissionError(errno.EACCES, "refused")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StageError, match=r"cannot make '.*flowlab-a': permission denied; check"):
        put_staged(DATA, f"{tmp_path}/flowlab-a")


def test_a_stage_point_that_vanished_says_so(tmp_path):
    (tmp_path / "point").mkdir()
    staged = put_staged(DATA, f"{tmp_path}/point/flowlab-a")
    shutil.rmtree(tmp_path / "point")
    with pytest.raises(StageError, match="the stage point itself is gone or not mounted here"):
        whole(read_staged(staged))
    with pytest.raises(StageError, match=r"cannot make .*flowlab-a.*it is not there.*not mounted"):
        put_staged(DATA, f"{tmp_path}/point/flowlab-a")


def test_a_full_stage_point_says_so_and_keeps_no_part(tmp_path, monkeypatch):
    def full(self, url, pieces, size):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(point.depot_of("/x").__class__, "write", full)
    with pytest.raises(StageError, match=r"there is no room for it .*set another stage point"):
        put_staged(DATA, f"{tmp_path}/flowlab-a")
