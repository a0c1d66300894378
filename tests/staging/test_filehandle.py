"""File handles: paths wherever they arrive, and never a path of another host."""

import gc
import os
import pickle
import pickletools
import stat
import threading
from pathlib import Path

import pytest

from flowlab.errors import StoreError, WrongKind, WrongPath, WrongValue
from flowlab.model.limits import MESSAGE
from flowlab.model.specs import DataType
from flowlab.staging.directory import pack_directory
from flowlab.staging.encoding import encode_large
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.instance import DataInstance
from flowlab.staging.owned import settled
from flowlab.staging.packed import Packed
from flowlab.staging.pieces import digest_of
from tests.staging.conftest import TEXT


def sent(handle):
    """What arrives in another process."""
    return pickle.loads(pickle.dumps(handle))


def test_a_handle_is_a_path_of_the_same_name(file, point):
    handle = FileHandle.load(file)
    for each in (handle, sent(handle)):
        assert (each.name, each.suffix, each.size, each.is_dir) == (
            "my data.csv", ".csv", len(TEXT), False,
        )  # fmt: skip
        path = os.fspath(each)
        assert path == str(each) == os.fspath(each)
        assert path != str(file)
        assert os.path.basename(path) == "my data.csv"
        with open(each) as opened:
            assert opened.read() == TEXT


def test_a_handle_has_the_bytes_that_were_there_when_it_was_made(file, point):
    handle = FileHandle.load(file)
    file.write_text("other")
    assert handle.read_text() == TEXT
    file.unlink()
    assert sent(handle).read_bytes() == TEXT.encode()


def test_large_files_are_handles_too(tmp_path, point):
    data = os.urandom(1000) * (MESSAGE // 1000 + 1)
    (tmp_path / "large").write_bytes(data)
    handle = FileHandle.load(tmp_path / "large")
    assert handle.size == len(data)
    assert sent(handle).read_bytes() == data
    assert handle.digest == sent(handle).digest == digest_of([memoryview(data)])[0]


def test_a_directory_is_a_handle_too(tree, point, tmp_path):
    handle = sent(FileHandle.load(tree))
    assert (handle.name, handle.is_dir) == ("tree", True)
    assert sorted(os.listdir(handle)) == ["a", "sub"]
    assert handle.save(tmp_path / "copy") == tmp_path / "copy"
    assert (tmp_path / "copy" / "sub" / "b").read_text() == "2"


def test_a_large_directory_waits_on_the_disk_and_is_unpacked_all_the_same(tree, point):
    (tree / "large").write_bytes(bytes(MESSAGE + 1))
    handle = FileHandle.load(tree)
    for each in (handle, sent(handle)):
        assert sorted(os.listdir(each)) == ["a", "large", "sub"]


def test_saving_gives_the_path_back_and_replaces_what_is_there(file, point, tmp_path):
    handle = sent(FileHandle.load(file))
    target = str(tmp_path / "out.csv")
    Path(target).write_text("old")
    assert handle.save(target) is target
    assert Path(target).read_text() == TEXT
    Path(target).write_text("mine")
    assert handle.read_text() == TEXT


def test_saving_to_a_link_replaces_what_it_names(file, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "named")
    FileHandle.load(file).save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "named").read_text() == TEXT


def test_saving_where_it_cannot_be_names_the_place(file, tree, tmp_path):
    with pytest.raises(WrongPath, match="is a directory; say what the file in it is called"):
        FileHandle.load(file).save(tree)
    with pytest.raises(StoreError, match=r"cannot write .*no/x"):
        FileHandle.load(file).save(tmp_path / "no" / "x")
    with pytest.raises(StoreError, match="not empty"):
        FileHandle.load(tree).save(tree)


def test_a_new_handle_is_written_from_code(tmp_path, monkeypatch, point):
    monkeypatch.chdir(tmp_path)
    handle = FileHandle.create("sub.txt")
    assert not Path("sub.txt").exists()
    assert (handle.read_bytes(), handle.read_text(), handle.size) == (b"", "", 0)
    assert handle.write_text("grün") == 4
    assert handle.read_binary() == "grün".encode()
    assert handle.write_binary(b"again") == 5
    assert Path(handle).read_text() == "again"
    handle.write_text("and again")
    assert Path(handle).read_text() == "and again"
    assert sent(handle).read_text() == "and again"


def test_what_was_loaded_or_has_arrived_is_not_written_to(file):
    handle = FileHandle.load(file)
    for each in (handle, sent(handle)):
        with pytest.raises(WrongValue, match="what is loaded never changes"):
            each.write_text("new")


def test_an_unwritten_handle_is_no_path_and_cannot_be_saved(tmp_path):
    handle = FileHandle.new("x.txt")
    with pytest.raises(TypeError, match=r"'x.txt' cannot be saved .*: nothing was written"):
        handle.save(tmp_path / "y")
    with pytest.raises(WrongKind, match="cannot be used as a path"):
        os.fspath(handle)
    assert str(handle) == "x.txt"
    assert repr(handle) == "<FileHandle 'x.txt' not written>"
    assert sent(handle).read_bytes() == b""
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_there_is_not_created_anew(file):
    with pytest.raises(OSError, match="file already exists"):
        FileHandle.create(file)


def test_loading_a_handle_gives_it_back(file):
    handle = FileHandle.load(file)
    assert FileHandle.load(handle) is handle


def test_a_local_copy_is_private_read_only_and_goes_with_the_handle(file):
    handle = FileHandle.load(file)
    path = Path(handle)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    del handle
    gc.collect()
    assert not path.exists()


def test_threads_that_come_at_once_get_the_same_copy():
    handle, gate, found = FileHandle.load(b"x" * 100_000), threading.Barrier(8), []

    def use():
        gate.wait()
        found.append(Path(handle).read_bytes())
        found.append(os.fspath(handle))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {b"x" * 100_000, os.fspath(handle)}


def test_a_local_copy_that_somebody_removed_is_made_again(file):
    handle = FileHandle.load(file)
    os.unlink(handle)
    assert Path(handle).read_text() == TEXT


def test_what_is_sent_holds_no_path_of_this_host(file, tree, point):
    for handle in (FileHandle.load(file), FileHandle.load(tree)):
        local = os.fspath(handle)
        words = [arg for _, arg, _ in pickletools.genops(pickle.dumps(handle)) if arg]
        found = [word for word in words if isinstance(word, str) and "/" in word]
        assert all(word.startswith(f"{point}/") for word in found)
        assert local.encode() not in pickle.dumps(handle)


def test_a_copy_that_goes_takes_nothing_from_its_original(file, point):
    handle = FileHandle.load(file)
    path = os.fspath(handle)
    copy = sent(handle)
    os.fspath(copy)
    del copy
    gc.collect()
    settled()
    assert Path(path).read_text() == TEXT
    assert handle.read_text() == TEXT


def test_text_is_sent_compressed_and_noise_is_not(tmp_path):
    assert len(pickle.dumps(FileHandle.load(b"a" * 100_000))) < 1000
    assert len(pickle.dumps(FileHandle.load(os.urandom(100_000)))) > 100_000


def test_a_fetched_instance_is_a_handle(tmp_path, tree):
    (tmp_path / "stored").write_bytes(b"stored")
    blob = FileHandle.of(DataInstance(DataType.BLOB, "text", tmp_path / "stored"), "out.txt")
    (tmp_path / "stored").unlink()  # the object was dropped
    assert sent(blob).read_text() == "stored"
    assert Path(blob).name == "out.txt"
    archive = pack_directory(tree)
    folder = FileHandle.of(DataInstance(DataType.DIR, "dir", archive), "tree")
    assert sorted(os.listdir(sent(folder))) == ["a", "sub"]


def test_a_large_pickle_of_a_store_is_a_standard_one_in_a_handle(tmp_path):
    packed = encode_large(bytearray(200_000), "pickle")
    if not isinstance(packed, Packed):  # this value has no buffers outside
        packed = Packed(pickle.dumps(1), [])
    instance = DataInstance(DataType.BLOB, "pickle", packed.tobytes(), packed=True)
    assert FileHandle.of(instance, "x.pkl").read_bytes() == instance.get_bytes()


@pytest.mark.parametrize("name", ["it's", 'a "b"', "a\nb", "ä€𝄞.txt", "x" * 251 + ".txt", "-rf"])
def test_any_name_is_kept(tmp_path, name, point):
    (tmp_path / name).write_text("odd")
    handle = sent(FileHandle.load(tmp_path / name))
    assert os.path.basename(handle) == name
    assert Path(handle).read_text() == "odd"
