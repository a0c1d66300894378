"""A command's template: which names in it are variables, and the names of many files.

Only names that were declared are filled in, so that `awk '{print $1}'` stays as it is. Where every
field of the template is one that was declared, it is filled by `str.format` as in Crossflow: then
`{{` and `}}` stand for single braces.
"""

import re
import string
from collections.abc import Collection, Mapping, Sequence
from math import log10
from pathlib import PurePosixPath
from typing import Any

from flowlab.errors import WrongKind, WrongValue

STDOUT = "STDOUT"
DEBUGINFO = "DEBUGINFO"
PSEUDO = frozenset({STDOUT, DEBUGINFO})


def is_pattern(name: str) -> bool:
    """Whether a name stands for many files."""
    return "*" in name or "?" in name


def variables_of(template: str, names: Collection[str]) -> frozenset[str]:
    """Those of the names that stand in the template as `{name}`."""
    return frozenset(
        name for name in names if re.search(rf"\{{{re.escape(name)}([!:][^{{}}]*)?\}}", template)
    )


def fill(template: str, values: Mapping[str, Any]) -> str:
    """The template with these values in the places of their names."""
    fields = _fields(template)
    if fields is not None and fields <= values.keys():
        return _Formatter().vformat(template, (), values)
    if not values:
        return template
    known = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    return re.sub(rf"\{{({known})\}}", lambda found: str(values[found[1]]), template)


def numbered(pattern: str, count: int) -> list[str]:
    """Names of so many files by a pattern, as Crossflow counts them.

    `file*.txt` gives file0.txt, file1.txt, … with as many digits as the count has; `file??.txt`
    gives file00.txt, …
    """
    if not is_pattern(pattern):
        raise WrongValue(
            f"input {pattern!r} takes one file, and was given a list of {count}; "
            "name it with * or ? to take many"
        )
    if not count:
        return []
    width = int(log10(count)) + 1
    if "*" in pattern:
        head, _, tail = pattern.partition("*")
        tail = tail.replace("*", "")
    else:
        head, tail = pattern.partition("?")[0], pattern.rpartition("?")[2]
        if (marks := pattern.count("?")) < width:
            raise WrongValue(f"Error - too many files for this pattern: {count} for {pattern!r}")
        width = marks
    return [f"{head}{place:0{width}d}{tail}" for place in range(count)]


def check_names(names: object, what: str) -> list[str]:
    """A list of names of a program's files or variables; raises for what is none.

    what  `inputs` or `outputs`
    """
    if not isinstance(names, list):
        raise WrongKind(f"Error - {what} must be of type list, not of type {type(names)}")
    for name in names:
        if not isinstance(name, str) or not name or "\0" in name:
            raise WrongKind(f"each of the {what} is a name, not {name!r}")
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise WrongValue(
                f"{name!r} leads out of the task's working directory; the {what} of a task are "
                "files in it"
            )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise WrongValue(f"{twice!r} stands twice among the {what}")
    return list(names)


class _Formatter(string.Formatter):
    """Takes what stands in braces for a name, whatever is in it: a file's has a dot."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        return kwargs[field_name], field_name


def _fields(template: str) -> set[str] | None:
    """Names in braces as `str.format` finds them; None when it would not take the template."""
    try:
        parsed: Sequence[tuple[str, str | None, str | None, str | None]] = list(
            string.Formatter().parse(template)
        )
    except ValueError:
        return None
    if any(spec and "{" in spec for _, _, spec, _ in parsed):
        return None
    return {field for _, field, _, _ in parsed if field is not None}
