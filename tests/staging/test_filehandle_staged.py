"""File handles and stage points: what lies there, when, and until when."""
# mirrors: a handle with the place that it is staged at

import gc
import pickle
import traceback
from pathlib import Path

import pytest

import flowlab
from flowlab.errors import StageError
from flowlab.model.payload import Staged
from flowlab.staging.depot import depot_of
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.leases import LEASE, close_own
from flowlab.staging.owned import settled
from flowlab.staging.point import exists, read_staged
from tests.s3server import KEY, SECRET
from tests.staging.conftest import TEXT


def sent(handle):
    """What arrives in another process."""
    return pickle.loads(pickle.dumps(handle))


def test_a_handle_made_before_is_staged_when_it_is_sent(file, tmp_path):
    handle = FileHandle.load(file)
    assert handle.staged is None
    (tmp_path / "point").mkdir()
    flowlab.set_stage_point(tmp_path / "point")
    try:
        assert sent(handle).staged == handle.staged
        assert handle.staged.url.startswith(f"{tmp_path}/point/flowlab-")
    finally:
        flowlab.set_stage_point(None)


def test_a_call_may_say_where(file, tmp_path):
    (tmp_path / "here").mkdir()
    handle = FileHandle.load(file, stage_point=tmp_path / "here")
    assert handle.staged.url.startswith(f"{tmp_path}/here/flowlab-")
    assert "credentials" not in repr(handle)
    assert repr(handle) == f"<FileHandle 'my data.csv' {len(TEXT)} bytes at {handle.staged.url}>"


def test_at_a_stage_point_lie_plain_bytes_once(file, tmp_path):
    (tmp_path / "point").mkdir()
    handles = [FileHandle.load(file, stage_point=tmp_path / "point") for _ in range(3)]
    (staged,) = tmp_path.glob("point/*/*.csv")
    assert staged.read_text() == TEXT
    assert {handle.staged.url for handle in handles} == {str(staged)}


def test_what_nobody_has_any_longer_goes_from_the_stage_point(file, tmp_path):
    (tmp_path / "point").mkdir()
    first = FileHandle.load(file, stage_point=tmp_path / "point")
    second = FileHandle.load(file, stage_point=tmp_path / "point")
    staged = Path(first.staged.url)
    del first
    gc.collect()
    settled()
    assert staged.exists()
    del second
    gc.collect()
    settled()
    assert not staged.exists()


def test_what_was_sent_stays(file, tmp_path):
    """Who has it now is not known here."""
    (tmp_path / "point").mkdir()
    handle = FileHandle.load(file, stage_point=tmp_path / "point")
    arrived = sent(handle)
    del handle
    gc.collect()
    settled()
    assert arrived.read_text() == TEXT


def test_a_staged_file_that_was_altered_is_never_a_local_file(file, tmp_path):
    (tmp_path / "point").mkdir()
    handle = FileHandle.load(file, stage_point=tmp_path / "point")
    Path(handle.staged.url).write_text(TEXT.replace("not", "NOT"))
    target = tmp_path / "out"
    for use in (handle.read_bytes, handle.__fspath__, lambda: handle.save(target)):
        with pytest.raises(StageError, match="not what was put there"):
            use()
    assert not target.exists()


@pytest.mark.engines
def test_credentials_stand_nowhere(s3, file):
    handle = FileHandle.load(file, stage_point=s3)
    folder = handle.staged.url.rpartition("/")[0]
    lease = depot_of(folder).read(f"{folder}/{LEASE}", 0, 10_000)
    texts = [repr(handle).encode(), pickle.dumps(handle), lease]
    with pytest.raises(StageError) as caught:
        b"".join(read_staged(Staged(f"{folder}/nothing", 1, "")))
    texts.append("".join(traceback.format_exception(caught.value)).encode())
    assert not [text for text in texts if KEY.encode() in text or SECRET.encode() in text]
    close_own()
    assert not exists(handle.staged.url)
