"""What was declared: a portion of it, what a task needs, and what is left."""

import gc

import pytest

from flowlab import Client, UsageError, blob, remote
from flowlab.graph.nodes import DataObject, Task
from flowlab.session.declared import split
from tests.stories.watching import wait_until


@remote(auto_load=True, auto_encode="pickle")
def add(ctx, *numbers):
    return sum(map(int, numbers))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWLAB_DATA", str(tmp_path_factory.mktemp("data")))
        with Client(inline=True) as made:
            yield made


@pytest.fixture
def session(client):
    with client.new_session() as made:
        yield made


def test_everything_is_chosen_when_nothing_is_named():
    assert split(None, [1], [2]) == (([1], [2]), ([], []))


def test_a_task_brings_what_it_reads_and_leaves_the_rest_in_order(session):
    one, two, three = (blob(text) for text in "123")
    first, second = add(one), add(two)
    third = add(first, one, first)
    tasks, constants = list(session.declared), [one, two, three]
    chosen, left = split([third.output], tasks, constants)
    assert chosen == ([first, third], [one])
    assert left == ([second], [two, three])
    assert split([three], tasks, constants)[0] == ([], [three])


def test_what_was_submitted_is_not_submitted_again(session):
    one = blob("1")
    first = add(one)
    first.keep_outputs()
    second = add(first, one, 5)
    second.keep_outputs()
    session.submit([first])
    assert (session.task_count, session.dataobj_count) == (1, 1)
    assert first.output.fetch().load() == 1
    assert not second.submitted
    session.submit([second])
    assert second.output.fetch().load() == 7
    assert (session.task_count, session.dataobj_count) == (0, 0)
    session.submit([first, second])  # nothing is left to send


def test_all_that_is_submitted_together_is_noted_at_once(session):
    tasks = [add(number) for number in range(3)]
    assert len({id(task.wave) for task in tasks}) == 1
    tasks[0].output.keep()
    session.submit()
    assert {task.state for task in tasks} == {"notAssigned"}
    assert {task.output.state for task in tasks} == {"unfinished"}
    later = add(7)
    assert not later.submitted
    assert later.wave is not tasks[0].wave


def test_what_is_left_is_submitted_later_with_what_was_said_of_it(session):
    first, second = add(1), add(2)
    for task in (first, second):
        task.output.keep()
        task.user["note"] = 1
    session.submit([first])
    assert (first.submitted, second.submitted) == (True, False)
    second.user["more"] = 2
    with pytest.raises(UsageError, match="is fixed"):
        first.user["more"] = 2
    session.submit()
    with pytest.raises(UsageError, match="is fixed"):
        second.user["yet more"] = 3
    assert second.output.fetch().load() == 2
    assert second.spec.user["more"] == 2


def test_what_was_said_of_a_task_that_was_given_up_stands_in_no_ones_way(session):
    given_up, other = add(1), add(2)
    given_up.user["odd"] = {1, 2}  # no JSON
    given_up.output.keep()
    session.discard(given_up)
    assert len(session._kept) == 0
    session.submit()
    assert other.submitted
    assert not given_up.submitted
    assert given_up.state is None


def test_a_reader_of_what_was_given_up_is_refused(session):
    given_up = add(1)
    add(given_up)
    session.discard(given_up)
    with pytest.raises(UsageError, match="neither submitted nor declared any longer"):
        session.submit()


@pytest.mark.parametrize("whole", [True, False])
def test_an_interrupted_portion_is_submitted_the_next_time(session, monkeypatch, whole):
    first, second = add(1), add(2)
    second.output.keep()
    third = add(second)

    class Stops(list):
        def __iter__(self):
            yield self[0]
            raise KeyboardInterrupt

    declared = session._declared
    portion = declared.portion([third])
    with pytest.raises(KeyboardInterrupt):
        declared.sent(portion._replace(tasks=Stops(portion.tasks)))
    assert session.task_count == 3
    session.submit(None if whole else [third])
    assert second.submitted
    assert third.submitted
    assert first.submitted == whole
    assert second.output.fetch().load() == 2


def test_what_is_posted_twice_counts_once(session):
    task = add(1)
    session._access.sent([task.task_id])  # as before an interrupt
    session.submit()
    session.wait_all()
    assert task.state == "finished"


def test_what_was_said_of_an_output_before_it_was_taken_is_looked_at(session):
    out = DataObject("out")
    out.user["odd"] = {1, 2}
    session.submit()
    add(1)
    Task("python", outputs=[out])
    with pytest.raises(UsageError, match="must be JSON"):
        session.submit()
    out.user["odd"] = 1


def test_kept_objects_of_each_portion_go_when_nobody_names_them(session):
    first, second = add(1), add(2)
    first.output.keep()
    second.output.keep()
    session.submit([first])
    session.submit([second])
    assert len(session._kept) == 2
    session.wait_all()
    assert first.state == second.state == "finished"
    del first, second
    gc.collect()
    assert wait_until(lambda: len(session._kept) == 0, 5)


def test_a_wait_for_all_goes_past_what_is_not_submitted(session):
    first, second = add(1), add(2)
    session.submit([first])
    session.wait_all()
    assert (first.state, second.state) == ("finished", None)
    session.submit()
    session.wait_all()
    assert second.state == "finished"
