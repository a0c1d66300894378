"""What this process put at a stage point for itself goes with its last use."""

import gc
from pathlib import Path

import pytest

import flowlab
from flowlab.errors import StageError
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.leases import close_own
from flowlab.staging.owned import put_owned, settled


@pytest.fixture
def point(tmp_path):
    (tmp_path / "point").mkdir()
    yield str(tmp_path / "point")
    close_own()
    assert list(Path(tmp_path / "point").iterdir()) == []


def lies(owned):
    return Path(owned.staged.url).exists()


def test_the_last_use_removes_the_file(point):
    uses = [put_owned(b"data", point, ".x") for _ in range(3)]
    path = Path(uses[0].staged.url)
    while uses:
        assert path.read_bytes() == b"data"
        uses.pop()
        gc.collect()
        settled()
    assert not path.exists()


def test_another_content_is_another_file(point):
    first, second = put_owned(b"one", point, ""), put_owned(b"two", point, "")
    assert first.staged.url != second.staged.url
    path = Path(second.staged.url)
    del second
    gc.collect()
    settled()
    assert lies(first)
    assert not path.exists()


def test_what_was_sent_stays_until_the_process_ends(point):
    owned = put_owned(b"data", point, "")
    staged = owned.send()
    del owned
    gc.collect()
    settled()
    assert Path(staged.url).read_bytes() == b"data"
    close_own()
    assert not Path(staged.url).exists()


def test_a_handle_that_a_task_gave_back_is_readable_after_its_session(point, tmp_path, monkeypatch):
    """Which is why the end of a session removes nothing that was sent."""
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path / "data"))
    with flowlab.Client(inline=True) as client, client.new_session() as session:
        handle = FileHandle.load(b"data", stage_point=point)
        given = flowlab.remote(lambda ctx, one: ctx.pickled(one))(handle)
        given.keep_outputs()
        session.submit()
        back = given.output.fetch().load()
    url = handle.staged.url
    assert (back is handle, back.staged) == (False, handle.staged)
    del handle
    gc.collect()
    settled()
    assert back.read_bytes() == b"data"
    close_own()
    assert not Path(url).exists()


def test_a_file_that_was_removed_is_put_there_again(point):
    first = put_owned(b"data", point, "")
    path = Path(first.staged.url)
    del first
    gc.collect()
    settled()
    assert not path.exists()
    assert lies(put_owned(b"data", point, ""))


def test_a_point_that_cannot_be_written_is_named_and_nothing_is_counted(tmp_path):
    with pytest.raises(StageError, match="cannot make"):
        put_owned(b"data", f"{tmp_path}/nowhere", "")
