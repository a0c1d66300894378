"""The cases that the front end's tests read are those that Python gives."""

import json

import pytest

from tests.wire.twins import FILES, FOLDER, make


@pytest.mark.parametrize("name", FILES)
def test_the_cases_are_fresh(name):
    made = make(FILES[name]())
    assert (FOLDER / name).read_text("ascii") == made, "run: python -m tests.wire.twins"


def test_the_cases_hold_what_is_hard():
    layouts = json.loads((FOLDER / "layouts.json").read_text("ascii"))
    assert any(case["columns"] > 1 and len(case["heights"]) > 1 for case in layouts)
    assert any(start >= end for case in layouts for start, end in case["edges"])
    trees = json.loads((FOLDER / "groups.json").read_text("ascii"))
    names = {box[0] for case in trees for box in case["boxes"]}
    assert any("*" in name for name in names)
    assert any(name.endswith(" more") for name in names)
