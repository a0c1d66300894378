"""PyMW's front end: its master submits functions and scripts, with their files and modules.

    from flowlab.compat import pymw

    master = pymw.PyMW_Master()
    task = master.submit_task(work, input_data=(1,), data_files=("table.csv",))
    task, value = master.get_result(task)

What has no counterpart (interfaces and scheduling functions of one's own, MapReduce) is refused,
with what to do instead. The names are found at first use: an engine needs none of them.
"""

from flowlab.compat.names import found_late

_HOMES = {
    "PyMW_Master": "master",
    "PyMW_Task": "task",
    "TaskException": "errors",
    "InterfaceException": "errors",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - all are names

__getattr__, __dir__ = found_late(__name__, _HOMES)
