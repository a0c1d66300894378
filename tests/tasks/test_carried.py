"""Tasks that hold shared objects say so: by inputs that they do not see, and by being alone."""

import sys

import cloudpickle
import msgspec
import pytest

import flowlab
from flowlab import UsageError, remote
from flowlab.model.bundles import SHARED_TYPE, count_own, kind_of_hidden
from flowlab.model.ids import HostId
from flowlab.shared.proxy import Reference, Where, make_proxy, reference_of
from flowlab.tasks.arguments import unpack
from flowlab.tasks.carried import check_run
from flowlab.tasks.cell import declare_cell
from flowlab.tasks.own import task_type

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # as a notebook's are


def proxy(ident, kind, name="", waits=True):
    where = Where("run", "1", HostId("here"), ("127.0.0.1", 1), None)
    return make_proxy(Reference(where, ident, kind, name, (), (), waits, kind))


LOCK, TABLE = proxy("1", "Lock", "db"), proxy("2", "dict", waits=False)


def held(task):
    """Labels of the shared objects that a task has as inputs."""
    labels = task.inputs.labels()
    own = count_own([label or "" for label in labels])
    return [obj.label for obj in list(task.inputs)[own:]]


@remote()
def plain(ctx, *args):
    """Holds nothing itself."""


@remote()
def locked(ctx, *args):
    return LOCK, args


def test_a_task_that_holds_none_has_none():
    assert held(plain(1)) == []
    assert not plain(1).resources.alone


@pytest.mark.parametrize(
    ("task", "names", "alone"),
    [
        (lambda: plain(LOCK), ["Lock db"], True),
        (lambda: plain([{"a": TABLE}]), ["dict"], False),
        (lambda: plain(LOCK, TABLE, LOCK), ["Lock db", "dict"], True),
        (locked, ["Lock db"], True),
        (lambda: locked(TABLE), ["dict", "Lock db"], True),
    ],
    ids=["argument", "deep", "several", "captured", "both"],
)
def test_it_has_those_of_its_arguments_and_of_its_function(session, task, names, alone):
    declared = task()
    assert held(declared) == names
    assert declared.resources.alone is alone


def test_it_does_not_see_them(engine):
    blob = flowlab.blob(b"data")
    task = plain(blob, LOCK)
    labels = [label or "" for label in task.inputs.labels()]
    assert count_own(labels) == 1
    assert kind_of_hidden(labels[1])


def test_each_is_one_object_in_a_session(session):
    one, other = plain(LOCK), plain(LOCK)
    assert one.inputs[-1] is other.inputs[-1]
    assert one.inputs[-1].content_type == SHARED_TYPE
    assert session.added.count(one.inputs[-1]) == 1


def test_a_cell_has_what_it_captures():
    task = declare_cell(
        name="c", source="lock", filename="In [1]", reads={}, captured={"lock": LOCK},
        outputs=[], last_value="out",
    )  # fmt: skip
    assert held(task) == ["Lock db"]
    assert task.resources.alone


def test_chunks_of_a_map_have_theirs():
    chunks = flowlab.map(lambda item, lock: item, [1, 2], [LOCK, LOCK]).tasks
    assert [held(task) for task in chunks] == [["Lock db"]] * 2
    assert all(task.resources.alone for task in flowlab.map(lambda item: LOCK, [1, 2]).tasks)


def test_a_type_of_ones_own_has_those_of_its_function():
    @task_type("carried/grind")
    def grind(ctx):
        return LOCK

    assert held(flowlab.Task("carried/grind")) == ["Lock db"]


def test_another_clients_object_is_refused():
    check_run(reference_of(LOCK), "run")
    with pytest.raises(UsageError, match="<shared Lock 'db'> belongs to another client"):
        check_run(reference_of(LOCK), "another")


@pytest.mark.parametrize(
    ("function", "more"),
    [(lambda n: (LOCK, n), ()), (lambda n, _: n, ([LOCK] * 256,)), (locked, ())],
    ids=["captured", "argument", "remote"],
)
def test_calls_of_a_map_that_may_wait_for_each_other_are_tasks_of_their_own(
    session, function, more
):
    """In one chunk the first would wait for those behind it."""
    whole = flowlab.map(function, range(256), *more)
    assert [task.resources.alone for task in whole.tasks] == [True] * 256
    assert len(flowlab.map(function, range(256), *more, chunk=1).tasks) == 256
    words = r"chunk=8: calls of the map '.*' may wait .* at <shared Lock 'db'>.* leave chunk out"
    with pytest.raises(UsageError, match=words):
        flowlab.map(function, range(256), *more, chunk=8)


def test_calls_that_do_not_wait_are_cut_into_chunks(session):
    assert len(flowlab.map(lambda n: (TABLE, n), range(256)).tasks) == 64
    assert len(flowlab.map(lambda n: (TABLE, n), range(256), chunk=128).tasks) == 2


def test_generators_are_whole_in_calls_that_are_packed_again(session):
    rows = [((n for n in range(3)), LOCK) for _ in range(256)]
    whole = flowlab.map(lambda row: list(row[0]), rows)
    assert len(whole.tasks) == 256
    assert len({len(task.config) for task in whole.tasks}) <= 3, "none is empty"
    assert list(unpack(msgspec.msgpack.decode(whole.tasks[7].config)[1], [])[0][0][0]) == [0, 1, 2]
