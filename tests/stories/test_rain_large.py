"""Rain's programs in the sizes that its users have: large blobs and directories, many tasks.

All results are compared with what plain Python gives, computed here one after the other.
"""

import hashlib
import random

import pytest

from flowlab import Input, InputDir, Output, OutputDir, Program, blob, directory, remote, tasks
from flowlab.model.limits import MIB
from tests.stories.conftest import on_four
from tests.stories.watching import Watcher, check_each_finished_once

pytestmark = pytest.mark.engines


def make_bytes(seed, size):
    """So many bytes that do not repeat."""
    return random.Random(seed).randbytes(size)


def tree_digest(folder):
    """path -> digest of each file below."""
    return {
        each.relative_to(folder).as_posix(): hashlib.sha256(each.read_bytes()).hexdigest()
        for each in folder.rglob("*")
        if each.is_file()
    }


def test_27_megabytes_are_joined(rain):
    parts = [make_bytes(seed, 3 * MIB) for seed in range(9)]
    constants = [blob(part) for part in parts]
    # Half of them as constants, half as outputs of tasks
    inputs = [tasks.Sleep(each, 0) if place % 2 else each for place, each in enumerate(constants)]
    whole = tasks.Concat(inputs)
    counted = tasks.Execute(["wc", "-c"], stdin=whole, stdout=True)
    whole.output.keep()
    counted.output.keep()
    rain.submit()
    fetched = whole.output.fetch()
    assert fetched.size == 27 * MIB
    assert fetched.get_bytes() == b"".join(parts)
    assert int(counted.output.fetch().get_bytes()) == 27 * MIB
    whole.output.update()
    assert whole.output.info.size == 27 * MIB


def test_a_directory_of_11_megabytes_goes_in_and_out(rain, tmp_path):
    source = tmp_path / "source"
    for number in range(110):
        place = source / f"part{number % 11}" / "deep"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"file{number}").write_bytes(make_bytes(number, 100 * 1024))
    before = tree_digest(source)

    @remote(inputs={"tree": InputDir()}, outputs=[OutputDir("again")])
    def reverse(ctx, tree):
        """Each file turned round."""
        tree.write("again")
        for path in (ctx.sandbox / "again").rglob("file*"):
            path.write_bytes(path.read_bytes()[::-1])
        return ctx.stage_directory("again")

    d = directory(source)
    copied = tasks.Execute(
        ["cp", "-r", InputDir("in", dataobj=d), "out"], output_paths=[OutputDir("out")]
    )
    twice = reverse(reverse(copied))
    twice.output.keep()
    one = tasks.SliceDirectory(twice, "part3/deep/file3")
    one.output.keep()
    rain.submit()
    twice.output.fetch().write(tmp_path / "result")
    assert tree_digest(tmp_path / "result") == before
    assert one.output.fetch().get_bytes() == make_bytes(3, 100 * 1024)


def step(number, *values):
    """What a node of the graphs below computes."""
    return f"{number}:{hashlib.sha256('|'.join(values).encode()).hexdigest()}"


def declare_diamonds(node, count, width):
    """Diamonds one after the other: one task, `width` that read it, one that reads those."""
    made, last = [], None
    for number in range(count):
        top = node(f"{number}/top", *([] if last is None else [last]))
        middle = [node(f"{number}/{each}", top) for each in range(width)]
        last = node(f"{number}/bottom", *middle)
        made += [top, *middle, last]
    return made, last


@on_four
@pytest.mark.parametrize("kind", ["python", "mixed"])
def test_diamonds_of_190_tasks_on_four_engines(sized, kind):
    count, width = 10, 17  # 10 × 19

    @remote(auto_load=True)
    def function(ctx, number, *values):
        import hashlib

        return f"{number}:{hashlib.sha256('|'.join(values).encode()).hexdigest()}"

    def program(number, *inputs):
        """The same by sha256sum: the hash of the inputs with bars between them."""
        bars = [part for each in inputs for part in ("|", each)][1:]
        words = [Input(f"i{place}", dataobj=blob(part) if part == "|" else part)
                 for place, part in enumerate(bars)]  # fmt: skip
        command = (
            f"printf %s '{number}:'; cat {{}} < /dev/null | sha256sum | cut -c-64 | tr -d '\\n'"
        )
        names = " ".join(each.label for each in words)
        return tasks.Execute(
            command.format(names),
            shell=True,
            stdout=Output("line", content_type="text"),
            input_paths=words,
        )

    def mixed(number, *inputs):
        return (program if number.endswith(("3", "7")) else function)(number, *inputs)

    with sized.new_session() as session:
        watcher = Watcher(session)
        made, last = declare_diamonds(function if kind == "python" else mixed, count, width)
        assert len(made) == 190
        last.output.keep()
        session.submit()
        assert last.output.fetch().load() == declare_diamonds(step, count, width)[1]
        session.wait_all()
        ids = [task.task_id for task in made]
        watcher.wait_for(lambda me: me.finished().issuperset(ids))
        check_each_finished_once(watcher.entries, ids)


def test_pipelines_of_360_tasks_in_two_submits_with_kept_checkpoints(sized):
    lines, stages = 60, 3  # twice: 2 × 180 tasks

    @remote(auto_load=True)
    def grow(ctx, text, number):
        import hashlib

        return f"{number}:{hashlib.sha256(text.encode()).hexdigest()}"

    upper = Program(
        ["tr", "a-z", "A-Z"], stdin=Input("text"), stdout=Output("t", content_type="text")
    )

    def expected(text):
        text = step(0, text)
        return step(2, text.upper())

    def declare(start):
        first = grow(start, 0)
        return grow(upper(text=first), 2)

    starts = [f"line {number}" for number in range(lines)]
    with sized.new_session() as session:
        watcher = Watcher(session)
        checkpoints = [declare(blob(text)) for text in starts]
        for each in checkpoints:
            each.output.keep()
        assert session.task_count == lines * stages
        session.submit()
        ends = [declare(each) for each in checkpoints]  # on what may not be there yet
        for each in ends:
            each.output.keep()
        session.submit()
        session.wait_all()
        half = [expected(text) for text in starts]
        assert [each.output.fetch().load() for each in checkpoints] == half
        assert [each.output.fetch().load() for each in ends] == [expected(text) for text in half]
        watcher.wait_for(lambda me: len(me.finished()) == 2 * lines * stages)
        for each in checkpoints:
            each.output.unkeep()
        assert ends[0].output.fetch().load() == expected(half[0])
