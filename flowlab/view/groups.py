"""Tasks as a tree by the `/` in their names, and what of it is shown when there is little room.

A leading `/` means nothing. A name that several tasks have, or that is also the beginning of
other names, is a group. After Rain's user guide, "Task names".
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from flowlab.model.ids import ObjectId, TaskId
from flowlab.model.states import GOOD, State
from flowlab.view.picture import ObjectView, TaskView

Path = tuple[str, ...]

DEPTH = 32  # levels of groups
SHARED = 12  # shared objects with boxes of their own; more stand together

_NUMBER = re.compile(r"\d+")


@dataclass
class Group:
    """One place of the tree: the tasks of exactly this name, and the groups below."""

    path: Path
    tasks: list[TaskView] = field(default_factory=list)
    below: "dict[str, Group]" = field(default_factory=dict)

    @property
    def is_leaf(self) -> bool:
        """Whether it is one task rather than a group."""
        return len(self.tasks) == 1 and not self.below

    def all_tasks(self) -> Iterator[TaskView]:
        """Its own tasks and those of all groups below."""
        stack = [self]
        while stack:
            group = stack.pop()
            yield from group.tasks
            stack.extend(reversed(group.below.values()))


@dataclass(frozen=True)
class Statistics:
    """What is said of a group: tasks by state, and how long those that ended ran, in s."""

    states: Mapping[State, int]
    total: int
    good: int
    mean: float
    deviation: float
    seconds: float


@dataclass(frozen=True)
class Node:
    """What is drawn as one box: a task, a group of them that is collapsed, or shared objects.

    shared  how many shared objects it is
    """

    name: str
    tasks: tuple[TaskView, ...]
    is_group: bool
    shared: int = 0


@dataclass(frozen=True)
class Shown:
    """Boxes, and between which of them something flows (by their places in `nodes`)."""

    nodes: tuple[Node, ...]
    edges: tuple[tuple[int, int], ...]


def split_name(name: str) -> Path:
    """The parts of a name; what lies deeper than `DEPTH` stays one part."""
    parts = [part for part in name.split("/") if part]
    if len(parts) > DEPTH:
        parts[DEPTH - 1 :] = ["/".join(parts[DEPTH - 1 :])]
    return tuple(parts) or ("",)


def tree(tasks: Iterable[TaskView]) -> Group:
    """All tasks below one root, in the order in which they were submitted."""
    root = Group(())
    known: dict[str, Group] = {}  # by whole name: most tasks share few
    for task in tasks:
        group = known.get(task.name)
        if group is None:
            group = known[task.name] = _place(root, split_name(task.name))
        group.tasks.append(task)
    return root


def statistics(tasks: Iterable[TaskView]) -> Statistics:
    """How a group stands."""
    states: Counter[State] = Counter()
    times: list[float] = []
    for task in tasks:
        states[task.state] += 1
        if (ran := task.seconds) is not None:
            times.append(ran)
    mean = sum(times) / len(times) if times else 0.0
    square = sum((ran - mean) ** 2 for ran in times) / len(times) if times else 0.0
    good = sum(states[state] for state in GOOD)
    return Statistics(states, states.total(), good, mean, sqrt(square), sum(times))


def shown(tasks: Iterable[TaskView], objects: Mapping[ObjectId, ObjectView], budget: int) -> Shown:
    """At most `budget` boxes for these tasks: groups are collapsed, the deepest first.

    When even the top level is too wide, names that differ in their numbers alone stand together,
    and then all that is left over.
    """
    root = tree(tasks)
    nodes = _merge(_nodes(root, _collapse(root, budget)), budget)
    owner = {task.id: place for place, node in enumerate(nodes) for task in node.tasks}
    edges = {
        (owner[maker], place): None
        for place, node in enumerate(nodes)
        for task in node.tasks
        for maker in makers(task, objects)
        if maker in owner and owner[maker] != place
    }
    shared, held = _shared(nodes, objects)
    return Shown((*nodes, *shared), (*edges, *held))


def _shared(
    nodes: Sequence[Node], objects: Mapping[ObjectId, ObjectView]
) -> tuple[list[Node], list[tuple[int, int]]]:
    """Boxes of the shared objects that these hold, and which hold which."""
    holders: dict[ObjectId, dict[int, None]] = {}
    for place, node in enumerate(nodes):
        for object_id in (each for task in node.tasks for each in task.inputs):
            thing = objects.get(object_id)
            if thing is not None and thing.is_shared:
                holders.setdefault(object_id, {})[place] = None
    if len(holders) > SHARED:
        places = dict.fromkeys(place for held in holders.values() for place in held)
        node = Node(f"{len(holders)} objects", (), is_group=True, shared=len(holders))
        return [node], [(len(nodes), place) for place in places]
    boxes = [Node(objects[each].label, (), is_group=False, shared=1) for each in holders]
    first = len(nodes)
    return boxes, [
        (first + number, place) for number, held in enumerate(holders.values()) for place in held
    ]


def makers(task: TaskView, objects: Mapping[ObjectId, ObjectView]) -> Iterator[TaskId]:
    """The tasks that make its inputs."""
    for object_id in task.inputs:
        thing = objects.get(object_id)
        if thing is not None and thing.maker is not None:
            yield thing.maker


def _place(root: Group, path: Path) -> Group:
    group = root
    for depth, part in enumerate(path, 1):
        if part not in group.below:
            group.below[part] = Group(path[:depth])
        group = group.below[part]
    return group


def _walk(root: Group) -> list[Group]:
    """All groups but the root, each before those below it."""
    found: list[Group] = []
    stack = list(reversed(root.below.values()))
    while stack:
        group = stack.pop()
        found.append(group)
        stack.extend(reversed(group.below.values()))
    return found


def _collapse(root: Group, budget: int) -> set[Path]:
    """Which groups to draw as one box: the deepest first, of one depth the largest first."""
    groups = _walk(root)
    width: dict[Path, int] = {}  # boxes that stand for a group now
    levels: dict[int, list[Group]] = {}
    for group in reversed(groups):
        width[group.path] = len(group.tasks) + sum(width[g.path] for g in group.below.values())
        levels.setdefault(len(group.path), []).append(group)
    count = sum(width[group.path] for group in root.below.values())
    collapsed: set[Path] = set()
    for depth in sorted(levels, reverse=True):
        # The widths of this level hold what was collapsed below it.
        for group in levels[depth]:
            below = (1 if g.path in collapsed else width[g.path] for g in group.below.values())
            width[group.path] = len(group.tasks) + sum(below)
        for group in sorted(levels[depth], key=lambda each: -width[each.path]):
            if count <= budget:
                return collapsed
            if width[group.path] > 1:
                collapsed.add(group.path)
                count -= width[group.path] - 1
    return collapsed


def _nodes(root: Group, collapsed: set[Path]) -> list[Node]:
    nodes: list[Node] = []
    stack = list(reversed(root.below.values()))
    while stack:
        group = stack.pop()
        name = "/".join(group.path)
        if group.path in collapsed:
            nodes.append(Node(name, tuple(group.all_tasks()), is_group=True))
            continue
        nodes.extend(Node(name, (task,), is_group=False) for task in group.tasks)
        stack.extend(reversed(group.below.values()))
    return nodes


def _merge(nodes: list[Node], budget: int) -> list[Node]:
    """Bring the boxes of the top level into the budget."""
    if len(nodes) <= budget:
        return nodes
    alike: dict[str, list[Node]] = {}
    for node in nodes:
        alike.setdefault(_NUMBER.sub("*", node.name), []).append(node)
    merged = [_one(name, few) if len(few) > 1 else few[0] for name, few in alike.items()]
    if len(merged) <= budget:
        return merged
    rest = merged[budget - 1 :]
    return [*merged[: budget - 1], _one(f"{len(rest)} more", rest)]


def _one(name: str, nodes: list[Node]) -> Node:
    return Node(name, tuple(task for node in nodes for task in node.tasks), is_group=True)
