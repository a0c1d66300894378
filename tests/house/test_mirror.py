"""Every source file has its test file, and every test file its source.

flowlab/room/name.py is tested by tests/room/test_name.py. These need no partner: `__init__.py`
(it only re-exports), and the folders of tests below, which test more than one file. A test file
elsewhere that has none either says what it tests, with at least five words:

    # mirrors: the contract that both placements of engines keep
"""

import re
from pathlib import Path, PurePosixPath

from tests.house.tree import ROOT, sources

WITHOUT_SOURCE = ("house", "stories", "wire", "benchmarks", "journals", "browser")
REASON = re.compile(r"^# mirrors:( \S+){5,}", re.MULTILINE)


def test_file_of(source: PurePosixPath) -> PurePosixPath:
    """Where the tests of this source file belong; both are relative to their folders."""
    return source.with_name(f"test_{source.stem.strip('_')}.py")


test_file_of.__test__ = False  # a question, not a test


def relative(folder: str) -> list[PurePosixPath]:
    return [PurePosixPath(each.relative_to(ROOT / folder)) for each in sources(folder)]


def wanted() -> dict[PurePosixPath, PurePosixPath]:
    """test file -> its source file"""
    return {test_file_of(each): each for each in relative("flowlab") if each.name != "__init__.py"}


def present() -> set[PurePosixPath]:
    return {
        each
        for each in relative("tests")
        if each.name.startswith("test_") and each.parts[0] not in WITHOUT_SOURCE
    }


def says_why(test: PurePosixPath) -> bool:
    return bool(REASON.search(Path(ROOT / "tests" / test).read_text(encoding="utf-8")))


def test_every_source_file_has_its_test_file():
    missing = sorted(f"tests/{test}" for test in wanted().keys() - present())
    assert not missing, f"write {', '.join(missing)}"


def test_every_test_file_has_its_source_file():
    lost = sorted(f"tests/{test}" for test in present() - wanted().keys() if not says_why(test))
    assert not lost, f"{', '.join(lost)}: no such source file (or say why: # mirrors: …)"


def test_names_are_mirrored():
    assert test_file_of(PurePosixPath("model/ids.py")) == PurePosixPath("model/test_ids.py")
    assert test_file_of(PurePosixPath("errors.py")) == PurePosixPath("test_errors.py")
    assert test_file_of(PurePosixPath("session/__main__.py")) == PurePosixPath(
        "session/test_main.py"
    )


def test_the_reason_needs_five_words():
    assert REASON.search('"""Doc."""\n# mirrors: what both kinds of engine keep\n')
    assert not REASON.search("# mirrors: something\n")
