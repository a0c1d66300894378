"""The board is read from another process than the one that writes it."""

import os
import signal
import subprocess
import sys

from flowlab.worker.board import SIZE, Board, read_board

WRITER = """
import os, sys
from pathlib import Path
from flowlab.worker.board import Board
board = Board(Path(sys.argv[1]))
board.write(7, 3)
print("written", flush=True)
sys.stdin.read()
"""


def test_an_idle_board_says_nobody(tmp_path):
    Board(tmp_path / "board")
    assert read_board(tmp_path / "board") == ()


def test_the_running_task_is_read_after_its_process_was_killed(tmp_path):
    path = tmp_path / "board"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdout.readline() == b"written\n"
    os.kill(writer.pid, signal.SIGKILL)
    writer.communicate()
    assert read_board(path) == ((7, 3),)


def test_a_torn_write_is_unreadable_and_never_another_task(tmp_path):
    path = tmp_path / "board"
    board = Board(path)
    board.write(7, 3)
    before = path.read_bytes()
    board.write(8, 4)
    after = path.read_bytes()
    for cut in range(SIZE):
        torn = tmp_path / "torn"
        torn.write_bytes(after[:cut] + before[cut:])
        assert read_board(torn) in (None, ((7, 3),), ((8, 4),))
    assert read_board(torn) == ((8, 4),)


def test_a_file_that_is_gone_or_short_is_unreadable(tmp_path):
    assert read_board(tmp_path / "none") is None
    (tmp_path / "short").write_bytes(b"x")
    assert read_board(tmp_path / "short") is None


def test_a_board_is_private_and_follows_no_link(tmp_path):
    board = Board(tmp_path / "board")
    assert (tmp_path / "board").stat().st_mode & 0o777 == 0o600
    board.close()
    assert not (tmp_path / "board").exists()
