"""A portion of what was declared: what a task needs, and what is left."""

import pytest

from flowlab import Client, blob, remote
from flowlab.session.portion import split


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
