"""How the kernel starts a scheduler process."""

import sys
from pathlib import Path

import pytest

from flowlab.cluster.reap import start_time
from flowlab.errors import ClusterError, LinkError
from flowlab.session import start as room
from flowlab.shared import process


def test_it_listens_when_launch_returns(ways):
    starter = ways.starter()
    connection = starter.launch(takeover=False, after=0)
    assert start_time(starter.process.pid)
    connection.close()
    starter.end(0.2)  # nobody attached, so it waits for somebody
    starter.end(0.2)
    assert not start_time(starter.process.pid)


def test_one_that_does_not_go_is_killed(ways):
    starter = ways.starter()
    connection = starter.launch(takeover=False, after=0)
    starter.end(0.05)  # nobody said goodbye
    assert not start_time(starter.process.pid)
    connection.close()
    with pytest.raises(LinkError, match="closed"):
        starter.launch(takeover=True, after=0)


def test_a_file_beside_the_notebook_does_not_become_ours(ways, tmp_path, monkeypatch):
    (tmp_path / "queue.py").write_text("raise RuntimeError('not this one')\n")
    monkeypatch.chdir(tmp_path)
    starter = ways.starter()
    starter.launch(takeover=False, after=0).close()
    starter.end(0.2)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sys; sys.stdin.read(); sys.exit('no such thing')", "no such thing"),
        ("import os; os.close(0); os._exit(1)", "ended"),
        ('import sys; sys.stdin.read(); print(\'{"fault": "it is full"}\')', "it is full"),
    ],
)
def test_an_early_end_is_told_with_its_last_words(ways, monkeypatch, program, words):
    monkeypatch.setattr(process, "_PROGRAM", program)
    with pytest.raises(ClusterError, match=words):
        ways.starter().launch(takeover=False, after=0)


def test_one_that_never_listens_is_given_up(ways, monkeypatch):
    monkeypatch.setattr(process, "_PROGRAM", "import time; time.sleep(1000)")
    monkeypatch.setattr(room, "START_SECONDS", 0.3)
    starter = ways.starter()
    with pytest.raises(ClusterError, match="did not listen"):
        starter.launch(takeover=False, after=0)
    starter.end(0.2)


def test_nothing_secret_is_in_its_words(ways):
    starter = ways.starter()
    starter.launch(takeover=False, after=0).close()
    command = Path(f"/proc/{starter.process.pid}/cmdline")
    if sys.platform == "linux":
        assert starter.run.key.encode() not in command.read_bytes()
    starter.end(0.2)
