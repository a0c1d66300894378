"""The graph for Graphviz: who makes what, and who reads it as which input."""

import re

from hypothesis import given
from hypothesis import strategies as st

from flowlab.events import messages as m
from flowlab.model.specs import ObjectSpec, TaskSpec
from flowlab.view.dot import make_dot
from flowlab.view.picture import View
from tests.view.story import S, Story, oid, tid, with_shared

STRING = r'"(?:[^"\\]|\\.)*"'
STATEMENT = re.compile(
    rf"digraph {STRING} {{|  rankdir=LR;|  [to]\d+ \[shape=\w+, label={STRING}"
    rf'(?:, style=filled, fillcolor="#\w+")?(?:, peripheries=2)?\];'
    rf"|  [to]\d+ -> [to]\d+ \[label={STRING}\];|}}"
)


def test_an_empty_graph_is_a_graph():
    assert make_dot(View()) == 'digraph "flowlab" {\n  rankdir=LR;\n}\n'


def test_tasks_are_ovals_objects_boxes_and_arcs_are_labelled():
    story = Story().post(
        m.Submitted(
            S,
            (ObjectSpec(oid(10), "raw", keep=True), ObjectSpec(oid(11))),
            (
                TaskSpec(tid(10), "python", "load", outputs=(oid(10),)),
                TaskSpec(tid(11), "cat", "", (oid(10), oid(10)), ("left", ""), (oid(11),)),
            ),
        )
    )
    dot = make_dot(story.view, S, "mine")
    assert dot.split("\n") == [
        'digraph "mine" {',
        "  rankdir=LR;",
        f'  o{oid(10)} [shape=box, label="1/10\\nraw", peripheries=2];',
        f'  o{oid(11)} [shape=box, label="1/11"];',
        f'  t{tid(10)} [shape=oval, label="1/10\\npython\\nload\\nwaiting"];',
        f'  t{tid(10)} -> o{oid(10)} [label="0: raw"];',
        f'  t{tid(11)} [shape=oval, label="1/11\\ncat\\nwaiting"];',
        f'  o{oid(10)} -> t{tid(11)} [label="0: left"];',
        f'  o{oid(10)} -> t{tid(11)} [label="1"];',
        f'  t{tid(11)} -> o{oid(11)} [label="0"];',
        "}",
        "",
    ]


def test_a_finished_task_is_filled():
    story = Story().submit({10: ("a", ())}).run(10)
    assert "style=filled" in make_dot(story.view)


@given(st.text(st.characters(), max_size=60))
def test_any_name_stays_in_its_string(name):
    dot = make_dot(Story().submit({10: (name, ())}).view, None, name)
    assert all(STATEMENT.fullmatch(line) for line in dot.split("\n")[:-1])


def test_shared_objects_are_cylinders():
    told = make_dot(with_shared({1: "Lock db"}, {10: (1,)}).view)
    assert '[shape=cylinder, label="1/1\\nLock db"]' in told
