"""Answers become medians, ratios and verdicts on the goals; what is missing is said."""

from dataclasses import replace

import pytest

from tests.benchmarks.goals import judge_all
from tests.benchmarks.plan import WORKLOADS, read_plan
from tests.benchmarks.plot import draw
from tests.benchmarks.publish import BEGIN, END, publish
from tests.benchmarks.report import number, report
from tests.benchmarks.results import Results, row_of

PLAN = replace(read_plan({"ROUNDS": "3"}), workloads=("noops-10k", "chain", "array"))


def answer(system, workload, seconds, **more):
    tasks = PLAN.size_of(workload)
    return {"system": system, "workload": workload, "seconds": seconds, "tasks": tasks, **more}


def line_of(text, begin):
    """The cells of the first line that begins so."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {begin}"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_figure_is_the_median_and_the_least_a_task():
    results = Results(answer("flowlab", "noops-10k", each) for each in (0.3, 0.1, 0.2))
    results.add(answer("dask", "noops-10k", 20.0))
    cells = line_of(report(PLAN, results), "10,000 independent no-ops")
    assert cells[1:4] == ["µs a task", "20.0 (10.0)", "2,000 n=1"]


def test_a_ratio_is_of_medians():
    results = Results([answer("flowlab", "chain", 0.1), answer("ray", "chain", 0.5)])
    text = report(PLAN, results)
    ratios = text[text.index("### As multiples") :]
    assert "5.00 ×" in line_of(ratios, "chain of 500")


def test_goals_are_held_against_the_best_of_the_peers():
    results = Results(
        [
            answer("flowlab", "chain", 0.1),
            answer("ray", "chain", 1.4),
            answer("dask", "chain", 9.0),
        ]
    )
    (chain,) = [each for each in judge_all(results) if each.promise.startswith("chain")]
    assert (chain.against, chain.is_met) == ("ray", False)
    assert chain.found == pytest.approx(14)
    results.add(answer("flowlab", "chain", 0.01))
    (chain,) = [each for each in judge_all(results) if each.promise.startswith("chain")]
    assert chain.is_met


def test_of_a_peer_that_was_given_up_the_limit_counts():
    late = {"system": "ray", "workload": "chain", "late": 60.0, "tasks": 500}
    results = Results([answer("flowlab", "chain", 0.1), late])
    (chain,) = [each for each in judge_all(results) if each.promise.startswith("chain")]
    assert (chain.found, chain.is_met, chain.at_least) == (pytest.approx(600), True, True)
    text = report(PLAN, results)
    assert "> 600 ×" in line_of(text[text.index("### As multiples") :], "chain of 500")


def test_what_was_not_measured_meets_no_goal():
    assert not any(outcome.is_met for outcome in judge_all(Results()))
    assert report(PLAN, Results()).count("| not measured | – |") == len(judge_all(Results()))


def test_what_a_system_cannot_do_or_was_too_slow_for_is_said():
    results = Results(
        [
            answer("flowlab", "array", 0.2),
            {"system": "dask", "workload": "array", "cannot": "has no arrays"},
            {"system": "ray", "workload": "array", "late": 60.0, "tasks": 256},
            {"system": "parsl", "workload": "array", "error": "OSError: no"},
        ]
    )
    text = report(PLAN, results)
    cells = line_of(text, "array of 256 MiB")
    assert cells[3:6] == ["cannot", "> 60 s", "failed"]
    assert "dask, array: has no arrays" in text
    assert "ray, array: had not ended after 60 s" in text
    assert "parsl, array: failed: OSError: no" in text


def test_a_cell_is_not_repeated_when_it_is_late_or_has_used_its_budget():
    results = Results([{"system": "ray", "workload": "array", "late": 60.0}])
    assert results.is_enough("ray", "array", 90)
    results = Results([answer("dask", "chain", 50.0, spent=51.0)])
    assert not results.is_enough("dask", "chain", 90)
    results.add(answer("dask", "chain", 50.0, spent=51.0))
    assert results.is_enough("dask", "chain", 90)
    assert not results.is_enough("dask", "array", 90)


def test_a_plan_knows_how_many_tasks_there_are():
    assert [PLAN.tasks_of(name) for name in ("tree", "programs")] == [8191, 200]


def test_every_workload_has_a_row_with_its_unit():
    for name, planned in WORKLOADS.items():
        assert row_of(name).unit.startswith(planned.unit)


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1,234"), (12.34, "12.3"), (1.234, "1.23"), (0.01234, "0.012")]
)
def test_numbers_have_the_digits_that_matter(value, text):
    assert number(value) == text


def test_the_environment_chooses_systems_and_workloads():
    plan = read_plan({"SYSTEMS": "ray", "WORKLOADS": "chain tree", "ROUNDS": "2"})
    assert (plan.systems, plan.workloads, plan.rounds) == (("flowlab", "ray"), ("chain", "tree"), 2)
    with pytest.raises(SystemExit, match="no system is called 'rya'"):
        read_plan({"SYSTEMS": "rya"})


def test_a_quick_plan_is_smaller():
    quick, whole = read_plan({"QUICK": "1"}), read_plan({})
    assert set(quick.systems) < set(whole.systems)
    assert set(quick.workloads) < set(whole.workloads)
    assert quick.size_of("dag") < whole.size_of("dag")


def test_the_plot_has_a_line_and_a_name_for_each_system():
    picture = draw({"ours": [(1000, 10), (100_000, 12)], "a<b": [(1000, 500)], "none": []})
    assert picture.count("<polyline") == 2
    assert "a&lt;b" in picture
    assert "none" not in picture.replace('fill="none"', "")
    assert draw({"none": []}) == ""


def test_names_of_lines_that_end_together_stand_apart():
    picture = draw({"a": [(1000, 10)], "b": [(1000, 10)]})
    heights = [
        part.split('y="')[1].split('"')[0]
        for part in picture.splitlines()
        if part.startswith("<text") and part.endswith(" 10.0</text>")
    ]
    assert len(heights) == len(set(heights)) == 2


def test_tables_take_the_place_of_those_before():
    page = f"# Title\n\n{BEGIN}\nold\n{END}\n\n## More\n"
    once = publish(page, "| new |\n", picture=True)
    assert "old" not in once
    assert once.startswith("# Title")
    assert once.endswith(f"{END}\n\n## More\n")
    assert publish(once, "| new |\n", picture=True) == once
    assert "](" not in publish(once, "| new |\n", picture=False)
