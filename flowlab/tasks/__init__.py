"""The kinds of task: how each is declared, and how it runs. Importing this makes all known."""

from flowlab.tasks.basic import Concat, Sleep
from flowlab.tasks.cell import declare_cell
from flowlab.tasks.directories import MakeDirectory, SliceDirectory
from flowlab.tasks.execute import Execute
from flowlab.tasks.factory import Program
from flowlab.tasks.files import Load, LoadDir, Store
from flowlab.tasks.map import map  # noqa: A004 - see there
from flowlab.tasks.node import Node
from flowlab.tasks.own import task_type
from flowlab.tasks.python import remote
from flowlab.tasks.shell import declare_shell

__all__ = [
    "Concat", "Execute", "Load", "LoadDir", "MakeDirectory", "Node", "Program", "Sleep",
    "SliceDirectory", "Store", "declare_cell", "declare_shell", "map", "remote", "task_type",
]  # fmt: skip
