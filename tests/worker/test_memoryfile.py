"""A file in memory to which several processes append."""

import os

from flowlab.worker.memoryfile import memory_file


def test_all_writers_append_and_programs_do_not_inherit_it():
    file = memory_file("some")
    pid = os.fork()
    if pid == 0:
        os.write(file, b"child ")
        os._exit(0)
    os.waitpid(pid, 0)
    os.lseek(file, 0, os.SEEK_SET)
    os.write(file, b"parent")
    assert os.pread(file, 100, 0) == b"child parent"
    assert not os.get_inheritable(file)
    os.close(file)


def test_without_memory_files_it_has_no_name_on_the_disk(monkeypatch, tmp_path):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    file = memory_file("some")
    assert os.listdir(tmp_path) == []
    os.write(file, b"x")
    assert os.pread(file, 100, 0) == b"x"
    os.close(file)
