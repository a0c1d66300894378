"""Which inputs of a task are bundles."""

import importlib.machinery

import pytest

from flowlab.model.bundles import (
    FILES,
    MODULES,
    count_own,
    hidden_label,
    kind_of_hidden,
    platform_tag,
)


def test_a_label_says_which_bundle_it_is():
    assert kind_of_hidden(hidden_label(FILES, 0)) == FILES
    assert kind_of_hidden(hidden_label(MODULES, 12)) == MODULES
    assert hidden_label(FILES, 0) != hidden_label(FILES, 1)


@pytest.mark.parametrize("label", ["", "bundle", ".flowlab-stdin", FILES, f"x{FILES}-0"])
def test_no_other_label_is_one(label):
    assert not kind_of_hidden(label)


def test_bundles_stand_behind_a_tasks_own_inputs():
    hidden = hidden_label(FILES, 0), hidden_label(MODULES, 1)
    assert count_own(()) == 0
    assert count_own(("a", "")) == 2
    assert count_own(("a", "", *hidden)) == 2
    assert count_own(hidden) == 0


def test_a_platform_is_what_its_extension_modules_are_called():
    assert f".{platform_tag()}.so" == importlib.machinery.EXTENSION_SUFFIXES[0]
