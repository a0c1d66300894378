"""What a task may say of its outputs."""

import pytest

from flowlab.errors import ContentTypeError, UsageError
from flowlab.graph.nodes import DataObject, Task
from flowlab.graph.outputs import describe_outputs, merge_output
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.specs import DataType
from tests.graph.owner import NoEngines


def labels(outputs):
    return [output.label for output in describe_outputs(outputs)]


def test_a_number_labels_and_outputs_are_described():
    assert labels(0) == []
    assert labels(2) == ["out0", "out1"]
    assert labels("log") == ["log"]
    assert labels(["a", Output("b")]) == ["a", "b"]
    assert labels([Output(path="x/y.txt"), Output()]) == ["x/y.txt", "out1"]


def test_all_that_an_output_says_is_kept():
    (output,) = describe_outputs(OutputDir(path="d", size_hint=9))
    assert output == OutputDir("d", path="d", size_hint=9)
    assert output.data_type is DataType.DIR


@pytest.mark.parametrize("outputs", [-1, [3], [None], [b"x"]])
def test_nonsense_is_refused(outputs):
    with pytest.raises(UsageError):
        describe_outputs(outputs)


def test_what_a_call_does_not_say_is_as_declared():
    declared = Output("table", encode="json", size_hint=7)
    assert merge_output(None, declared) == declared
    assert merge_output("mine", declared) == Output("mine", encode="json", size_hint=7)
    assert merge_output(Output(), declared) == declared
    assert merge_output(Output("mine", size_hint=9), declared) == Output(
        "mine", encode="json", size_hint=9
    )
    assert merge_output(Output(content_type="json"), declared) == declared
    assert merge_output("tree", OutputDir("d")) == OutputDir("tree")
    assert merge_output(Output("tree"), OutputDir("d")) == OutputDir("tree")
    assert merge_output(Output(path="x/y"), Output("a")) == Output("x/y")


@pytest.mark.parametrize(
    ("said", "declared", "merged"),
    [
        (Output(content_type="json"), Output("o"), Output("o", content_type="json")),
        (Output(encode="json"), Output("o"), Output("o", encode="json")),
        (
            Output(content_type="text-latin2"),
            Output("o", content_type="text"),
            Output("o", content_type="text-latin2"),
        ),
        (
            Output(content_type="text-latin2"),
            Output("o", encode="text"),
            Output("o", encode="text-latin2"),
        ),
        (Output(encode="pickle"), Output("o", encode="pickle"), Output("o", encode="pickle")),
    ],
)
def test_of_two_types_the_narrower_one_holds(said, declared, merged):
    assert merge_output(said, declared) == merged


def test_types_that_do_not_fit_are_refused():
    with pytest.raises(ContentTypeError, match="Incompatible content types: 'json' and 'pickle'"):
        merge_output(Output(encode="pickle"), Output("o", content_type="json"))
    with pytest.raises(UsageError, match="a label or an Output, not 3"):
        merge_output(3, Output("o"))


def test_a_task_with_one_output_makes_a_list_of_them_when_it_is_looked_at():
    session = NoEngines()
    task = Task("k", session=session)
    (made,) = task.makes
    assert made is task.output
    assert task.outputs is task.outputs
    assert list(task.outputs) == [made]
    assert list(task.makes) == [made]
    assert task.output is made
    task.outputs.append(DataObject("more", session))
    assert len(task.makes) == 2
    with pytest.raises(UsageError, match="no unique output"):
        task.output  # noqa: B018 - it raises


def test_one_output_has_the_label_that_was_said():
    session = NoEngines()
    for given, label in ((DataObject(session=session), None), ("", ""), (["a"], "a")):
        assert Task("k", outputs=given, session=session).outputs.labels() == [label]
