"""What a path, a URL or bytes are taken as."""

import functools
import http.server
import os
import threading

import pytest

from flowlab.errors import StageError, WrongKind, WrongPath, WrongValue
from flowlab.model.limits import MESSAGE
from flowlab.staging.copies import PrivateCopy
from flowlab.staging.depot import depot_of
from flowlab.staging.intake import check_name, take
from flowlab.staging.owned import Owned
from tests.staging.conftest import clock

NAMES = ["a b", "it's", 'say "x"', "a\nb", "ä€𝄞.txt", "x" * 255, "-rf", "a%2Fb", "*?[x]", "~"]


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture
def web(tmp_path):
    """The address of a web server of this test's directory."""
    serve = functools.partial(Silent, directory=tmp_path)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_taken(tmp_path, name):
    (tmp_path / name).write_bytes(b"data")
    for source in (tmp_path / name, str(tmp_path / name)):
        assert take(source, None, None) == (name, b"data", False)


def test_a_relative_path_is_taken_from_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "x").write_bytes(b"data")
    assert take("a/../x", None, None) == ("x", b"data", False)


def test_another_name_may_be_given(tmp_path):
    (tmp_path / "x").write_bytes(b"data")
    assert take(tmp_path / "x", "y.csv", None).name == "y.csv"
    assert take(b"data", "y.csv", None) == ("y.csv", b"data", False)
    assert take(b"data", None, None).name == "data"


def test_bytes_are_taken_as_they_are_now():
    data = bytearray(b"one")
    taken = take(data, None, None)
    data[:] = b"two"
    assert taken.content == b"one"


def test_a_large_file_waits_on_the_disk(tmp_path):
    (tmp_path / "x").write_bytes(bytes(MESSAGE + 1))
    taken = take(tmp_path / "x", None, None)
    assert isinstance(taken.content, PrivateCopy)
    (tmp_path / "x").unlink()
    assert taken.content.path.stat().st_size == MESSAGE + 1


def test_a_stage_point_takes_a_file_without_a_copy_here(tmp_path):
    (tmp_path / "point").mkdir()
    (tmp_path / "x.csv").write_bytes(b"data")
    taken = take(tmp_path / "x.csv", None, str(tmp_path / "point"))
    assert isinstance(taken.content, Owned)
    assert taken.content.staged.url.startswith(f"{tmp_path}/point/flowlab-")
    assert taken.content.staged.url.endswith(".csv")


def test_a_directory_is_taken_as_its_archive(tmp_path):
    (tmp_path / "a").mkdir()
    taken = take(f"{tmp_path}/a/", None, None)
    assert (taken.name, taken.is_dir) == ("a", True)


def test_a_url_is_taken_under_the_name_in_it(tmp_path, web):
    (tmp_path / "a b.txt").write_bytes(b"data")
    assert take(f"{web}/a%20b.txt?token=1", None, None) == ("a b.txt", b"data", False)
    depot_of("memory://x/y.txt").write("memory://x/y.txt", [memoryview(b"data")], 4)
    assert take("memory://x/y.txt", None, None) == ("y.txt", b"data", False)


def test_a_url_without_a_name_is_called_data(tmp_path, web):
    (tmp_path / "index.html").write_bytes(b"hello")
    assert take(web, None, None) == ("data", b"hello", False)


def test_what_is_not_there_is_an_os_error_that_names_it(tmp_path, web):
    for source in (tmp_path / "no", f"{web}/no", "memory://x/no", ""):
        with pytest.raises(OSError, match="no such file") as caught:
            take(source, None, None)
        assert isinstance(caught.value, WrongPath)


def test_a_url_that_nobody_answers_names_the_place_and_no_secret(monkeypatch):
    monkeypatch.setattr("flowlab.staging.faults.time", clock(lambda _: None))
    with pytest.raises(StageError, match=r"http://127.0.0.1:9/x.*tried 4 times") as caught:
        take("http://ada:hunter2@127.0.0.1:9/x?token=hunter2", None, None)
    assert "hunter2" not in str(caught.value)


def test_a_loop_of_links_and_a_pipe_are_errors_that_name_them(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    for name in ("loop", "pipe"):
        with pytest.raises(StageError, match=f"cannot read .*{name}"):
            take(tmp_path / name, None, None)


@pytest.mark.parametrize("source", [7, None, ["x"], {"a": 1}])
def test_what_is_no_file_is_a_type_error(source):
    with pytest.raises(TypeError, match="is no file: give a path, a URL or bytes") as caught:
        take(source, None, None)
    assert isinstance(caught.value, WrongKind)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "/", "a\0b", "x" * 256, "ä" * 128, "\ud800"]
)
def test_a_name_that_cannot_stand_in_a_directory_is_refused(name):
    with pytest.raises(WrongValue, match="is no name for a file"):
        check_name(name)
