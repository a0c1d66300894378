"""What `import flowlab` offers."""
# mirrors: the package's own file, whose names come from all rooms

import importlib
import re
from pathlib import Path

import pytest

import flowlab


@pytest.mark.parametrize("name", sorted(set(flowlab.__all__)))
def test_every_public_name_is_found(name):
    assert getattr(flowlab, name) is not None
    assert name in dir(flowlab)


def test_a_name_is_the_thing_of_its_home():
    home = importlib.import_module("flowlab.session.client")
    assert flowlab.Client is home.Client
    assert "Client" in vars(flowlab)  # the next time it is found without asking


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("RainException", "FlowlabError"),
        ("RainWarning", "HeavyArgument"),
        ("SessionException", "SessionError"),
        ("TaskException", "TaskError"),
    ],
)
def test_rains_names_of_errors_are_ours(theirs, ours):
    assert getattr(flowlab, theirs) is getattr(flowlab.errors, ours)
    assert issubclass(flowlab.TaskException, flowlab.SessionException)
    assert issubclass(flowlab.SessionException, flowlab.RainException)
    assert issubclass(flowlab.RainWarning, Warning)


def test_the_names_that_the_porting_guide_lists_are_there():
    guide = Path(__file__).parents[2] / "docs" / "guide" / "porting-from-rain.md"
    listed = guide.read_text("utf-8").partition("All these names are found in")[2]
    listed, _, table = listed.partition("and the errors:")
    names = re.findall(r"`(\w+)`", listed.partition("itself:")[2])
    pairs = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", table, re.MULTILINE)
    assert len(names) > 15
    assert len(pairs) == 4
    for name in names:
        assert getattr(flowlab, name) is not None
    for theirs, ours in pairs:
        assert getattr(flowlab, theirs) is getattr(flowlab, ours)


def test_an_unknown_name_is_an_ordinary_error():
    with pytest.raises(AttributeError, match="no attribute 'Sesame'"):
        flowlab.Sesame  # noqa: B018
