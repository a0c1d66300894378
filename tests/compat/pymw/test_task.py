"""A task that has none of flowlab's; the rest is seen in test_master.py."""

import pytest

from flowlab.compat.pymw import PyMW_Task, TaskException


def test_one_that_could_not_be_declared_is_an_error_from_the_start():
    task = PyMW_Task("name_0", None, TaskException("no script"))
    assert (str(task), repr(task)) == ("name_0", "name_0")
    assert task.state == PyMW_Task.TASK_ERROR
    assert (task.get_progress(), task.get_total_time(), task.get_execution_time()) == (0, 0, 0)
    for _ in range(2):
        with pytest.raises(TaskException, match="no script"):
            task.take()
