"""Crossflow on flowlab: its names, found at first use so that an engine loads none of the client.

`from flowlab.compat import crossflow` and `from flowlab.compat.crossflow import tasks, clients`
stand where `import crossflow` and `from crossflow import tasks, clients` stood.
"""

from flowlab.compat.names import found_late

_HOMES = {
    "Client": "clients",
    "Future": "clients",
    "FileHandle": "filehandling",
    "FileHandler": "filehandling",
    "set_stage_point": "filehandling",
    "CalledProcessError": "tasks",
    "DEBUGINFO": "tasks",
    "FunctionTask": "tasks",
    "STDOUT": "tasks",
    "SubprocessTask": "tasks",
    "XflowError": "tasks",
}
_MODULES = ("clients", "filehandling", "tasks")

__all__ = [*_HOMES, *_MODULES]  # noqa: PLE0604 - all are names

__getattr__, __dir__ = found_late(__name__, _HOMES, _MODULES)
