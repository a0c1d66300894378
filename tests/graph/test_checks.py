"""What may not be submitted."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.checks import check_submit
from flowlab.graph.nodes import DataObject, Task
from tests.graph.owner import NoEngines


@pytest.fixture
def session():
    return NoEngines()


def constant(session, value=b"x"):
    return DataObject("const", session, value=value)


def test_a_whole_graph_and_an_empty_one_are_fine(session):
    data = constant(session)
    first = Task("k", inputs=[data, data], session=session)
    check_submit([first, Task("k", inputs=[first], session=session)], [data])
    check_submit([], [])


def test_an_object_has_a_value_or_a_task(session):
    with pytest.raises(UsageError, match="neither a value nor a task"):
        check_submit([], [constant(session, None)])


def test_an_input_must_be_in_the_piece_or_before_it(session):
    data = constant(session)
    task = Task("k", inputs=[data], session=session)
    with pytest.raises(UsageError, match="neither submitted nor declared"):
        check_submit([task], [])
    data.submitted = True
    check_submit([task], [])


def test_an_input_unkept_since_its_reader_was_declared_is_refused(session):
    earlier = Task("k", session=session)
    earlier.output.keep()
    session.submit()
    later = Task("k", inputs=[earlier], session=session)
    check_submit([later], [])
    earlier.output.unkeep()
    with pytest.raises(UsageError, match="is not kept"):
        check_submit([later], [])


def test_an_input_of_another_session_is_refused(session):
    task = Task("k", inputs=[constant(session)], session=session)
    task.inputs.append(constant(NoEngines(2, "theirs")))
    with pytest.raises(UsageError, match="of session 'theirs'"):
        check_submit([task], list(task.inputs))


def test_keys_of_user_attributes_are_strings(session):
    task = Task("k", session=session)
    task.user[1] = 2
    with pytest.raises(UsageError, match="its key 1 is no string"):
        check_submit([task], [])


def test_user_attributes_are_json(session):
    task = Task("k", session=session)
    task.spec.user["ok"] = [1, {"a": None}]
    check_submit([task], [])
    task.output.spec.user["bad"] = {1, 2}
    with pytest.raises(UsageError, match=r"'out0'>: spec.user must be JSON"):
        check_submit([task], [])
