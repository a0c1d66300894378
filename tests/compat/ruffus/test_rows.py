"""Any shared object in a pipeline (U9), and what the guide shows."""
# mirrors: docs/guide/from-ruffus.md, and session.shared as users of Ruffus know it

import re
from pathlib import Path

from flowlab.compat import ruffus
from flowlab.compat.ruffus import files, pipeline_run
from tests.compat.ruffus.pipelines import named
from tests.house.tree import ROOT


def test_u9_a_read_and_a_write_under_the_mutex_lose_nothing(session):
    def job(_, made, counts, mutex):
        for _ in range(20):
            with mutex:
                counts["all"] = counts["all"] + 1
        Path(made).write_text("")

    counts, mutex = session.shared("dict", {"all": 0}), session.shared("Lock")
    files([[None, f"a.{n}", counts, mutex] for n in range(4)])(named(job, "job"))
    pipeline_run(multiprocess=4, verbose=0)
    assert counts["all"] == 80


def test_u9_what_a_function_reads_from_outside_is_shared_too(session):
    found = session.shared("list")

    def job(_, made):
        found.append(made)

    files([[None, f"a.{n}"] for n in range(4)])(named(job, "job"))
    pipeline_run(multiprocess=4, verbose=0)
    assert sorted(found) == ["a.0", "a.1", "a.2", "a.3"]


def test_the_guide_s_programme_runs(inline, capsys):
    guide = (ROOT / "docs/guide/from-ruffus.md").read_text(encoding="utf-8")
    (programme,) = re.findall(r"```python\n(import logging\n.*?)```", guide, re.DOTALL)
    exec(programme, {"__name__": "__main__"})
    lines = Path("my.log").read_text().splitlines()
    assert lines[1::2] == ["and this line stands behind it"] * 50
    assert Path("all").read_text() == "done" * 50
    assert "Completed Task = 'second'" in capsys.readouterr().err


def test_all_of_its_names_are_there():
    assert {getattr(ruffus, name) is not None for name in ruffus.__all__} == {True}
    assert dir(ruffus) == sorted(ruffus.__all__)
