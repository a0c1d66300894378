"""Files are opened only when they are this user's alone, and a write is whole or not at all."""

import os
import resource
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import StoreError
from flowlab.events import private
from flowlab.events.private import append, open_directory, open_private, whole_size


@pytest.fixture
def directory(tmp_path):
    tmp_path.chmod(0o700)
    opened = open_directory(tmp_path)
    yield opened
    os.close(opened)


def make(tmp_path: Path, content: bytes = b"") -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    path.chmod(0o600)
    return path


def read(directory: int) -> int:
    return open_private(directory, "file", os.O_RDONLY)


def test_a_private_file_opens(tmp_path, directory):
    make(tmp_path, b"x")
    descriptor = read(directory)
    assert os.read(descriptor, 9) == b"x"
    os.close(descriptor)


def test_a_new_file_is_private(tmp_path, directory):
    before = os.umask(0)
    try:
        os.close(open_private(directory, "file", os.O_WRONLY | os.O_CREAT))
    finally:
        os.umask(before)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_missing_file_is_told_from_a_foreign_one(directory):
    with pytest.raises(FileNotFoundError):
        read(directory)


def test_a_link_is_not_followed(tmp_path, directory):
    make(tmp_path).rename(tmp_path / "target")
    (tmp_path / "file").symlink_to("target")
    with pytest.raises(StoreError, match="cannot open file"):
        read(directory)


def test_a_pipe_does_not_hold_us(tmp_path, directory):
    os.mkfifo(tmp_path / "file", 0o600)
    with pytest.raises(StoreError, match="not private"):
        read(directory)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o602, 0o660, 0o666])
def test_a_wider_mode_is_refused(tmp_path, directory, mode):
    make(tmp_path).chmod(mode)
    with pytest.raises(StoreError, match=f"mode {mode:o}.*move it away"):
        read(directory)


def test_a_foreign_owner_is_refused(tmp_path, directory, monkeypatch):
    make(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StoreError, match="not private"):
        read(directory)


def test_a_directory_that_others_enter_is_refused(tmp_path):
    tmp_path.chmod(0o755)
    with pytest.raises(StoreError, match="mode 755"):
        open_directory(tmp_path)


def test_a_link_to_a_directory_is_refused(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(StoreError, match="cannot open"):
        open_directory(tmp_path / "link")


def test_a_missing_directory_is_an_error_that_names_it(tmp_path):
    with pytest.raises(StoreError, match="absent"):
        open_directory(tmp_path / "absent")


def test_a_write_that_fails_leaves_no_half_line(tmp_path):
    path = make(tmp_path, b"one\n")
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (6, limits[1]))  # as a full disk: two bytes fit
    try:
        with pytest.raises(StoreError, match="cannot write"):
            append(descriptor, b"two\n", path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        os.close(descriptor)
    assert path.read_bytes() == b"one\n"


@given(st.lists(st.binary(max_size=20), max_size=6), st.integers(1, 7))
def test_the_whole_size_ends_behind_the_last_newline(tmp_path_factory, parts, piece):
    path = tmp_path_factory.mktemp("size") / "file"
    content = b"\n".join(parts)
    path.write_bytes(content)
    before, private.PIECE = private.PIECE, piece
    descriptor = os.open(path, os.O_RDONLY)
    try:
        assert whole_size(descriptor) == content.rfind(b"\n") + 1
    finally:
        os.close(descriptor)
        private.PIECE = before
