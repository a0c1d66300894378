"""Which files a bundle holds, and by which names."""

from pathlib import Path

import pytest

from flowlab.errors import StoreError, UsageError, WrongKind
from flowlab.staging.members import find_members


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The current directory, with some files."""
    root = tmp_path / "he[r]e"
    for name in ("a.csv", "b.csv", "deep/c.csv", "deep/.hidden", "deep/more/d.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "out.csv").write_text("out")
    monkeypatch.chdir(root)
    return root


def names(*given, **more):
    return sorted(member.name for member in find_members(*given, **more))


def test_paths_globs_and_directories_are_called_as_from_here(here):
    assert names("a.csv") == ["a.csv"]
    assert names(here / "deep/c.csv") == ["deep/c.csv"]
    assert names("*.csv") == ["a.csv", "b.csv"]
    assert names(["**/*.csv", "a.csv"]) == ["a.csv", "b.csv", "deep/c.csv"]
    assert names("deep") == ["deep/.hidden", "deep/c.csv", "deep/more/d.txt"]
    assert names(".") == ["a.csv", "b.csv", "deep/.hidden", "deep/c.csv", "deep/more/d.txt"]
    assert all(member.source.is_absolute() for member in find_members("*.csv"))


def test_names_count_from_the_base(here):
    assert names("more/*", base="deep") == ["more/d.txt"]
    assert names(here / "deep", base=here / "deep") == [".hidden", "c.csv", "more/d.txt"]
    assert names(here / "deep/more", base=here / "deep") == ["more/d.txt"]
    assert names(here / "deep/c.csv", base=here / "deep/c.csv") == ["c.csv"]


def test_what_lies_elsewhere_keeps_its_last_name():
    assert names(["../out.csv", "a.csv"]) == ["a.csv", "out.csv"]
    with pytest.raises(UsageError, match=r"out.csv' does not lie below the bundle's base"):
        find_members("../out.csv", base=".")


def test_two_files_of_one_name_are_refused(here):
    (here / "out.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"two files .* would be called 'out.csv'.*give base="):
        find_members(["out.csv", "../out.csv"])


def test_a_name_that_looks_like_a_glob_is_a_name_first(here):
    (here / "a[1]*.csv").write_text("odd")
    assert names("a[1]*.csv") == ["a[1]*.csv"]


@pytest.mark.parametrize("given", ["gone.csv", "*.gone", "~/no-such-file-of-mine"])
def test_what_names_nothing_is_an_error(given):
    with pytest.raises(UsageError, match="nothing to bundle is called"):
        find_members(given)


def test_an_empty_bundle_is_an_error(here):
    (here / "empty").mkdir()
    for given in ([], "empty"):
        with pytest.raises(UsageError, match="needs a file at least"):
            find_members(given)


@pytest.mark.parametrize("given", [3, [b"a.csv"], [None]])
def test_anything_else_is_refused(given):
    with pytest.raises((WrongKind, TypeError)):
        find_members(given)


def test_a_link_stands_for_what_it_leads_to(here, tmp_path):
    (here / "deep/link").symlink_to(tmp_path / "out.csv")
    (here / "deep/more/folder").symlink_to(Path("../.."))
    with pytest.raises(StoreError, match=r"folder' leads back to a directory that it lies in"):
        find_members(".")
    (here / "deep/more/folder").unlink()
    assert "deep/link" in names("deep")
