"""`flowlab gc`: what dead sessions left at a stage point, listed and removed; `%flowlab gc` too."""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence

from flowlab.errors import FlowlabError, UsageError
from flowlab.staging.chosen import get_stage_point
from flowlab.staging.faults import show
from flowlab.staging.largest import in_units
from flowlab.staging.leftovers import DAY, StageFolder, is_left, survey
from flowlab.staging.point import check_point, remove_folder

OLDER_THAN = "since when nobody wrote to them, such as 90m, 12h, 3d (1d)"
REMOVE = "remove them; without it they are listed"

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY}


def main(arguments: Sequence[str] | None = None) -> int:
    """The program `flowlab`; gives its exit code."""
    parser = argparse.ArgumentParser("flowlab", description="flowlab's files, from outside of it")
    verbs = parser.add_subparsers(dest="verb", required=True)
    gc = verbs.add_parser("gc", help="list what dead sessions left at a stage point, or remove it")
    gc.add_argument("url", help="the stage point: a directory or a URL")
    gc.add_argument("--older-than", default="1d", metavar="AGE", help=OLDER_THAN)
    gc.add_argument("--remove", action="store_true", help=REMOVE)
    words = parser.parse_args(arguments)
    try:
        for line in gc_lines(words.url, words.older_than, remove=words.remove):
            sys.stdout.write(f"{line}\n")
    except FlowlabError as error:
        sys.stderr.write(f"flowlab gc: {error}\n")
        return 1
    return 0


def gc_lines(url: str | None, older_than: str = "1d", *, remove: bool = False) -> Iterator[str]:
    """What there is to say of a stage point's leftovers, line by line, while they are removed.

    url  None: the stage point of this process
    """
    point = url or get_stage_point()
    if point is None:
        raise UsageError("no stage point is set: name one, as in: gc s3://bucket/prefix")
    point = check_point(point)
    age = seconds(older_than)
    there = survey(point)
    found = [one for one in there if is_left(one, age)]
    for one in found:
        if remove:
            remove_folder(one.folder)
        yield _line(one, "removed" if remove else "left over")
    size = in_units(sum(one.size for one in found))
    verb = "removed" if remove else "left over; --remove removes them"
    rest = len(there) - len(found)
    yield f"{show(point)}: {len(found)} with {size} {verb}; {rest} in use or too young"


def seconds(duration: str) -> float:
    """A duration such as `90`, `90s`, `10m`, `12h` or `1d`; UsageError for anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", duration.strip())
    if found is None:
        raise UsageError(f"{duration!r} is no duration: a number with s, m, h or d, as in 12h")
    return float(found[1]) * _UNITS[found[2]]


def _line(one: StageFolder, what: str) -> str:
    hours = f"{one.age / 3600:.1f} h"
    return f"{what}: {show(one.folder)} of {one.owner}, {in_units(one.size)}, {hours} old"
