"""Large objects between engines that are told that they are on different hosts."""

import pickle

import numpy as np
import pytest

from flowlab import OutputDir, remote
from flowlab.model.limits import PIECE
from tests.stories.islands import HOME, expected, halt, look, make, stored
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines


@remote(outputs=["text", OutputDir("tree")])
def describe(ctx):
    """Text that says something of itself, and a directory; both large."""
    from pathlib import Path

    text = ctx.blob("é" * (1 << 20), content_type="text-latin-1")
    text.user["colour"] = [1, "blue"]
    for name in ("one", "deep/two"):
        path = Path(ctx.sandbox, "tree", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() * 200_000)
    return text, ctx.stage_directory("tree")


def test_what_one_host_makes_all_others_read_and_each_gets_it_once(islands_of):
    islands = islands_of()
    source = islands.run_on("b", make, 1)
    for host in ("c", HOME, "b", "c"):
        task = islands.run_on(host, look, source)
        assert task.output.fetch().load() == (host, [expected(1)], [False])
    back = islands.run_on("b", look, islands.run_on(HOME, make, 2), source)
    assert back.output.fetch().load() == ("b", [expected(2), expected(1)], [False, False])
    source.output.update()
    between = islands.between()
    assert between["copies"] == 3
    assert between["bytes"] == 3 * source.output.info.size


def test_a_fetch_brings_it_home_with_all_that_is_known(islands_of, tmp_path):
    islands = islands_of(("b",))
    source = islands.run_on("b", make, 1)
    fetched = source.output.fetch()
    array = fetched.load()
    assert int(array.sum()) == expected(1)
    assert not array.flags.writeable
    assert np.array_equal(pickle.loads(fetched.get_bytes()), array)
    text, tree = (islands.run_on("b", describe)).outputs
    said = text.fetch()
    assert said.get_str() == "é" * (1 << 20)
    assert said.content_type == "text-latin-1"
    assert said.info.user == {"colour": [1, "blue"]}
    tree.fetch().write(tmp_path / "result")
    assert (tmp_path / "result/deep/two").read_bytes() == b"deep/two" * 200_000
    assert islands.between()["copies"] == 3
    for each in (source.output, text, tree):
        each.fetch()
    assert islands.between()["copies"] == 3


def test_many_readers_on_two_engines_of_a_host_cost_one_copy(islands_of):
    islands = islands_of(("b", "c", "c"))
    source = islands.run_on("b", make, 1)
    islands.free("c")
    islands.free("c")
    readers = [islands.submit(look, source) for _ in range(32)]
    told = [each.output.fetch().load() for each in readers]
    assert told == [("c", [expected(1)], [False])] * 32
    assert islands.between()["copies"] == 1


def test_one_piece_waits_for_an_engine_that_stands_still_and_others_go_on(islands_of):
    islands = islands_of()
    source = islands.run_on("b", make, 1)
    task = halt(islands, source)
    assert [
        islands.run_on(host, look).output.fetch().load() for host in (HOME, "b", HOME, "b")
    ] == [(HOME, [], []), ("b", [], [])] * 2
    between = islands.between()
    assert (between["coming"], between["waiting"], between["bytes"]) == (1, 1, PIECE)
    islands.engine("c").go_on()
    assert task.output.fetch().load() == ("c", [expected(1)], [False])
    assert islands.between()["waiting"] == 0


def test_a_session_that_ends_meanwhile_leaves_nothing_on_any_host(islands_of):
    islands = islands_of()
    source = islands.run_on("b", make, 1)
    islands.run_on(HOME, look, source)
    halt(islands, source)
    assert stored(islands, HOME)
    islands.session.close()
    islands.engine("c").go_on()
    for standing in islands.place.glob("*-*"):
        standing.unlink()
    assert wait_until(lambda: not any(stored(islands, host) for host in (HOME, "b", "c")))
    assert islands.between()["coming"] == islands.between()["waiting"] == 0


def test_what_is_not_kept_any_longer_goes_from_all_hosts(islands_of):
    islands = islands_of()
    source = islands.run_on("b", make, 1)
    for host in (HOME, "c"):
        islands.run_on(host, look, source)
    assert all(stored(islands, host) for host in (HOME, "b", "c"))
    source.output.unkeep()
    assert wait_until(lambda: not any(stored(islands, host) for host in (HOME, "b", "c")))


def test_a_graph_of_large_objects_over_three_hosts(islands_of):
    """Each level reads two of the level before; every engine may take any task."""
    islands = islands_of(("b", "c"))

    @remote(auto_load=True, auto_encode="pickle")
    def mix(ctx, number, *arrays):
        import numpy as np

        return sum(arrays, np.arange(200_000) * number)

    def grow(node):
        last = [node(number) for number in range(4)]
        for level in range(1, 6):
            last = [
                node(10 * level + place, last[place], last[(place + level) % 4])
                for place in range(4)
            ]
        return last

    with islands.session.bind_only():
        made = grow(mix)
        for task in made:
            task.output.keep()
    islands.session.submit()
    for host in (HOME, "b", "c"):
        islands.free(host)
    right = grow(lambda number, *arrays: sum(arrays, np.arange(200_000) * number))
    for task, array in zip(made, right, strict=True):
        assert np.array_equal(task.output.fetch().load(), array)
    assert islands.between()["copies"] <= 24 * 2
