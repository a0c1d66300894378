"""What PyMW's documents and tests say of results, row by row (M7 to M11)."""

import pytest

from flowlab import Client
from flowlab.compat import pymw
from flowlab.errors import TaskError
from tests.compat.pymw.work import err_worker, null_worker, print_worker, wait_for

# --- M7: results


def test_m7_nothing_submitted_and_strange_tasks_are_errors(master, here):
    with pytest.raises(pymw.TaskException, match="No tasks have been submitted"):
        master.get_result()
    master.submit_task(null_worker, (1,))
    for strange in (1234, [1, 2]):
        with pytest.raises(pymw.TaskException, match="a task, a list of tasks, or None"):
            master.get_result(strange)
    with pymw.PyMW_Master(client=here) as other:
        foreign = other.submit_task(null_worker, (1,))
        with pytest.raises(pymw.TaskException, match="has not been submitted"):
            master.get_result(foreign)
        with pytest.raises(pymw.TaskException, match="has not been submitted"):
            master.get_result([foreign])


def test_m7_one_any_of_a_list_any_at_all(master):
    count = 10
    sets = [[master.submit_task(null_worker, (i,)) for i in range(count)] for _ in range(3)]
    one_by_one = [master.get_result(task) for task in sets[0]]
    assert one_by_one == list(zip(sets[0], range(count), strict=True))
    of_a_list = [master.get_result(sets[1]) for _ in range(count)]
    assert sorted(value for _, value in of_a_list) == list(range(count))
    assert {task for task, _ in of_a_list} == set(sets[1])
    any_at_all = [master.get_result() for _ in range(count)]
    assert {task for task, _ in any_at_all} == set(sets[2])


def test_m7_each_result_is_taken_once(master):
    tasks = [master.submit_task(null_worker, (i,)) for i in range(2)]
    master.get_result(tasks[0])
    for taken in (tasks[0], [tasks[0]]):
        with pytest.raises(pymw.TaskException, match="can be taken once"):
            master.get_result(taken)
    assert master.get_result(tasks) == (tasks[1], 1)
    with pytest.raises(pymw.TaskException, match="can be taken once"):
        master.get_result()


def test_m7_without_blocking_what_is_not_there_is_none(master, place):
    task = master.submit_task(wait_for, (str(place / "go"),))
    assert master.get_result(task, blocking=False) == (None, None)
    assert master.get_result(blocking=False) == (None, None)
    (place / "go").write_text("")
    assert master.get_result([task]) == (task, "came")


def test_m7_errors_of_the_worker_come_with_the_result(master):
    good, bad = master.submit_task(null_worker, (1,)), master.submit_task(err_worker)
    with pytest.raises(TaskError, match="division by zero") as caught:
        master.get_result(bad)
    assert "return 0 / 0" in caught.value.traceback
    assert master.get_result() == (good, 1)


def test_m7_an_error_is_one_of_any_results(master):
    master.submit_task(err_worker)
    with pytest.raises(TaskError, match="division by zero"):
        master.get_result()
    with pytest.raises(pymw.TaskException, match="can be taken once"):
        master.get_result()


def test_m7_a_result_that_was_taken_is_freed(master):
    task = master.submit_task(null_worker, (1,))
    master.get_result(task)
    assert not task.task.output.kept


# --- M8: what tasks print


def test_m8_stdout_and_stderr_are_kept(master, capfd):
    task = master.submit_task(print_worker, modules=("sys",))
    assert task._stdout == ""
    assert master.get_result(task) == (task, None)
    assert (task._stdout, task._stderr) == (task.stdout, task.stderr)
    assert (task._stdout, task._stderr) == ("stdout test", "stderr test")


def test_m8_of_a_task_that_fails_too(master):
    def fail():
        print("before")
        raise ValueError("no")

    task = master.submit_task(fail)
    with pytest.raises(TaskError):
        master.get_result(task)
    assert task._stdout == "before\n"


# --- M9: times and progress


def test_m9_times_and_progress(master, place):
    task = master.submit_task(wait_for, (str(place / "go"),))
    assert (task.get_total_time(), task.get_execution_time()) == (None, None)
    assert task.get_progress() == 0.0
    assert task.state in {task.TASK_SUBMITTED, task.TASK_RUNNING}
    (place / "go").write_text("")
    master.get_result(task)
    assert task.get_execution_time() >= 0
    assert task.get_total_time() >= task.get_execution_time()
    assert master.get_progress([task]) == [1.0]
    assert master.get_progress() == [1.0]


def test_m9_a_task_that_failed_has_times_and_no_progress(master):
    task = master.submit_task(err_worker)
    with pytest.raises(TaskError):
        master.get_result(task)
    assert task.get_total_time() >= 0
    assert task.get_progress() == 0.0
    assert task.state == pymw.PyMW_Task.TASK_ERROR


@pytest.mark.engines
def test_m9_status(far):
    task = far.submit_task(null_worker, (1,))
    far.get_result(task)
    status = far.get_status()
    assert status["num_total_workers"] == 2
    assert 0 <= status["num_active_workers"] <= 2
    assert status["tasks"] == [task]


def test_m9_status_says_when_the_engines_cannot_be_asked():
    client = Client(inline=True)
    master = pymw.PyMW_Master(client=client)
    client.close()
    assert master.get_status() == {"interface_status": "error", "tasks": []}


# --- M10 and M11 are not built


@pytest.mark.parametrize("given", [{"interface": object()}, {"scheduler_func": max}])
def test_m10_interfaces_and_schedulers_of_ones_own_are_refused(given):
    with pytest.raises(pymw.InterfaceException, match="say which engines by client="):
        pymw.PyMW_Master(**given)


def test_m11_there_is_no_map_reduce():
    with pytest.raises(AttributeError, match="PyMW_MapReduce"):
        pymw.PyMW_MapReduce  # noqa: B018 - to look is the test
    assert set(dir(pymw)) == {"PyMW_Master", "PyMW_Task", "TaskException", "InterfaceException"}


def test_a_master_of_its_own_closes_its_client():
    master = pymw.PyMW_Master()
    master.close()
    assert master._client.closed
