"""What may not be submitted."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.checks import check_submit
from flowlab.graph.nodes import DataObject, Task
from tests.graph.owner import NoEngines


@pytest.fixture
def session():
    return NoEngines()


def check(session, tasks, constants=()):
    """As at a submit of these."""
    check_submit(tasks, constants, session.marked, session.wave)


def constant(session, value=b"x"):
    return DataObject("const", session, value=value)


def test_a_whole_graph_and_an_empty_one_are_fine(session):
    data = constant(session)
    session.add(data)
    first = Task("k", inputs=[data, data], session=session)
    check(session, [first, Task("k", inputs=[first], session=session)], [data])
    check(session, [])


def test_an_object_has_a_value_or_a_task(session):
    with pytest.raises(UsageError, match="neither a value nor a task"):
        check(session, [], [constant(session, None)])


def test_an_input_must_be_in_the_piece_or_before_it(session):
    data = constant(session)
    task = Task("k", inputs=[data], session=session)
    with pytest.raises(UsageError, match="neither submitted nor declared"):
        check(session, [task])
    session.add(data)
    check(session, [task], [data])
    session.submit()
    check(session, [task])


def test_an_input_unkept_since_its_reader_was_declared_is_refused(session):
    earlier = Task("k", session=session)
    earlier.output.keep()
    session.submit()
    later = Task("k", inputs=[earlier], session=session)
    check(session, [later])
    earlier.output.unkeep()
    with pytest.raises(UsageError, match="is not kept"):
        check(session, [later])


def test_an_input_of_another_session_is_refused(session):
    theirs = NoEngines(2, "theirs")
    task = Task("k", session=session)
    task.inputs.append(constant(theirs))
    theirs.add(task.inputs[0])
    with pytest.raises(UsageError, match="of session 'theirs'"):
        check(session, [task], list(task.inputs))


def test_keys_of_user_attributes_are_strings(session):
    task = Task("k", session=session)
    task.user[1] = 2
    with pytest.raises(UsageError, match="its key 1 is no string"):
        check(session, [task])


def test_user_attributes_are_json(session):
    task = Task("k", session=session)
    task.spec.user["ok"] = [1, {"a": None}]
    check(session, [task])
    task.output.spec.user["bad"] = {1, 2}
    with pytest.raises(UsageError, match=r"'out0'>: spec.user must be JSON"):
        check(session, [task])
