"""What a task may say of its outputs."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.outputs import describe_outputs
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.specs import DataType


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
