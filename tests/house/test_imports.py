"""Rooms stand on floors: the contracts of pyproject.toml are kept.

Each is also seen to be broken when it is broken on purpose. There is no way round them: no
import of ours inside a function, no TYPE_CHECKING block, no import by name.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, name_of, parsed, sources

FLOORS = "floors: each room imports only rooms below it"

# what is written where -> the contract that must notice
VIOLATIONS = [
    ("staging/low.py", "import flowlab.session", FLOORS),
    ("model/low.py", "import flowlab.events", FLOORS),
    ("graph/beside.py", "import flowlab.view", FLOORS),
    ("utils/__init__.py", '"""A room that nobody placed."""', FLOORS),
    ("graph/clock.py", "import time", "pure rooms do no I/O and read no clock"),
    ("scheduler/log.py", "import logging", "pure rooms do no I/O and read no clock"),
    ("events/disk.py", "import os", "pure rooms do no I/O and read no clock"),
    ("worker/shell.py", "import IPython", "an engine needs no notebook"),
    ("tasks/plan.py", "import flowlab.scheduler", "an engine needs no notebook"),
    ("tasks/remote.py", "import fsspec", "fsspec has one room: staging"),
    ("session/direct.py", "import ipyparallel", "ipyparallel has one room: cluster"),
    ("session/front.py", "import ipywidgets", "IPython and widgets have one room: notebook"),
    (
        "cluster/loop.py",
        "import tornado",
        "no room runs a tornado loop: the engine's kernel is handed in",
    ),
    (
        "dashboard/kernel.py",
        "import flowlab.session",
        "the dashboard reads journals, and knows no kernel",
    ),
    ("dashboard/engine.py", "import zmq", "the dashboard reads journals, and knows no kernel"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the package that lies in this folder against the contracts beside it."""
    here = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"}
    program = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(
        program, cwd=folder, env=here, capture_output=True, text=True, check=False, timeout=100
    )


def verdict(output: str, contract: str) -> str:
    """KEPT or BROKEN, as the summary says of this contract."""
    found = re.search(rf"^{re.escape(contract)} (KEPT|BROKEN)\b", output, re.MULTILINE)
    return found[1] if found else "NOT CHECKED"


def test_the_floors_are_kept():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("place", "line", "contract"),
    VIOLATIONS,
    ids=[f"{place}: {line}" for place, line, _ in VIOLATIONS],
)
def test_a_broken_contract_is_noticed(tmp_path, place, line, contract):
    shutil.copytree(ROOT / "flowlab", tmp_path / "flowlab")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    file = tmp_path / "flowlab" / place
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{line}\n")
    result = lint_imports(tmp_path)
    assert result.returncode != 0
    assert verdict(result.stdout, contract) == "BROKEN", result.stdout


def test_every_contract_is_broken_on_purpose():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert {each["name"] for each in contracts} == {contract for _, _, contract in VIOLATIONS}


# --- no way round ----------------------------------------------------------------------------


def ways_round(tree: ast.Module) -> list[str]:
    """The lines by which a file would import where the contracts are not looking."""
    inside = [
        f"line {node.lineno}: an import of ours inside a function"
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
        if _imports_ours(node)
    ]
    blocks = [
        f"line {node.lineno}: TYPE_CHECKING"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == "TYPE_CHECKING")
        or (isinstance(node, ast.Attribute) and node.attr == "TYPE_CHECKING")
    ]
    by_name = [
        f"line {node.lineno}: one of ours imported by name"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _names_ours(node)
    ]
    return [*inside, *blocks, *by_name]


def _imports_ours(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return any(_is_ours(each.name) for each in node.names)
    return isinstance(node, ast.ImportFrom) and (node.level > 0 or _is_ours(node.module or ""))


def _names_ours(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    first = call.args[0] if call.args else None
    is_text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return name in ("import_module", "__import__") and is_text and _is_ours(first.value)


def _is_ours(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in ("flowlab", "")


@pytest.mark.parametrize("path", sources("flowlab"), ids=name_of)
def test_imports_stand_at_the_top(path):
    found = ways_round(parsed(path))
    assert not found, f"{name_of(path)}: " + "; ".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    import flowlab.session\n",
        "async def f():\n    from flowlab.session import client\n",
        "def f():\n    from . import client\n",
        "import typing\nif typing.TYPE_CHECKING:\n    import x\n",
        "import importlib\nimportlib.import_module('flowlab.session')\n",
    ],
)
def test_a_way_round_is_noticed(text):
    assert ways_round(ast.parse(text))


def test_a_foreign_import_inside_a_function_is_allowed():
    assert not ways_round(ast.parse("def f():\n    import pyarrow\n"))
