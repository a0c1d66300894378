"""Trees of files as archives: faithful, equal for equal trees, and safe to unpack."""

import io
import os
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import StoreError
from flowlab.staging import directory
from flowlab.staging.directory import pack_directory, unpack_directory, write_archive

names = st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)), min_size=1, max_size=9
).filter(lambda name: name not in {".", ".."} and len(name.encode()) < 200)
trees = st.recursive(
    st.binary(max_size=40), lambda inner: st.dictionaries(names, inner, max_size=4), max_leaves=8
).filter(lambda tree: isinstance(tree, dict))


def build(tree, path):
    path.mkdir()
    for name, content in tree.items():
        if isinstance(content, dict):
            build(content, path / name)
        else:
            (path / name).write_bytes(content)


def read(path):
    return {
        entry.name: read(entry) if entry.is_dir() else entry.read_bytes()
        for entry in path.iterdir()
    }


@given(trees)
def test_a_tree_comes_back(tmp_path_factory, tree):
    place = tmp_path_factory.mktemp("tree")
    build(tree, place / "a")
    unpack_directory(pack_directory(place / "a"), place / "b")
    assert read(place / "b") == tree


@given(trees)
def test_equal_trees_give_equal_bytes(tmp_path_factory, tree):
    place = tmp_path_factory.mktemp("tree")
    build(tree, place / "a")
    build(dict(reversed(tree.items())), place / "b")
    os.utime(place / "b", (1, 1))
    assert pack_directory(place / "a") == pack_directory(place / "b")


def test_modes_and_inner_links_travel(tmp_path):
    source = tmp_path / "a"
    (source / "bin").mkdir(parents=True)
    (source / "bin" / "run").write_text("#!/bin/sh\n")
    (source / "bin" / "run").chmod(0o755)
    (source / "current").symlink_to("bin")
    (source / "start").symlink_to(source / "bin" / "run")  # absolute, yet inside
    unpack_directory(pack_directory(source), tmp_path / "b")
    assert os.access(tmp_path / "b" / "bin" / "run", os.X_OK)
    assert os.readlink(tmp_path / "b" / "current") == "bin"
    assert os.readlink(tmp_path / "b" / "start") == "bin/run"


def test_a_link_to_a_file_outside_is_stored_as_the_file(tmp_path):
    (tmp_path / "kept").write_text("content")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "link").symlink_to(tmp_path / "kept")
    unpack_directory(pack_directory(tmp_path / "a"), tmp_path / "b")
    assert (tmp_path / "b" / "link").read_text() == "content"
    assert not (tmp_path / "b" / "link").is_symlink()


def test_a_link_to_a_directory_outside_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to("..")
    with pytest.raises(StoreError, match="leads out of the directory"):
        pack_directory(tmp_path / "a")


def test_what_is_no_file_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / "pipe")
    with pytest.raises(StoreError, match="neither a file, a directory nor a link"):
        pack_directory(tmp_path / "a")
    with pytest.raises(StoreError, match="is not a directory"):
        pack_directory(tmp_path / "absent")


def archive(*members):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, kind, link in members:
            member = tarfile.TarInfo(name)
            member.type = kind
            member.linkname = link
            tar.addfile(member)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "members",
    [
        [("../evil", tarfile.REGTYPE, "")],
        [("a/../../evil", tarfile.REGTYPE, "")],
        [("/evil", tarfile.REGTYPE, "")],
        [("link", tarfile.SYMTYPE, "/etc")],
        [("link", tarfile.SYMTYPE, "../x")],
        [("d/link", tarfile.SYMTYPE, "a/../../../x")],
        [("link", tarfile.SYMTYPE, "d"), ("link/evil", tarfile.REGTYPE, "")],
        [("d/up", tarfile.SYMTYPE, ".."), ("out", tarfile.SYMTYPE, "d/up/../..")],
        [("hard", tarfile.LNKTYPE, "/etc/passwd")],
        [("null", tarfile.CHRTYPE, "")],
        [("pipe", tarfile.FIFOTYPE, "")],
        [("twice", tarfile.REGTYPE, ""), ("twice", tarfile.REGTYPE, "")],
    ],
)
def test_an_archive_that_reaches_out_is_refused_before_anything_is_written(tmp_path, members):
    with pytest.raises(StoreError):
        unpack_directory(archive(*members), tmp_path / "inside")
    assert list(tmp_path.iterdir()) == []


def test_a_compressed_or_growing_archive_is_refused(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("bomb")
        member.size = 10_000_000
        tar.addfile(member, io.BytesIO(bytes(member.size)))
    with pytest.raises(StoreError, match="not a directory's archive"):
        unpack_directory(buffer.getvalue(), tmp_path / "a")
    member = tarfile.TarInfo("bomb")
    member.size = 10_000_000
    with pytest.raises(StoreError):
        unpack_directory(member.tobuf() + bytes(1024), tmp_path / "b")


def test_a_directory_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        unpack_directory(archive(("x", tarfile.REGTYPE, "")), tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine"]


def test_setuid_does_not_travel(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "su").write_text("")
    (tmp_path / "a" / "su").chmod(0o4755)
    unpack_directory(pack_directory(tmp_path / "a"), tmp_path / "b")
    assert (tmp_path / "b" / "su").stat().st_mode & 0o7777 == 0o755


@pytest.mark.parametrize(
    ("member", "written"),
    [
        (".", {"a", "a/x", "a/link", "b", "b/c", "b/c/y", "bc"}),
        ("b", {"b", "b/c", "b/c/y"}),
        ("b/c/y", {"b", "b/c", "b/c/y"}),
        ("bc", {"bc"}),
        ("a", {"a", "a/x", "a/link", "b", "b/c", "b/c/y", "bc"}),  # a link leads from there
        ("a/link", {"a", "a/x", "a/link", "b", "b/c", "b/c/y", "bc"}),
        ("absent", {"a", "a/x", "a/link", "b", "b/c", "b/c/y", "bc"}),
    ],
)
def test_only_what_is_needed_is_written(tmp_path, member, written):
    source = tmp_path / "source"
    (source / "a").mkdir(parents=True)
    (source / "b" / "c").mkdir(parents=True)
    for name in ("a/x", "b/c/y", "bc"):
        (source / name).write_text(name)
    (source / "a" / "link").symlink_to("../bc")
    unpack_directory(pack_directory(source), tmp_path / "out", member)
    found = {each.relative_to(tmp_path / "out").as_posix() for each in tmp_path.glob("out/**/*")}
    assert found == written


def test_an_archive_of_too_many_members_is_refused_before_anything_is_written(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(directory, "ARCHIVE_MEMBERS", 3)
    members = [(str(number), tarfile.REGTYPE, "") for number in range(4)]
    unpack_directory(archive(*members[:3]), tmp_path / "a")
    with pytest.raises(StoreError, match="more than 3 files and directories"):
        unpack_directory(archive(*members), tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    data = archive(("a", tarfile.REGTYPE, ""), ("d", tarfile.DIRTYPE, ""),
                   ("d/" + "x" * 256, tarfile.REGTYPE, ""))  # fmt: skip
    with pytest.raises(StoreError, match=r"cannot unpack into .*out': File name too long"):
        unpack_directory(data, tmp_path / "out")
    assert list(tmp_path.glob("out/*")) == []


def test_what_cannot_be_read_is_named(tmp_path, monkeypatch):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").touch()
    monkeypatch.setattr(directory, "_walk", lambda _: [tmp_path / "a" / "gone"])
    with pytest.raises(StoreError, match=r"cannot read '.*gone' into an archive: No such file"):
        pack_directory(tmp_path / "a")


def test_an_archive_can_be_written_to_a_file(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("x")
    with (tmp_path / "out").open("w+b") as file:
        write_archive(tmp_path / "a", file)
        file.seek(0)
        assert file.read() == pack_directory(tmp_path / "a")


def test_a_loop_of_links_travels_as_it_is(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "loop").symlink_to("loop")
    unpack_directory(pack_directory(tmp_path / "a"), tmp_path / "b")
    assert os.readlink(tmp_path / "b" / "loop") == "loop"
