"""Writes cases that both twins must answer alike: `python -m tests.wire.twins`.

In `tests/journals`, `layouts.json` has graphs with their places, `groups.json` tasks with the boxes
that stand for them, and `views.json` what is seen at the end of each recorded journal, with
snapshots of it on the way. The tests of the front end's twins read them.
"""

import json
import random

import msgspec

from flowlab.view.fold import fold
from flowlab.view.frames import snapshot
from flowlab.view.groups import shown
from flowlab.view.layout import layout
from flowlab.view.picture import View
from tests.view.story import Story
from tests.wire.journals import FOLDER, STORIES, read

GRAPHS = 40
TREES = 40
NAMES = ("load/part{}", "load/part{}/read", "fit", "a/b/c{}", "a/b", "out{}", "/x//y{}/", "é{}/z")


def layouts():
    """Graphs of all kinds, circles and loops too."""
    chance = random.Random(7)
    for case in range(GRAPHS):
        count = chance.choice([0, 1, 2, 5, 12, 40, 90])
        edges = [
            (chance.randrange(count), chance.randrange(count))
            if chance.random() < 0.1
            else (chance.randrange(end), end)
            for end in range(1, count)
            for _ in range(chance.choice([0, 1, 1, 2]))
        ]
        columns, rows = chance.choice([(7, 16), (3, 4), (1, 1), (20, 60)])
        placed = layout(count, edges, columns, rows)
        yield {
            "case": case,
            "count": count,
            "edges": edges,
            "limits": [columns, rows],
            "places": [[place.column, place.row, place.band] for place in placed.places],
            "columns": placed.columns,
            "heights": placed.heights,
        }


def trees():
    """Tasks by name and the tasks they need, with the boxes for a budget."""
    chance = random.Random(11)
    for case in range(TREES):
        count = chance.choice([1, 3, 10, 30, 60])
        tasks = {
            n: (
                chance.choice(NAMES).format(chance.randrange(6)),
                tuple(sorted({chance.randrange(10, n) for _ in range(2)})) if n > 10 else (),
            )
            for n in range(10, 10 + count)
        }
        budget = chance.choice([1, 2, 5, 12, 40, 150])
        view = Story().submit(tasks).view
        found = shown(view.of(), view.objects, budget)
        yield {
            "case": case,
            "budget": budget,
            "tasks": [[task.id, task.spec.name, task.inputs, task.outputs] for task in view.of()],
            "boxes": [
                [node.name, node.is_group, [task.id for task in node.tasks]] for node in found.nodes
            ],
            "edges": found.edges,
        }


def views():
    """Recorded journals: what is seen at the end, and snapshots after the first few entries."""
    for name in STORIES:
        entries = read(name)
        cuts = sorted({0, 1, len(entries) // 3, len(entries) // 2, len(entries) - 1})
        yield {
            "journal": name,
            "view": seen(fold(View(), entries)),
            "snapshots": [[k, snapshot(fold(View(), entries[:k]))] for k in cuts],
        }


def seen(view):
    """A view in the front end's words: decoded tasks and objects, by their ids."""
    tasks = [
        {
            **msgspec.to_builtins(task),
            "id": task.id,
            "session": task.session,
            "name": task.name,
            "kind": task.kind,
            "inputs": task.inputs,
            "outputs": task.outputs,
            "labels": task.spec.labels,
            "cpus": task.spec.resources.cpus,
            "limits": task.spec.resources.limits,
            "where": task.spec.resources.where,
            "function": task.spec.function,
            "place": dict(
                zip(("file", "line", "cell"), msgspec.to_builtins(task.place), strict=True)
            ),
        }
        for task in view.of()
    ]
    objects = [
        {
            **msgspec.to_builtins(thing),
            "id": thing.id,
            "label": thing.label,
            "data_type": thing.spec.data_type,
            "constant": thing.spec.constant,
        }
        for thing in view.objects.values()
    ]
    for each in (*tasks, *objects):
        del each["spec"]
    return {
        "epoch": view.epoch,
        "seq": view.seq,
        "trace_seq": view.trace_seq,
        "tasks": tasks,
        "objects": objects,
        "sessions": list(view.sessions.values()),
        "engines": list(view.engines.values()),
        "sources": list(view.sources.items()),
        "notices": view.notices,
    }


def make(cases):
    """One case a line."""
    lines = ",\n".join(
        json.dumps(msgspec.to_builtins(case), separators=(",", ":")) for case in cases
    )
    return f"[\n{lines}\n]\n"


FILES = {"layouts.json": layouts, "groups.json": trees, "views.json": views}

if __name__ == "__main__":
    for name, cases in FILES.items():
        (FOLDER / name).write_text(make(cases()), encoding="ascii")
