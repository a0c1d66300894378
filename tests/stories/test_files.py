"""Files and stage points with engines that are told that they are on different hosts."""

import os
from contextlib import ExitStack

import pytest

from flowlab import InputDir, directory, file, set_stage_point
from flowlab.model.limits import MIB
from flowlab.tasks import Execute
from tests.stories.filework import (
    Growth,
    count_bytes,
    digest,
    scheduler_of,
    staged_files,
    sums,
)
from tests.stories.islands import HOME, expected, look, make, stored
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines


def test_by_a_stage_point_each_object_is_written_once_and_nothing_goes_in_pieces(islands_of, point):
    islands = islands_of()
    islands.session.stage_point = point
    source = islands.run_on("b", make, 1)
    for host in ("c", HOME, "c"):
        task = islands.run_on(host, look, source)
        assert task.output.fetch().load() == (host, [expected(1)], [False])
    told = islands.between()
    assert (told["bytes"], told["staged"], told["copies"]) == (0, 1, 2)
    (lying,) = staged_files(point)
    assert lying.stat().st_size == source.output.fetch().size
    assert digest(lying.read_bytes()) == lying.stem
    source.output.unkeep()
    assert wait_until(lambda: not staged_files(point))
    islands.session.close()
    islands.close()
    assert list(point.iterdir()) == []


def test_the_process_stage_point_holds_from_the_next_submit_on(islands_of, point):
    islands = islands_of()
    source = islands.run_on("b", make, 1)
    set_stage_point(point)
    try:
        islands.run_on("c", look, source)
    finally:
        set_stage_point(None)
    islands.run_on(HOME, look, source)
    told = islands.between()
    assert told["staged"] == 1
    assert told["bytes"] == 0, "what lies at a stage point is read from there"


def test_a_file_is_read_once_a_host_by_whichever_way(islands_of, point, tmp_path):
    islands = islands_of(("b", "b"))
    names = [
        "plain.dat",
        "a b.dat",
        "quote'\".dat",
        "new\nline.dat",
        "äöü-日本.dat",
        "x" * 251 + ".dat",
    ]
    data = [os.urandom(MIB // 2 + place) for place in range(len(names))]
    for name, content in zip(names, data, strict=True):
        (tmp_path / name).write_bytes(content)
    with islands.session.bind_only():
        files = [file(tmp_path / name) for name in names]
    for host in ("b", HOME, "b"):
        task = islands.run_on(host, sums, *files)
        assert task.output.fetch().load() == [host, [digest(one) for one in data]]
    assert islands.between()["copies"] == 2 * len(names)
    with islands.session.bind_only():
        more = file(tmp_path / names[0])
    islands.session.stage_point = point
    task = islands.run_on("b", sums, more)
    assert task.output.fetch().load() == ["b", [digest(data[0])]]
    assert islands.between()["staged"] == 1


def test_a_thousand_tasks_read_a_hundred_files_once(client, session, tmp_path):
    for number in range(100):
        (tmp_path / f"{number}.dat").write_bytes(b"%d" % number * 1000)
    before = client.describe()["between hosts"]["copies"]
    files = [file(tmp_path / f"{number}.dat") for number in range(100)]
    tasks = [sums(files[number % 100], files[(number * 7) % 100]) for number in range(1000)]
    for task in tasks:
        task.output.keep()
    session.submit()
    for number, task in enumerate(tasks):
        read = [b"%d" % (one % 100) * 1000 for one in (number, number * 7)]
        assert task.output.fetch().load() == ["", [digest(one) for one in read]]
    assert client.describe()["between hosts"]["copies"] == before + 100


def test_on_two_hosts_each_file_is_stored_once_a_host(islands_of, tmp_path):
    islands = islands_of(("b",))
    with islands.session.bind_only():
        files = []
        for number in range(20):
            (tmp_path / f"{number}.dat").write_bytes(b"%d" % number * 50_000)
            files.append(file(tmp_path / f"{number}.dat"))
        tasks = [sums(files[number % 20], files[number * 7 % 20]) for number in range(400)]
        for task in tasks:
            task.output.keep()
    islands.session.submit()
    for host in (HOME, "b"):
        islands.free(host)
    hosts = {task.output.fetch().load()[0] for task in tasks}
    assert islands.between()["copies"] == sum(len(stored(islands, host)) for host in (HOME, "b"))
    assert len(stored(islands, HOME)) == 20
    assert hosts <= {HOME, "b"}


def test_a_program_reads_files_and_what_it_makes_goes_on(client, session, tmp_path):
    (tmp_path / "a").write_bytes(b"1" * MIB)
    (tmp_path / "b").write_bytes(b"2" * MIB)
    joined = Execute(
        "cat a b > c",
        shell=True,
        input_paths=[file(tmp_path / "a"), file(tmp_path / "b")],
        output_paths=["c"],
    )
    joined.output.keep()
    session.submit()
    assert joined.output.fetch().get_bytes() == b"1" * MIB + b"2" * MIB


@pytest.mark.parametrize("by_point", [False, True], ids=["relay", "stage point"])
def test_memory_does_not_grow_with_what_passes(islands_of, point, by_point, tmp_path):
    islands = islands_of(("b",))
    islands.session.stage_point = point if by_point else None
    path = tmp_path / "large.dat"
    with path.open("wb") as large:
        for _ in range(12):
            large.write(os.urandom(16 * MIB))
    with islands.session.bind_only():
        little, source = file(__file__), file(path)
    islands.run_on("b", count_bytes, little)
    pids = [islands.engine("b").process.pid, scheduler_of(islands), os.getpid()]
    with ExitStack() as stack:
        growths = [stack.enter_context(Growth(pid)) for pid in pids]
        task = islands.run_on("b", count_bytes, source)
    assert task.output.fetch().load() == 192 * MIB
    assert max(growth.bytes for growth in growths) < 64 * MIB


def test_a_call_may_have_a_stage_point_of_its_own(islands_of, point):
    islands = islands_of(("b",))
    own = point / "own"
    own.mkdir()
    islands.session.stage_point = point / "nowhere"

    def make_there(seed):
        return make(seed, stage_point=own)

    source = islands.run_on("b", make_there, 1)
    task = islands.run_on(HOME, look, source)
    assert task.output.fetch().load() == (HOME, [expected(1)], [False])
    assert len(staged_files(own)) == 1


def test_a_lazy_directory_goes_where_it_is_read(islands_of, tmp_path):
    islands = islands_of(("b",))
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "data").write_bytes(os.urandom(MIB))
    with islands.session.bind_only():
        whole = directory(tree, lazy=True)
        listed = Execute(
            "ls -R tree", shell=True, stdout=True, input_paths=InputDir("tree", dataobj=whole)
        )
    task = islands.run_on("b", lambda: listed)
    assert task.output.fetch().get_bytes() == b"tree:\ndata\n"
    assert islands.between()["copies"] == 2
