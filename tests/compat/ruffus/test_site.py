"""Names, objects and files of the directory where a pipeline stands."""

import os
import stat
from pathlib import Path

import pytest

from flowlab import StoreError, WrongPath, remote
from flowlab.compat.ruffus.site import Site, put
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance


@pytest.fixture
def site(inline):
    return Site(inline)


@remote(outputs=1)
def make(ctx, text):
    return text


def made(text, session):
    task = make(text)
    task.keep_outputs()
    session.submit()
    return task.output


@pytest.mark.parametrize("name", ["a.1", "x/y", "./a", "x/"])
def test_a_name_from_here_is_the_same_for_a_job(site, name):
    assert site.inside(name) == name


def test_other_names_become_names_below_the_working_directory(site, place):
    assert site.inside(str(place / "x" / "a.1")) == "x/a.1"
    assert site.inside("x/../a.1") == "a.1"
    assert site.inside("/data/a.1") == ".outside/data/a.1"
    assert site.inside("../a.1") == f".outside{place.parent}/a.1"
    assert site.inside("..a") == "..a"


@pytest.mark.parametrize("name", ["", ".", "a\0b", "x/.."])
def test_what_is_no_file_s_name_is_refused(site, name):
    with pytest.raises(WrongPath):
        site.inside(name)


def test_a_file_is_one_object_until_it_changes(site, place):
    Path("a.1").write_text("one")
    first = site.object_of("a.1")
    assert site.object_of(str(place / "a.1")) is first
    assert first.label == "a.1"
    Path("a.1").write_text("more")
    assert site.object_of("a.1") is not first


def test_a_directory_is_an_object_too(site):
    Path("d").mkdir()
    assert site.object_of("d").data_type is DataType.DIR


def test_what_was_brought_is_the_object_that_made_it(site, inline):
    output = made("text", inline)
    site.bring("x/a.1", output, [])
    assert Path("x/a.1").read_text() == "text"
    assert site.object_of("x/a.1") is output
    Path("x/a.1").write_text("changed by hand")
    assert site.object_of("x/a.1") is not output


def test_what_was_brought_is_newer_than_what_it_was_made_of(site, inline):
    Path("in").write_text("")
    os.utime("in", ns=(0, 2**62))
    site.bring("out", made("text", inline), ["in", "gone"])
    assert os.stat("out").st_mtime_ns > 2**62


def test_what_was_kept_is_let_go_at_the_end(site, inline):
    output = made("text", inline)
    site.bring("a.1", output, [])
    site.let_go()
    assert not output.kept
    assert inline.dataobj_count == 0
    site.bring("a.2", made("text", inline), [])
    inline.close()
    site.let_go()


def test_a_file_takes_its_place_whole_and_leaves_nothing_beside(place):
    Path("a").write_text("old")
    put(DataInstance(DataType.BLOB, None, b"new"), Path("a"), 10**18)
    assert Path("a").read_text() == "new"
    assert os.stat("a").st_mtime_ns == 10**18
    assert os.listdir(place) == ["a"]
    assert stat.S_IMODE(os.stat("a").st_mode) & 0o600 == 0o600


def test_what_cannot_be_written_leaves_the_old_one(place):
    Path("a").write_text("old")
    with pytest.raises(StoreError, match="archive"):
        put(DataInstance(DataType.DIR, "dir", b"no archive"), Path("a"), 10**18)
    assert Path("a").read_text() == "old"
    assert os.listdir(place) == ["a"]
