"""Bundles on an engine: unpacked once, the same for each task, gone with who needed them."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from flowlab.model.bundles import MODULES, PLATFORM
from flowlab.staging import unpacked
from flowlab.worker.messages import Dropped
from tests.worker.given import Given
from tests.worker.workshop import SESSION, batch, inline, job, object_id, out, task_id


@pytest.fixture
def given():
    return Given()


def homes(shop):
    """What lies unpacked on the engine."""
    return sorted(shop.loop._stage.sandbox.home.glob("bundles/*"))


def run(shop, given, *calls, bundles=(1,), first=1):
    jobs = [given.job(number, *bundles) for number in range(first, first + len(calls))]
    return shop.run(given.batch(jobs, calls))


def listing(ctx):
    return sorted(
        os.path.relpath(os.path.join(folder, name))
        for folder, _, names in os.walk(".")
        for name in names
    )


def test_a_task_finds_the_files_where_it_runs(shop, given):
    given.files(1, a="A", deep__b="B")

    def call(ctx):
        read = Path("a").read_text() + Path("deep/b").read_text()
        return read, listing(ctx), len(ctx.inputs), ctx.load_inputs()

    sheet = run(shop, given, call)
    assert shop.value(sheet, 1) == ("AB", ["a", "deep/b"], 0, [])


def test_its_own_inputs_are_as_without(shop, given):
    given.files(1, a="A").files(2, b="B")
    one = given.job(1, 1, 2, inputs=[object_id(8), object_id(9)])
    values = {object_id(8): inline("x"), object_id(9): inline("y")}

    def call(ctx):
        return [each.get_bytes() for each in ctx.inputs], ctx.inputs.labels(), listing(ctx)

    sheet = shop.run(given.batch([one], [call], values=values))
    contents, labels, found = shop.value(sheet, 1)
    assert contents == [values[object_id(8)].data, values[object_id(9)].data]
    assert labels == [None, None]
    assert found == ["a", "b"]


def test_it_is_unpacked_once_and_wiped_after_each_task(shop, given, monkeypatch):
    made = []
    unpack = unpacked.Unpacked.__init__
    monkeypatch.setattr(
        unpacked.Unpacked,
        "__init__",
        lambda self, *args: (made.append(args), unpack(self, *args))[1],
    )
    given.files(1, a="A", deep__b="B")

    def leave_things(ctx):
        Path("mine").write_text("left")
        Path("deep/mine").write_text("left")
        return listing(ctx)

    sheet = run(shop, given, *[leave_things] * 4)
    assert all(
        shop.value(sheet, number) == ["a", "deep/b", "deep/mine", "mine"] for number in range(1, 5)
    )
    after = shop.call(listing)
    assert shop.value(after, 1) == []
    assert len(made) == 1


def harm(ctx):
    """Write through whatever stands there."""
    path = os.path.realpath("a")
    os.chmod(path, 0o600)
    Path(path).write_text("harmed")
    os.utime(path, (0, 0))


def test_what_one_task_does_to_a_file_no_other_sees(shop, given):
    given.files(1, a="A")
    sheet = run(shop, given, harm, lambda ctx: Path("a").read_text())
    assert shop.value(sheet, 2) == "A"
    assert "the task changed 'a', a file of its bundle" in sheet.failed[task_id(1)].message


@pytest.mark.parametrize("what", ["removed", "moved", "added"])
def test_nor_what_it_does_to_the_place_where_it_is_kept(shop, given, what):
    given.files(1, a="A", deep__b="B")
    place = shop.loop._stage.sandbox.home

    def harm_place(ctx):
        (kept,) = place.glob("bundles/*")
        if what == "removed":
            (kept / "a").unlink()
        elif what == "moved":
            kept.rename(place / "elsewhere")
        else:
            (kept / "deep/c").write_text("C")
        return 0

    sheet = run(shop, given, harm_place, lambda ctx: (listing(ctx), Path("a").read_text()))
    assert shop.value(sheet, 2) == (["a", "deep/b"], "A")
    assert (task_id(1) in sheet.failed) is (what != "added")


def test_two_bundles_with_one_name_fail_the_task(shop, given):
    given.files(1, a="A").files(2, a="other")
    sheet = run(shop, given, listing, bundles=(1, 2))
    assert "two bundles of the task have a file 'a'" in sheet.failed[task_id(1)].message
    assert shop.value(shop.call(listing), 1) == []


def test_a_dropped_bundle_leaves_nothing(shop, given):
    given.files(1, a="A").files(2, b="B")
    run(shop, given, listing, bundles=(1, 2))
    assert len(homes(shop)) == 2
    shop.loop.accept(Dropped((object_id(1),), ()))
    assert len(homes(shop)) == 1
    shop.loop.accept(Dropped((), (SESSION,)))
    assert homes(shop) == []


def test_what_is_dropped_while_others_are_removed_is_removed_once(shop, given, monkeypatch):
    given.files(1, a="A").files(2, b="B")
    run(shop, given, listing, bundles=(1, 2))
    remove, removed = unpacked.Unpacked.remove, []
    link = Thread(target=shop.loop.accept, args=[Dropped((), (SESSION,))])

    def slow_remove(one):
        removed.append(one.root)
        if not link.ident:
            link.start()
            link.join(10)  # nobody is kept waiting while files are removed
            assert not link.is_alive()
        remove(one)

    def dropping(ctx):
        thread = Thread(target=shop.loop.accept, args=[Dropped((object_id(1), object_id(2)), ())])
        thread.start()
        thread.join()  # removed when the slice ends

    monkeypatch.setattr(unpacked.Unpacked, "remove", slow_remove)
    shop.loop._memory._functions["drop"] = dropping
    shop.loop._memory._pickled["drop"] = b"-"
    shop.run(batch([job(9, function="drop")]))
    link.join()
    assert len(set(removed)) == len(removed) == 2
    assert homes(shop) == []


def test_modules_are_imported_once_an_engine(shop, given):
    given.modules(1, fl_mod="calls = []")

    def call(ctx):
        import fl_mod

        fl_mod.calls.append(ctx.spec.id)
        return len(fl_mod.calls), listing(ctx), fl_mod.__name__ in sys.modules

    sheet = run(shop, given, call, call, call)
    assert [shop.value(sheet, number) for number in (1, 2, 3)] == [(n, [], True) for n in (1, 2, 3)]
    assert "fl_mod" not in sys.modules


def test_versions_do_not_mix_and_others_have_none(shop, given):
    given.modules(1, fl_mod="X = 1").modules(2, fl_mod="X = 2")

    def call(ctx):
        import fl_mod

        return fl_mod.X

    jobs = [given.job(1, 1), given.job(2, 2), given.job(3), given.job(4, 1), given.job(5, 1, 2)]
    sheet = shop.run(given.batch(jobs, [call] * 5))
    assert [shop.value(sheet, number) for number in (1, 2, 4)] == [1, 2, 1]
    assert shop.value(sheet, 5) == 2  # the last one is found first
    assert "No module named 'fl_mod'" in sheet.failed[task_id(3)].message


def test_a_function_of_a_module_is_that_of_the_tasks_own_version(shop, given):
    """It is pickled by its name, so that the pickles of both versions are the same."""
    given.modules(1, fl_mod="def f(ctx): return 'one'").modules(
        2, fl_mod="def f(ctx): return 'two'"
    )
    pickled = b"cfl_mod\nf\n."
    jobs = [given.job(number, number % 2 + 1, function="f") for number in (1, 2, 3)]
    sheet = shop.run(given.batch(jobs, [], functions={"f": pickled}))
    assert [shop.value(sheet, number) for number in (1, 2, 3)] == ["two", "one", "two"]


def test_a_module_that_a_task_wrote_to_is_as_it_came(shop, given):
    given.modules(1, fl_mod="X = 1")

    def call(ctx):
        import fl_mod

        seen, fl_mod.X = fl_mod.X, "changed in memory"
        path = Path(fl_mod.__file__)
        path.chmod(0o600)
        path.write_text("X = 'harmed'")
        return seen

    def look(ctx):
        import fl_mod

        return fl_mod.X

    sheet = run(shop, given, call, look)
    assert "the task changed 'fl_mod.py'" in sheet.failed[task_id(1)].message
    assert shop.value(sheet, 2) == 1


def test_programs_find_modules_too(shop, given):
    given.modules(1, fl_mod="X = 'found'")

    def call(ctx):
        words = [sys.executable, "-c", "import fl_mod; print(fl_mod.X)"]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    sheet = run(shop, given, call, call)
    assert [shop.value(sheet, number) for number in (1, 2)] == ["found\n", "found\n"]
    assert len(homes(shop)) == 1


def test_a_task_that_fails_leaves_nothing_either(shop, given):
    given.modules(1, fl_mod="X = 1").files(2, a="A")

    def call(ctx):
        import fl_mod

        raise ValueError(fl_mod.X)

    sheet = run(shop, given, call, bundles=(1, 2))
    assert sheet.failed[task_id(1)].message == "ValueError: 1"
    assert "fl_mod" not in sys.modules
    assert shop.value(shop.call(lambda ctx: (listing(ctx), sys.path[0])), 1)[0] == []
    assert not any("bundles" in entry for entry in sys.path)


def test_code_that_was_compiled_for_another_platform_is_refused(shop, given):
    given.add(1, MODULES, {PLATFORM: "cpython-39-vax"}, **{"fl_mod.py": "X = 1"})
    sheet = run(shop, given, lambda ctx: 1)
    assert "was compiled for cpython-39-vax, and this engine is" in sheet.failed[task_id(1)].message


def test_an_output_of_the_bundle_is_not_the_cache(shop, given):
    """A task may hand a file of its bundle on: it is copied."""
    given.files(1, a="A")
    sheet = run(shop, given, lambda ctx: Path("a").read_bytes(), lambda ctx: ctx.blob(b"x"))
    assert shop.value(sheet, 1) == b"A"
    assert sheet.values[out(2)] is not None
