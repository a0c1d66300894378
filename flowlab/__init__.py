"""flowlab: a cell becomes a task, and the tasks become a graph that runs on your engines.

The public names are found at first use, so that an engine does not load the notebook, and
`%load_ext flowlab` starts at once.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ERRORS = (
    "CellError", "ClusterError", "ContentTypeError", "FlowlabError", "HeavyArgument", "LinkError",
    "MissingData", "NoActiveSession", "ProtocolError", "SessionError", "SharedObjectError",
    "StageError", "StoreError", "TaskError", "UsageError", "WrongKind", "WrongPath", "WrongValue",
)  # fmt: skip

# name -> the module that has it
_HOMES = {
    "Client": "flowlab.session.client",
    "Session": "flowlab.session.session",
    "remote": "flowlab.tasks.python",
    "map": "flowlab.tasks.map",
    "Map": "flowlab.tasks.mapped",
    "Program": "flowlab.tasks.factory",
    "Node": "flowlab.tasks.node",
    "NodeScript": "flowlab.compat.lofar.lofarnode",
    "blob": "flowlab.tasks.objects",
    "pickled": "flowlab.tasks.objects",
    "file": "flowlab.tasks.objects",
    "directory": "flowlab.tasks.objects",
    "bundle": "flowlab.tasks.bundles",
    "modules": "flowlab.tasks.modules",
    "Bundle": "flowlab.staging.bundle",
    "DataObject": "flowlab.graph.nodes",
    "Task": "flowlab.graph.nodes",
    "task_type": "flowlab.tasks.own",
    "DataInstance": "flowlab.staging.instance",
    "FileHandle": "flowlab.staging.filehandle",
    "set_stage_point": "flowlab.staging.chosen",
    "get_stage_point": "flowlab.staging.chosen",
    "Input": "flowlab.model.inputs",
    "InputDir": "flowlab.model.inputs",
    "Output": "flowlab.model.inputs",
    "OutputDir": "flowlab.model.inputs",
    "DataType": "flowlab.model.specs",
    "LabeledList": "flowlab.model.labels",
    "ID": "flowlab.model.ids",
    "get_active_session": "flowlab.graph.active",
    "load_ipython_extension": "flowlab.notebook.extension",
    "unload_ipython_extension": "flowlab.notebook.extension",
    **dict.fromkeys(_ERRORS, "flowlab.errors"),
}
# Rain's names, so that a program of its users changes its import line alone
_ALIASES = {
    "RainException": "FlowlabError",
    "RainWarning": "HeavyArgument",
    "SessionException": "SessionError",
    "TaskException": "TaskError",
}
_MODULES = {"errors": "flowlab.errors", "tasks": "flowlab.tasks"}

# All but `map`, which `from flowlab import *` must not put in the place of the builtin
__all__ = ["__version__", *(_HOMES.keys() - {"map"}), *_ALIASES, *_MODULES]  # noqa: PLE0604 - all are names


def __getattr__(name: str) -> Any:
    """Find a public name in its home, once."""
    if name in _MODULES:
        return import_module(_MODULES[name])
    meant = _ALIASES.get(name, name)
    if meant not in _HOMES:
        raise AttributeError(f"module 'flowlab' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[meant]), meant)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted((*__all__, "map"))
