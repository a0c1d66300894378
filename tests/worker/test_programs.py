"""Programs end with their task, whatever they start, and are heard while they run."""

import os
import sys
import threading
import time

import psutil
import pytest

from flowlab.worker.programs import TAIL, run_program
from tests.worker.test_guard import interrupt_when_running
from tests.worker.workshop import batch, job, task_id

PATIENCE = 20


class Said(list):
    def __call__(self, stream, text):
        self.append((stream, text))

    def text(self, stream):
        return "".join(text for name, text in self if name == stream)


def test_streams_are_tapped_and_the_tail_of_stderr_is_given(tmp_path):
    said = Said()
    script = "echo out; echo err >&2; pwd; exit 3"
    status, tail = run_program(["sh", "-c", script], tmp_path, None, None, said)
    assert (status, tail) == (3, "err\n")
    assert said.text("stdout") == f"out\n{tmp_path}\n"
    assert said.text("stderr") == "err\n"


def test_files_stand_for_stdin_and_stdout(tmp_path):
    (tmp_path / "in").write_text("abc")
    said = Said()
    run_program(["tr", "a-z", "A-Z"], tmp_path, tmp_path / "in", tmp_path / "out", said)
    assert (tmp_path / "out").read_text() == "ABC"
    assert said == []


def test_a_signal_is_told_as_subprocess_does(tmp_path):
    status, _ = run_program(["sh", "-c", "kill -SEGV $$"], tmp_path, None, None, Said())
    assert status == -11


def test_a_program_that_is_not_there_is_an_error_of_its_own(tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        run_program(["no-such-program"], tmp_path, None, None, Said())


def test_much_output_neither_blocks_nor_is_all_kept(tmp_path):
    script = f"import sys; sys.stderr.write('x' * {20 * TAIL} + 'end'); print('y' * 1_000_000)"
    said = Said()
    status, tail = run_program([sys.executable, "-c", script], tmp_path, None, None, said)
    assert status == 0
    assert tail.endswith("end")
    assert len(tail) <= TAIL
    assert len(said.text("stdout")) == 1_000_001


def test_what_a_program_leaves_behind_is_ended_and_not_waited_for(tmp_path):
    began = time.monotonic()
    script = "sleep 600 & echo $!"
    said = Said()
    status, _ = run_program(["sh", "-c", script], tmp_path, None, None, said)
    assert status == 0
    assert time.monotonic() - began < PATIENCE
    gone(int(said.text("stdout")))


def test_output_is_heard_while_the_program_runs(tmp_path):
    said = Said()
    os.mkfifo(tmp_path / "go")

    def let_go():
        deadline = time.monotonic() + PATIENCE
        while not said.text("stdout") and time.monotonic() < deadline:
            time.sleep(0.005)
        (tmp_path / "go").write_text("go\n")

    thread = threading.Thread(target=let_go)
    thread.start()
    status, _ = run_program(
        ["sh", "-c", "echo early; read word < go; echo $word"], tmp_path, None, None, said
    )
    thread.join()
    assert status == 0
    assert said.text("stdout") == "early\ngo\n"


def test_an_interrupted_task_takes_its_whole_group_along(shop):
    def runs(ctx):
        ctx.run_program(["sh", "-c", "sleep 600 & echo $! $$; wait"], None, None)

    thread = interrupt_when_running(shop, 1)
    sheet = shop.run(batch([job(1, outputs=0)], [runs]))
    thread.join()
    assert sheet.cancelled == [task_id(1)]
    for pid in sheet.text(1, "stdout").split():
        gone(int(pid))


def gone(pid):
    deadline = time.monotonic() + PATIENCE
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} still runs"
        time.sleep(0.01)
