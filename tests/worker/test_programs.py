"""Programs end with their task, whatever they start, and are heard while they run."""

import contextlib
import os
import signal
import sys
import threading
import time

import psutil
import pytest

from flowlab.worker import programs
from flowlab.worker.programs import TAIL, attend_program, run_program
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


def test_what_goes_on_writing_ends_with_the_program(tmp_path):
    said = Said()
    status, _ = run_program(["sh", "-c", "yes & echo $!"], tmp_path, None, None, said)
    assert status == 0
    gone(int(said.text("stdout").replace("y", "").split()[0]))


def test_what_left_the_group_and_writes_on_is_not_listened_to(tmp_path):
    script = "import os; os.setsid(); open('pid', 'w').write(str(os.getpid()))\nwhile 1: print('y')"
    command = f'{sys.executable} -c "{script}" & while [ ! -s pid ]; do sleep 0.01; done'
    try:
        status, _ = run_program(["sh", "-c", command], tmp_path, None, None, Said())
        assert status == 0
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_what_was_written_last_is_heard_too(tmp_path):
    said = Said()
    script = f"import os; os.write(1, b'o' * {60 * 1024}); os.write(2, b'e' * {TAIL}); os._exit(0)"
    _, tail = run_program([sys.executable, "-c", script], tmp_path, None, None, said)
    assert (len(said.text("stdout")), len(said.text("stderr"))) == (60 * 1024, TAIL)
    assert tail == "e" * TAIL


def test_a_program_has_three_descriptors_and_none_of_them_is_left_here(tmp_path):
    said = Said()
    descriptor = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        before = sorted(os.listdir("/proc/self/fd"))
        run_program(["sh", "-c", "echo /proc/$$/fd/*"], tmp_path, None, None, said)
        with pytest.raises(FileNotFoundError):
            run_program(["no-such-program"], tmp_path, None, tmp_path / "out", said)
        assert sorted(os.listdir("/proc/self/fd")) == before
    finally:
        os.close(descriptor)
    assert [path.rpartition("/")[2] for path in said.text("stdout").split()[:3]] == ["0", "1", "2"]
    assert f"/{descriptor}" not in said.text("stdout")


def test_nothing_wakes_the_task_but_output_and_the_end(tmp_path, monkeypatch):
    turns = []
    listen = programs._Program._listen
    monkeypatch.setattr(
        programs._Program,
        "_listen",
        lambda self, timeout: turns.append(timeout) or listen(self, timeout),
    )
    run_program(["sleep", "0.5"], tmp_path, None, None, Said())
    assert turns == [programs._LOOK, 0]  # one long wait, one look at what was left in the pipes


@pytest.mark.parametrize("program", ["exec sleep 0.1", "sleep 0.1; exit 3"])
def test_an_end_that_wakes_nobody_is_found_all_the_same(tmp_path, monkeypatch, program):
    deaf = []

    def watch(pid):  # never readable, for its sink stays open
        deaf.extend(os.pipe())
        return os.dup(deaf[0])

    monkeypatch.setattr(programs, "_watch", watch)
    began = time.monotonic()
    status, _ = run_program(["sh", "-c", program], tmp_path, None, None, Said())
    assert status == (3 if "exit" in program else 0)
    assert time.monotonic() - began < PATIENCE
    for number in deaf:
        os.close(number)


@pytest.mark.parametrize("refusal", [None, OSError(1, "not allowed")])
def test_where_an_end_cannot_be_polled_it_is_looked_for(tmp_path, monkeypatch, refusal):
    def refuse(pid):
        raise refusal

    if refusal is None:
        monkeypatch.delattr(os, "pidfd_open")
    else:
        monkeypatch.setattr(os, "pidfd_open", refuse)
    said = Said()
    assert run_program(["sh", "-c", "echo x; exit 4"], tmp_path, None, None, said) == (4, "")
    assert said.text("stdout") == "x\n"


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


# --- programs that are attended


class Heard(Said):
    def bytes(self, stream):
        return b"".join(data for name, data in self if name == stream)


def test_an_attended_program_is_heard_on_all_its_streams(tmp_path):
    heard = Heard()
    script = (
        "import os, sys; print(os.getcwd()); print('err', file=sys.stderr)\n"
        "os.write(int(os.environ['FLOWLAB_CHANNEL']), os.environb[b'MORE']); sys.exit(3)"
    )
    ended = attend_program([sys.executable, "-c", script], tmp_path, {"MORE": "more"}, heard)
    assert ended.status == 3
    assert heard.bytes("stdout") == f"{tmp_path}\n".encode()
    assert heard.bytes("stderr") == b"err\n"
    assert heard.bytes("channel") == b"more"


def test_what_an_attended_program_used_is_known(tmp_path):
    script = "x = bytearray(30_000_000)\nfor _ in range(3_000_000): pass"
    ended = attend_program([sys.executable, "-c", script], tmp_path, {}, Heard())
    assert ended.usage["max_rss"] > 30_000_000
    assert ended.usage["cpu_user"] > 0
    assert ended.seconds > 0


def test_of_a_killed_program_the_status_is_known_too(tmp_path):
    ended = attend_program(["sh", "-c", "kill -9 $$"], tmp_path, {}, Heard())
    assert ended.status == -9
    assert ended.usage["max_rss"] > 0


def test_much_in_the_channel_comes_whole_and_blocks_nobody(tmp_path):
    script = "import os; os.write(int(os.environ['FLOWLAB_CHANNEL']), b'x' * 3_000_000)"
    heard = Heard()
    assert attend_program([sys.executable, "-c", script], tmp_path, {}, heard).status == 0
    assert len(heard.bytes("channel")) == 3_000_000


def test_a_status_that_somebody_else_took_ends_the_program_all_the_same(tmp_path):
    stop = threading.Event()

    def take():
        while not stop.is_set():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)

    thief = threading.Thread(target=take)
    thief.start()
    try:
        for _ in range(20):
            ended = attend_program(["true"], tmp_path, {}, Heard())
            assert ended.status == 0
    finally:
        stop.set()
        thief.join()
