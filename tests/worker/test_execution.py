"""Hostile tasks: each is an ordinary end, and the next task finds all as new."""

import asyncio
import builtins
import io
import os
import pickle
import subprocess
import sys

import pytest

from flowlab.model.limits import INLINE_OBJECT
from flowlab.worker.board import read_board
from tests.worker.workshop import batch, job, out, task_id


class Unpicklable:
    def __reduce__(self):
        raise TypeError("not me")


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no text")


class Picky(Exception):
    def __init__(self, one, two):
        super().__init__(one)


class Marked(Exception):
    def __init__(self):
        self.handle = (value for value in ())


def raising(error):
    def call(ctx):
        raise error

    return call


def deep(ctx):
    return deep(ctx)


def chained(ctx):
    try:
        raise KeyError("first")
    except KeyError as error:
        raise ValueError("second") from error


def generator(ctx):
    return (value for value in range(3))


def local_class(ctx):
    class Local:
        pass

    return generator(ctx) if Local else None


HOSTILE = {
    "unpicklable result": (lambda ctx: Unpicklable(), "not me"),
    "generator result": (generator, "generator"),
    "mute exception": (raising(Mute()), "Mute"),
    "exception of two arguments": (raising(Picky(1, 2)), "Picky: 1"),
    "exception with an unpicklable attribute": (raising(Marked()), "Marked"),
    "group": (raising(ExceptionGroup("many", [ValueError("a"), KeyError("b")])), "many"),
    "chained": (chained, "ValueError: second"),
    "exit": (raising(SystemExit(3)), "SystemExit: 3"),
    "keyboard interrupt": (raising(KeyboardInterrupt()), "KeyboardInterrupt"),
    "generator exit": (raising(GeneratorExit()), "GeneratorExit"),
    "recursion": (deep, "RecursionError"),
    "surrogates": (raising(ValueError("\ud800")), "ValueError"),
    "zero byte": (raising(ValueError("a\0b")), "ValueError"),
    "50 MB of text": (raising(ValueError("x" * 50_000_000)), "ValueError"),
    "input": (lambda ctx: builtins.input(), "Error"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_task_is_an_ordinary_failure(shop, name):
    hostile, said = HOSTILE[name]
    shop.loop._memory._functions["hostile"] = hostile
    shop.loop._memory._pickled["hostile"] = b"-"
    sheet = shop.run(
        batch([job(1, publish=True, function="hostile"), job(2, publish=True)], [None, lambda c: 2])
    )
    failure = sheet.failed[task_id(1)]
    assert said in failure.message
    assert "\n" not in failure.message
    assert len(failure.message) + len(failure.traceback) < 40_000
    assert shop.value(sheet, 2) == 2


def test_what_a_task_changes_is_mended_for_the_next(shop):
    def vandal(ctx):
        os.chdir("/")
        os.environ["LEFT"] = "behind"
        os.environ.pop("PATH")
        os.umask(0o777)
        sys.stdout = None
        sys.stderr = io.StringIO()
        os.close(1)
        return 1

    def finds(ctx):
        print("here")
        state = (os.getcwd() == str(ctx.sandbox), "LEFT" in os.environ, "PATH" in os.environ)
        mask = os.umask(0o22)
        os.umask(mask)
        return *state, mask == 0o777, sys.stderr.isatty(), os.listdir()

    before = (os.getcwd(), sys.stdout, dict(os.environ))
    sheet = shop.call(vandal, finds)
    assert shop.value(sheet, 2) == (True, False, True, False, False, [])
    assert sheet.text(2, "stdout") == "here\n"
    assert (os.getcwd(), sys.stdout, dict(os.environ)) == before
    os.fstat(1)


def test_a_task_that_removes_its_working_directory_leaves_the_next_one_a_new_one(shop):
    def removes(ctx):
        os.rmdir(ctx.sandbox)
        return 1

    sheet = shop.call(removes, lambda ctx: (os.listdir(), os.path.samefile(".", ctx.sandbox)))
    assert shop.value(sheet, 2) == ([], True)


def test_asyncio_runs_in_a_task_though_the_engine_has_a_loop(shop):
    async def main(shop):
        async def answer():
            return 42

        sheet = shop.call(lambda ctx: asyncio.run(answer()))
        await asyncio.sleep(0)
        return shop.value(sheet, 1)

    assert asyncio.run(main(shop)) == 42


FORK = """
import os, sys
from pathlib import Path
from tests.worker.workshop import Workshop
shop = Workshop(Path(sys.argv[1]))

def forks(ctx):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    return child > 0

sheet = shop.call(forks, lambda ctx: 2)
print(os.getpid(), sheet.ends, shop.value(sheet, 1), shop.value(sheet, 2), flush=True)
"""


def run_script(script, *args):
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, args)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_child_that_returns_from_a_task_answers_nothing(tmp_path):
    done = run_script(FORK, tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert done.stdout.split()[1:] == ["2", "True", "2"]


SEGFAULT = """
import os, signal, sys
from pathlib import Path
from tests.worker.workshop import Workshop
shop = Workshop(Path(sys.argv[1]))
shop.call(lambda ctx: 1, lambda ctx: os.kill(os.getpid(), signal.SIGSEGV), lambda ctx: 3)
"""


def test_after_a_segfault_the_board_names_the_culprit(tmp_path):
    done = run_script(SEGFAULT, tmp_path)
    assert done.returncode == -11
    assert read_board(tmp_path / "board") == ((task_id(2), 1),)


def test_a_result_whose_class_the_reader_lacks_is_not_decoded_here(shop):
    # The bytes travel; whoever loads them fails in his own try
    sheet = shop.call(lambda ctx: ctx.blob(b"cno_such_module\nC\n.", "pickle"))
    with pytest.raises(ModuleNotFoundError):
        shop.value(sheet, 1)
    assert pickle.dumps(sheet.finished)


def test_the_wrong_number_of_outputs_is_the_tasks_failure(shop):
    sheet = shop.run(batch([job(1, outputs=2)], [lambda ctx: (1, 2, 3)]))
    assert "gave 3 outputs, 2 were declared" in sheet.failed[task_id(1)].message


@pytest.mark.parametrize("fails", [False, True])
def test_what_it_had_mapped_is_gone_before_its_objects_are(shop, monkeypatch, fails):
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as for an ordinary user
    size = 2 * INLINE_OBJECT

    def makes(ctx):
        with open("made", "wb") as file:
            file.truncate(size)
        return ctx.stage_file("made")

    def reads(ctx):
        ctx.inputs[0].link("input")
        assert os.path.islink("input")  # no copy
        if fails:
            raise ValueError
        return os.path.getsize("input")

    jobs = [job(1), job(2, inputs=[out(1)], publish=True)]
    sheet = shop.run(batch(jobs, [makes, reads]))
    assert (task_id(2) in sheet.failed) is fails
    assert shop.store.contents() == {}
    assert [area.total for area in shop.store._areas] == [0]
