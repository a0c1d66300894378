"""The graph of a session, as DOT and as a picture."""

import atexit
import webbrowser
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from flowlab.errors import SessionError, UsageError
from tests.session.declare import constant, task


@pytest.fixture
def declared(session):
    """data ──▶ one (finished) ──▶ kept ──▶ two (only declared)"""
    one = task(session, inputs=[("in", constant(session, b"x"))], name="prep/one", outputs=["kept"])
    one.output.keep()
    session.submit()
    one.wait()
    task(session, inputs=[one], name="two")
    return session


def test_dot_has_tasks_objects_and_arcs_with_index_and_label(declared):
    dot = declared.make_graph().make_dot("mine")
    assert dot.startswith('digraph "mine" {')
    assert 'shape=oval, label="1/11\\nanswer\\nprep/one\\nfinished"' in dot
    assert 'shape=oval, label="1/13\\nanswer\\ntwo\\ndeclared"' in dot
    assert 'shape=box, label="1/12\\nkept", peripheries=2' in dot
    assert '[label="0: in"]' in dot
    assert '[label="0: kept"]' in dot
    assert dot.count("shape=oval") == 2


def test_a_picture_says_how_far_it_is(declared):
    graph = declared.make_graph()
    svg = ET.fromstring(graph.make_svg())
    assert svg.tag.endswith("svg")
    assert "one" in graph.make_svg()
    assert graph._repr_svg_() == graph.make_svg()
    assert repr(graph) == "<Graph of 2 tasks>"


def test_a_graph_that_was_never_submitted_has_a_picture(session):
    task(session, name="alone")
    graph = session.make_graph()
    assert "alone\\ndeclared" in graph.make_dot()
    assert "alone" in graph.make_svg()
    assert session.task_count == 1


def test_a_graph_is_written_by_the_name_of_its_file(declared, tmp_path):
    graph = declared.make_graph()
    graph.write(tmp_path / "g.dot")
    graph.write(str(tmp_path / "g.svg"))
    assert (tmp_path / "g.dot").read_text() == graph.make_dot()
    assert (tmp_path / "g.svg").read_text() == graph.make_svg()


def test_a_browser_is_shown_the_picture(declared, monkeypatch):
    opened, ended = [], []
    monkeypatch.setattr(webbrowser, "open", lambda url: not opened.append(url))
    monkeypatch.setattr(atexit, "register", lambda *call, **words: ended.append((call, words)))
    graph = declared.make_graph()
    graph.show()
    path = Path(opened[0].removeprefix("file://"))
    assert path.read_text() == graph.make_svg()
    ((remove, *rest), words) = ended[0]
    remove(*rest, **words)
    assert not path.exists()
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    with pytest.raises(UsageError, match=r"no browser .* write\('graph\.svg'\)"):
        graph.show()
    ((remove, *rest), words) = ended[1]
    remove(*rest, **words)


def test_a_failed_session_has_a_graph_and_a_closed_one_has_none(session):
    bad = task(session, "fail", name="bad")
    session.submit()
    with pytest.raises(SessionError):
        bad.wait()
    assert "bad\\nfailed" in session.make_graph().make_dot()
    session.close()
    with pytest.raises(SessionError, match="Session is closed"):
        session.make_graph()
