"""Which tasks have which bundles, and that each is one constant however many have it."""

import os
from pathlib import Path

import pytest

import flowlab
from flowlab.errors import StoreError, UsageError, WrongKind
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.bundles import FILES, MODULES, PLATFORM
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.payload import Inline
from flowlab.model.specs import DataType
from flowlab.staging.bundle import Member, pack_bundle
from flowlab.tasks.basic import Concat, Sleep
from flowlab.tasks.bundles import bundle
from flowlab.tasks.execute import Execute
from flowlab.tasks.factory import Program
from flowlab.tasks.map import map as map_task
from flowlab.tasks.objects import blob
from flowlab.tasks.own import task_type
from flowlab.tasks.python import remote
from flowlab.tasks.shell import declare_shell


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    place = tmp_path / "here"
    place.mkdir()
    (place / "a.txt").write_text("A")
    (place / "b.txt").write_text("B")
    monkeypatch.chdir(place)
    return place


@remote
def read(ctx, *names):
    return "".join((ctx.sandbox / name).read_text() for name in names)


def hidden(task):
    """The bundles that a task has."""
    return [obj for label, obj in task.inputs.items() if (label or "").startswith(".flowlab-")]


def modules(text="X = 1", platform=""):
    return pack_bundle(MODULES, [Member("m.py", text.encode())], platform)


def test_a_task_finds_its_files(engine):
    both = bundle("*.txt")
    assert engine.run(Execute("cat a.txt b.txt", True, bundle=both))[0].get_bytes() == b"AB"
    assert engine.run(read("b.txt", bundle=both))[0].get_bytes() == b"B"
    two = [bundle("a.txt"), bundle("b.txt")]
    assert engine.run(Execute("cat a.txt b.txt", True, bundle=two))[0].get_bytes() == b"AB"


def test_it_is_one_constant_however_many_tasks_have_it(session, here):
    tasks = [read("a.txt", bundle=bundle("*.txt")) for _ in range(20)]
    (constant,) = {obj for task in tasks for obj in hidden(task)}
    assert [thing for thing in session.added if isinstance(thing, DataObject)] == [constant]
    assert (constant.data_type, constant.content_type, constant.task) == (DataType.DIR, "dir", None)
    (here / "a.txt").write_text("other")
    changed = read("a.txt", bundle=bundle("*.txt"))
    assert hidden(changed) != [constant]


@pytest.mark.parametrize(
    "declare",
    [
        lambda given: Execute("true", bundle=given),
        lambda given: Program("true", bundle=given)(),
        lambda given: read(bundle=given),
        lambda given: remote(bundle=given)(lambda ctx: b"")(),
        lambda given: map_task(len, ["a"], bundle=given).tasks[0],
        lambda given: map_task(remote(bundle=given)(lambda ctx, x: x), ["a"]).tasks[0],
        lambda given: declare_shell(
            name="s", source="true", inputs={}, outputs={"o": "STDOUT"}, bundle=given
        ),
    ],
)
def test_each_kind_of_a_users_work_may_have_one(declare):
    (constant,) = hidden(declare(bundle("a.txt")))
    assert constant.label == "bundle"
    assert hidden(declare(None)) == []


def test_the_calls_of_a_map_find_it(engine):
    many = map_task(
        lambda n: Path("a.txt").read_text() * n, range(3), bundle=bundle("a.txt"), chunk=3
    )
    assert engine.value(many.tasks[0]) == ["", "A", "AA"]
    objects = map_task(len, [blob(b"xyz")], bundle=bundle("a.txt"))
    assert engine.value(objects.tasks[0]) == [3]


def test_a_call_says_more_than_its_function(here):
    function = remote(bundle=bundle("a.txt"))(lambda ctx: b"")
    assert hidden(function()) != hidden(function(bundle=bundle("b.txt")))
    assert len(hidden(function())) == 1


def test_bundles_of_the_session_are_those_of_all_later_tasks(session, engine):
    before = read("a.txt")
    session.bundles.apply([bundle("a.txt"), modules()])
    after = read("a.txt", blob(b""), bundle=bundle("b.txt"))
    again = read("a.txt", bundle=bundle("a.txt"))
    assert (len(hidden(before)), len(hidden(after)), len(hidden(again))) == (0, 3, 2)
    assert list(after.inputs[1:]) == hidden(after)
    assert after.inputs.labels()[0] is None
    session.bundles.apply([bundle("a.txt")])
    assert [obj.label for obj in hidden(read("a.txt"))] == ["modules", "bundle"]


def test_what_runs_no_code_of_the_users_has_none(session):
    session.bundles.apply([bundle("a.txt")])
    joined = Concat([blob(b"x")])
    assert hidden(joined) == hidden(Sleep(joined, 0)) == []
    many = map_task(len, ["a", "b"])
    assert len(hidden(many[0].output.task)) == 1  # it unpickles what the calls made


def test_types_of_the_users_own_have_them(session):
    @task_type("mill/bundled")
    def grind(ctx):
        return b""

    class Grind(Task):
        TASK_TYPE = "mill/bundled"

    session.bundles.apply([bundle("a.txt")])
    assert len(hidden(Grind())) == 1


def test_one_bundle_takes_the_place_of_another(session):
    first, second = modules("X = 1"), modules("X = 2")
    session.bundles.apply([first])
    old = hidden(read())
    session.bundles.apply([second], instead_of=first)
    assert len(hidden(read())) == 1
    assert hidden(read()) != old


def test_compiled_code_says_for_which_platform_it_is():
    (constant,) = hidden(read(bundle=modules(platform="vax")))
    assert constant.user == {PLATFORM: "vax"}
    assert hidden(read(bundle=modules()))[0].said == {}


def test_a_large_one_goes_into_the_store(session, here):
    (here / "big").write_bytes(os.urandom(INLINE_OBJECT))
    (constant,) = hidden(read(bundle=bundle("big")))
    assert isinstance(constant.value, Inline)  # as this session's store gives it
    assert not constant.value.packed


@pytest.mark.parametrize("given", ["a.txt", 3, [b"x"]])
def test_anything_else_is_refused(given):
    with pytest.raises((WrongKind, TypeError), match=r"bundle|iterable"):
        read(bundle=given)


def test_a_file_of_the_bundle_stands_in_no_inputs_or_outputs_way(engine):
    both = bundle("*.txt")
    taken = Execute(["cat", flowlab.Input("a.txt", dataobj=blob(b"x"))], True, bundle=both)
    with pytest.raises(UsageError, match=r"'a.txt' is a file of the task's bundle; give the input"):
        engine.run(taken)
    with pytest.raises(UsageError, match=r"'b.txt' is a file of the task's bundle; .* the output"):
        engine.run(Execute("touch b.txt", output_paths="b.txt", bundle=both))


@pytest.mark.parametrize("path", ["a.txt/x", "a.txt/deep/x"])
def test_nor_does_one_where_the_folder_of_an_input_or_output_shall_be(engine, path):
    given = [flowlab.Input("x", path=path, dataobj=blob(b"x"))]
    with pytest.raises(UsageError, match=r"^'a.txt' is a file of the .*; give the input another"):
        engine.run(Execute("true", input_paths=given, bundle=bundle("*.txt")))
    made = flowlab.Output("x", path=path)
    with pytest.raises(UsageError, match=r"^'a.txt' is a file of the .*; give the output another"):
        engine.run(Execute("true", output_paths=made, bundle=bundle("*.txt")))


def test_an_input_may_stand_in_a_directory_of_the_bundle(engine, here):
    (here / "deep").mkdir()
    (here / "deep/a").write_text("A")
    given = [flowlab.Input("x", path="deep/x", dataobj=blob(b"x"))]
    task = Execute("cat deep/a deep/x", True, input_paths=given, bundle=bundle("deep"))
    assert engine.run(task)[0].get_bytes() == b"Ax"


def test_a_named_pipe_is_an_error_and_nobody_waits_for_it(here):
    os.mkfifo(here / "pipe")
    with pytest.raises(StoreError, match=r"cannot bundle .*pipe': no plain file"):
        bundle(".")


def test_with_a_base_relative_paths_start_there_and_names_count_from_there(engine, here):
    (here / "data/tables").mkdir(parents=True)
    (here / "data/tables/1.csv").write_text("1")
    given = bundle("tables/*.csv", base="data")
    assert given.names == ("tables/1.csv",)
    assert engine.run(Execute("cat tables/1.csv", True, bundle=given))[0].get_bytes() == b"1"


def test_the_public_names_are_these():
    assert flowlab.bundle is bundle
    assert repr(flowlab.bundle("a.txt")).startswith("<Bundle of 1 files")
    assert flowlab.bundle("a.txt").kind == FILES
