"""The graph in Graphviz's language: tasks as ovals, objects as boxes, kept objects outlined twice.

Shared objects, which live elsewhere, are cylinders.

After Rain's `Graph.make_dot`.
"""

from flowlab.model.ids import ObjectId, SessionId, split_id
from flowlab.model.states import GOOD, State
from flowlab.view.picture import ObjectView, TaskView, View
from flowlab.view.visible import visible

_FILLS = {State.RUNNING: "#56b4e9", State.FAILED: "#ff8a3d", **dict.fromkeys(GOOD, "#2fc79b")}


def make_dot(view: View, session: SessionId | None = None, name: str = "flowlab") -> str:
    """The whole graph of a session, or of all; arcs carry index and label."""
    tasks = view.of(session)
    wanted = dict.fromkeys(thing for task in tasks for thing in (*task.inputs, *task.outputs))
    lines = [f"digraph {_quote(name)} {{", "  rankdir=LR;"]
    lines += [_object(object_id, view.objects.get(object_id)) for object_id in wanted]
    for task in tasks:
        lines.append(_task(task))
        labels = task.spec.labels
        for i, object_id in enumerate(task.inputs):
            label = labels[i] if i < len(labels) else ""
            lines.append(f"  o{object_id} -> t{task.id} [label={_arc(i, label)}];")
        for i, object_id in enumerate(task.outputs):
            thing = view.objects.get(object_id)
            label = thing.label if thing is not None else ""
            lines.append(f"  t{task.id} -> o{object_id} [label={_arc(i, label)}];")
    return "\n".join([*lines, "}", ""])


def _task(task: TaskView) -> str:
    # A task without a name is called by its type, which is said once
    said = (str(split_id(task.id)), task.spec.kind, task.name, task.state)
    label = _quote(*dict.fromkeys(said))
    colour = _FILLS.get(task.state)
    filled = f', style=filled, fillcolor="{colour}"' if colour else ""
    return f"  t{task.id} [shape=oval, label={label}{filled}];"


def _object(object_id: ObjectId, thing: ObjectView | None) -> str:
    label = thing.label if thing is not None else ""
    outline = ", peripheries=2" if thing is not None and thing.kept else ""
    label = _quote(*filter(None, (str(split_id(object_id)), label)))
    shape = "cylinder" if thing is not None and thing.is_shared else "box"
    return f"  o{object_id} [shape={shape}, label={label}{outline}];"


def _arc(index: int, label: str) -> str:
    return _quote(f"{index}: {label}" if label else str(index))


def _quote(*lines: str) -> str:
    shown = (visible(line).replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(shown) + '"'
