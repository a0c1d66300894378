"""Files of all names that a file system takes: in, through functions and commands, and out."""
# mirrors: names of files across given, uploads, folder and forms

import os

import pytest

from tests.compat.crossflow.declare import command, function

NAMES = [
    "in put", "quo'te\"s", "new\nline", "snow ☃", "é", "e\u0301", "-n", "$(reboot)", "\\", "{x}",
    "a*b?", "x" * 255, os.fsdecode(b"no \xff text"),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_file_keeps_its_name_and_its_bytes(client, place, name):
    (place / name).write_text("text")
    told = client.submit(function(lambda path: {path: os.listdir()}, ["path"]), name)
    assert told.result() == {name: [name]}
    same = client.submit(function(lambda path: path, ["path"]), name).result()
    assert (same.name, same.read_text()) == (name, "text")
    listed = client.submit(function(lambda path: [path, path], ["path"]), name).result()
    assert [each.name for each in listed] == [name, name]


@pytest.mark.parametrize("name", [name for name in NAMES if "*" not in name], ids=ascii)
def test_an_input_and_an_output_may_be_called_so(client, place, name):
    task = command('for f in ./*; do echo more >> "$f"; done; touch all', [name], [name, "*"])
    made, every = client.gather(client.submit(task, "file1.txt"))
    assert (made.name, made.read_text()) == (name, "one\nmore\n")
    assert sorted(each.name for each in every) == sorted([name, "all"])
    assert (place / "file1.txt").read_text() == "one\n"
