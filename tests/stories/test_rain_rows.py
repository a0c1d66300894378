"""What Rain's user guide says of Python tasks beside its examples, and what its users rely on."""

import os
import time

import pytest

from flowlab import HeavyArgument, Output, OutputDir, blob, pickled, remote, tasks
from flowlab.errors import TaskError
from flowlab.events.messages import Reported, TasksAssigned
from flowlab.model.limits import CAPTURED_VALUE
from tests.stories.conftest import on_four
from tests.stories.watching import Watcher

pytestmark = pytest.mark.engines


def fetch(obj):
    return obj.fetch().get_bytes()


def failure(client, declare):
    """What is said when the task that `declare` makes has failed."""
    with client.new_session() as session:
        declare()
        session.submit()
        with pytest.raises(TaskError) as caught:
            session.wait_all()
    return str(caught.value)


# --- calls


def test_a_call_may_say_its_outputs_its_name_and_its_session(sized):
    @remote(outputs=2, name="group/default")
    def pair(ctx):
        return b"1", b"2"

    with sized.new_session() as one, sized.new_session() as two:
        first = pair(session=one)
        second = pair(name="mine", outputs=["a", Output("b", content_type="text")])
        assert (first.owner, second.owner) == (one, two)
        assert (first.name, second.name) == ("group/default", "mine")
        second.keep_outputs()
        with pytest.raises(ValueError, match=r"Got 1 outputs, 2 expected\."):
            pair(output="a")
        with pytest.raises(ValueError, match="not both"):
            pair(output="a", outputs=["a", "b"])
        with pytest.raises(TypeError, match="too many positional arguments"):
            pair(1)
        two.submit()
        assert second.outputs["b"].fetch().load() == "2"


def test_heavy_arguments_are_refused_with_the_remedy(rain):
    @remote(auto_load=True)
    def size(ctx, data):
        return str(len(data))

    heavy = bytes(CAPTURED_VALUE + 1)
    with pytest.raises(HeavyArgument, match=r"256 KiB travel with a task.*pickled\(…\)"):
        size(heavy)
    task = size(pickled(heavy))
    task.output.keep()
    rain.submit()
    assert fetch(task.output) == str(CAPTURED_VALUE + 1).encode()


# --- where they run


def test_a_function_travels_once_and_is_the_same_object_for_all_its_calls(sized):
    @remote(auto_encode="json")
    def me(ctx):
        ctx.function.calls = getattr(ctx.function, "calls", 0) + 1
        return [os.getpid(), ctx.function.calls]

    with sized.new_session() as session:
        made = [me() for _ in range(12)]
        for task in made:
            task.output.keep()
        session.submit()
        seen = {}
        for task in made:
            pid, count = task.output.fetch().load()
            seen.setdefault(pid, []).append(count)
        for counts in seen.values():  # an engine that ran it in a session before counts on
            assert sorted(counts) == [*range(min(counts), min(counts) + len(counts))]


def test_a_chain_of_30_tasks_stays_in_one_process(rain):
    @remote(auto_load=True, auto_encode="json")
    def link(ctx, pids):
        return [*pids, os.getpid()]

    last = blob([], encode="json")
    for _ in range(30):
        last = link(last)
    last.output.keep()
    rain.submit()
    pids = last.output.fetch().load()
    assert len(pids) == 30
    assert len(set(pids)) == 1


@on_four
def test_tasks_that_run_at_once_are_processes_of_their_own(sized, tmp_path):
    """Each waits until all four are there."""

    @remote(auto_encode="json")
    def meet(ctx, place):
        (place / str(os.getpid())).write_text("")
        end = time.monotonic() + 30
        while len(os.listdir(place)) < 4 and time.monotonic() < end:
            time.sleep(0.01)
        return os.getpid()

    with sized.new_session() as session:
        made = [meet(tmp_path) for _ in range(4)]
        for task in made:
            task.output.keep()
        session.submit()
        pids = {task.output.fetch().load() for task in made}
        assert pids == {int(each) for each in os.listdir(tmp_path)}
        assert len(pids) == 4


def test_each_task_finds_an_empty_working_directory(rain):
    @remote(auto_encode="json")
    def litter(ctx, number):
        found = os.listdir()
        with open(f"left{number}", "w") as file:
            file.write("x")
        os.mkdir("directory")
        return found

    made = [litter(number) for number in range(6)]
    for task in made:
        task.output.keep()
    rain.submit()
    assert [task.output.fetch().load() for task in made] == [[]] * 6


# --- what they return


def test_files_and_directories_are_moved_out(rain):
    @remote(outputs=[Output("table", content_type="text"), OutputDir("tree"), "left"])
    def make(ctx):
        with open("table", "w") as file:
            file.write("a,b")
        os.makedirs("tree/deep")
        with open("tree/deep/leaf", "w") as file:
            file.write("leaf")
        with open("unused", "w") as file:
            file.write("never returned")
        made = ctx.stage_file("table"), ctx.stage_directory("tree")
        ctx.stage_file("unused")
        return *made, " ".join(os.listdir())

    task = make()
    leaf = tasks.SliceDirectory(task.outputs["tree"], "deep/leaf")
    task.keep_outputs()
    leaf.output.keep()
    rain.submit()
    table, _, left = task.fetch_outputs()
    assert (table.load(), left.get_bytes(), fetch(leaf.output)) == ("a,b", b"", b"leaf")


def test_what_is_staged_lies_in_the_working_directory(sized):
    said = failure(sized, remote(lambda ctx: ctx.stage_file("/etc/hostname")))
    assert "'/etc/hostname' must be relative to the task's working directory" in said
    said = failure(sized, remote(lambda ctx: ctx.stage_directory("absent")))
    assert "there is no directory 'absent'" in said


def test_the_context_makes_data_of_any_type(rain):
    @remote(outputs=4)
    def make(ctx):
        return (
            ctx.blob("text"),
            ctx.blob(b"[1]", content_type="json"),
            ctx.blob({"a": 1}, encode="json"),
            ctx.pickled({1, 2}),
        )

    task = make()
    task.keep_outputs()
    rain.submit()
    fetched = task.fetch_outputs()
    assert [each.content_type for each in fetched] == ["text", "json", "json", "pickle"]
    assert [each.load() for each in fetched] == ["text", [1], {"a": 1}, {1, 2}]


@pytest.mark.parametrize("size", [10, 200_000], ids=["small", "in the store"])
def test_an_input_that_is_handed_on_is_the_same_data_and_takes_its_notes_along(rain, size):
    @remote()
    def note(ctx, data, key):
        data.info.user[key] = len(data.info.user)
        return data

    first = tasks.Concat([blob(b"x" * size)])
    passed = note(note(first, "one"), "two")
    for each in (first, passed):
        each.output.keep()
    rain.submit()
    assert fetch(passed.output) == fetch(first.output) == b"x" * size
    assert passed.output.info.user == {"one": 0, "two": 1}
    assert first.output.info.user == {}


def test_a_declared_type_is_that_of_plain_values_and_others_must_fit(sized):
    @remote(outputs=[Output("o", content_type="json")])
    def give(ctx, value):
        return ctx.pickled(value) if isinstance(value, list) else value

    with sized.new_session() as session:
        task = give("[1]")
        task.output.keep()
        session.submit()
        assert (task.output.fetch().content_type, task.output.fetch().load()) == ("json", [1])
    said = failure(sized, lambda: give([1]))
    assert "output 'o': Incompatible content types: 'json' and 'pickle'" in said


# --- what they say


def test_debug_is_formatted_only_when_there_is_something_to_fill_in(rain):
    @remote(outputs=0)
    def talk(ctx):
        ctx.debug("{not a field}")
        ctx.debug("{} and {word}", 1, word="two")

    task = talk()
    rain.submit()
    rain.wait_all()
    task.update()
    assert task.info.debug == "{not a field}\n1 and two"


def test_debug_takes_text(sized):
    assert "ctx.debug takes text, not 'int'" in failure(sized, remote(lambda ctx: ctx.debug(5)))


def test_an_error_that_the_task_sets_is_its_failure(sized):
    @remote()
    def give_up(ctx):
        ctx.info.error = "the model does not converge"

    said = failure(sized, lambda: give_up(name="fit"))
    assert "Message: the model does not converge" in said
    assert "'fit'" in said


def test_the_whole_traceback_is_in_the_info(sized):
    @remote()
    def outer(ctx):
        return inner(0)

    def inner(number):
        return str(1 // number)

    with sized.new_session(on_error="continue") as session:
        task = outer()
        session.submit()
        with pytest.raises(TaskError, match="ZeroDivisionError"):
            task.wait()
        task.update()
        for line in ("Traceback", "return inner(0)", "return str(1 // number)", "ZeroDivisionErr"):
            assert line in task.info.error


def test_debug_info_and_keep_cost_no_message_of_their_own(client):
    """They travel with the reports that come anyhow, some 20 a second of each engine."""

    @remote(outputs=1)
    def task(ctx, talks):
        if talks:
            ctx.debug("said")
            ctx.info.user["said"] = True
        return b""

    counts = []
    for talks in (False, True):
        with client.new_session() as session:
            watcher = Watcher(session)
            made = [task(talks) for _ in range(3000)]
            if talks:
                session.keep_all()
            session.submit()
            session.wait_all()
            watcher.wait_for(lambda me: len(me.finished()) == 3000)
            counts.append(len(watcher.of(TasksAssigned, Reported)))
            made[7].update()
            assert made[7].info.user == ({"said": True} if talks else {})
    assert max(counts) < 3000 / 4, counts
