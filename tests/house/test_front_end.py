"""The front end keeps the house rules too: sizes, a test beside each file, no circles, no markup.

js/src/name.ts is tested by js/src/name.test.ts. These need no partner: what is generated, what has
types alone, and what lies in `testing`. A file that only draws is tested in a browser, and says
where, with at least five words:

    // tested: with real pixels, in tests/browser/test_graph.py

Biome counts lines and arguments of functions (js/biome.jsonc), at each `npm run check`.
"""

import gzip
import json
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.house.test_sizes import FILE_LINES
from tests.house.tree import ROOT, files, name_of

SOURCES = ROOT / "js" / "src"
GENERATED = "events.ts"
BUNDLES = ("widget.js", "dashboard.js")
BUNDLE_BYTES = 60 * 1024  # the notebook sends it with each widget, and again at each reload
REASON = re.compile(r"^// tested:( \S+){5,}", re.MULTILINE)
IMPORT = re.compile(r"""^(?:import|export)\b[^;"]*?from "\./([^"]+)";""", re.MULTILINE)

# Text gets into the page as text only, and nothing is run that came over the wire.
MARKUP = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|"
    r"setHTMLUnsafe|eval|new Function)\b"
)


def written() -> list[Path]:
    """Every TypeScript file but the generated one."""
    return [
        path for path in files(".ts") if path.is_relative_to(SOURCES) and path.name != GENERATED
    ]


def products() -> list[Path]:
    """Those that end in the bundles."""
    return [
        path
        for path in written()
        if path.parent == SOURCES
        and path.name != "bench.ts"
        and not path.name.endswith((".test.ts", ".d.ts"))
    ]


def has_types_alone(text: str) -> bool:
    """Whether nothing of a file is left when it is built."""
    code = r"^(export )?(default|const|let|function|class|async|enum)\b"
    return not re.search(code, text, re.MULTILINE)


def imports(path: Path) -> set[str]:
    """The files beside it that a file imports, types too."""
    return set(IMPORT.findall(path.read_text(encoding="utf-8")))


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Files that import each other, or an empty list."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("path", written(), ids=name_of)
def test_files_are_small_and_say_what_they_are_for(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("/**"), "begin with a comment that says what the file is for"
    assert len(text.splitlines()) <= FILE_LINES
    assert "biome-ignore" not in text or re.search(r"biome-ignore .*:( \S+){3,}", text)


@pytest.mark.parametrize("path", products(), ids=name_of)
def test_every_file_has_its_test_or_says_where_it_is_tested(path):
    text = path.read_text(encoding="utf-8")
    beside = path.with_name(f"{path.stem}.test.ts")
    assert beside.exists() or has_types_alone(text) or REASON.search(text), (
        f"write {name_of(beside)} (or say where it is tested: // tested: …)"
    )


def test_every_test_has_its_file():
    tests = [path for path in written() if path.name.endswith(".test.ts")]
    lost = [
        name_of(path)
        for path in tests
        if not path.with_name(path.name.replace(".test.ts", ".ts")).exists()
    ]
    assert not lost


def test_no_two_files_import_each_other():
    assert not circle({path.name: imports(path) for path in products()})


@pytest.mark.parametrize("path", products(), ids=name_of)
def test_nothing_is_put_in_as_markup(path):
    assert not MARKUP.search(path.read_text(encoding="utf-8"))


def test_the_lock_names_no_registry():
    lock = json.loads((ROOT / "js" / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["packages"], "npm install writes it"
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_the_lock_is_whole():
    """npm leaves out what a registry does not offer it, and `npm ci` then fails everywhere."""
    lock = json.loads((ROOT / "js" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    wanted = {name for package in lock.values() for name in package.get("optionalDependencies", {})}
    assert {name for name in wanted if f"node_modules/{name}" not in lock} == set()


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_small_on_its_way(name):
    """The widget's is packed by the build, the dashboard's by the server."""
    bundle = ROOT / "flowlab" / "static" / name
    assert bundle.is_file(), "build it: cd js && npm ci && npm run build"
    code = bundle.read_bytes()
    size = len(code if name == "widget.js" else gzip.compress(code))
    assert size <= BUNDLE_BYTES, f"{size} bytes; `npm run sizes` tells what they are"


def test_a_circle_is_found():
    assert circle({"a.ts": {"b.ts"}, "b.ts": {"a.ts"}})
    assert not circle({"a.ts": {"b.ts"}, "b.ts": set()})


def test_imports_over_several_lines_are_found(tmp_path):
    path = tmp_path / "a.ts"
    path.write_text('import {\n  one,\n} from "./b.ts";\nexport { two } from "./c.ts";\n')
    assert imports(path) == {"b.ts", "c.ts"}


def test_types_alone_are_told_from_code():
    assert has_types_alone("/** Doc. */\nexport interface A { readonly b: number }\n")
    assert not has_types_alone("export const a = 1;\n")
    assert not has_types_alone("export default () => ({});\n")


@pytest.mark.parametrize("text", ["a.innerHTML = b", "eval(x)", "new Function(x)"])
def test_markup_is_found(text):
    assert MARKUP.search(text)
