"""The built front end is read once, and again when it was built anew."""

import gzip

import pytest

from flowlab.dashboard import files


@pytest.fixture
def bundle(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "STATIC", tmp_path)
    path = tmp_path / "dashboard.js"
    path.write_text("one()")
    return path


def test_a_file_is_there_plain_and_packed(bundle):
    file = files.load("dashboard.js")
    assert file.plain == b"one()"
    assert gzip.decompress(file.packed) == file.plain
    assert files.load("dashboard.js") is file


def test_a_new_build_is_another_file(bundle):
    before = files.load("dashboard.js")
    bundle.write_text("another()")
    after = files.load("dashboard.js")
    assert after.plain == b"another()"
    assert after.etag != before.etag


@pytest.mark.parametrize("name", ["", "other.js", "../dashboard.js", "/etc/passwd"])
def test_nothing_else_is_handed_out(bundle, name):
    (bundle.parent / "other.js").write_text("secret")
    with pytest.raises(FileNotFoundError):
        files.load(name)


def test_a_front_end_that_is_not_built_is_missing(bundle):
    assert files.is_built()
    bundle.unlink()
    assert not files.is_built()
    with pytest.raises(FileNotFoundError):
        files.load("dashboard.js")
