"""Whether a job needs to run: by the files that are there, and when they were changed.

After Ruffus at `checksum_level=0`. Its history of checksums is not kept: what a job did not finish
never gets its name, so a file that is there is whole.
"""

import os
import time

from flowlab.compat.ruffus.errors import MissingInputFileError
from flowlab.compat.ruffus.names import names_in, shown
from flowlab.compat.ruffus.parameters import Parameters
from flowlab.compat.ruffus.site import Site

_Times = list[tuple[int, str]]  # ns, and whose


def reason_to_run(job: Parameters, site: Site) -> str | None:
    """Why it needs to run, for people; None when all that it makes is up to date."""
    if not job:
        return ""
    inputs, outputs = names_in(job[0]), names_in(job[1])
    if not outputs:
        return "Missing output file"
    gone = [name for name in (*inputs, *outputs) if not site.at(name).exists()]
    if gone:
        return f"...\n        Missing file{'s' if len(gone) > 1 else ''} {shown(gone)}"
    read = {os.path.realpath(site.at(name)) for name in inputs}
    made = [name for name in outputs if os.path.realpath(site.at(name)) not in read]
    before, after = _times(inputs, site), _times(made, site)
    if before and after and before[-1][0] >= after[0][0]:
        return _told(before, after)
    return None


def check_inputs(job: Parameters, site: Site) -> None:
    """Raise MissingInputFileError when an input is not there."""
    for name in names_in(job[0]) if job else ():
        path = site.at(name)
        if path.is_symlink() and not path.exists():
            raise MissingInputFileError(
                f"No way to run job: Input file {name!r} is a broken symbolic link."
            )
        if not path.exists():
            raise MissingInputFileError(f"No way to run job: Input file {name!r} does not exist")


def _times(names: list[str], site: Site) -> _Times:
    return sorted((site.at(name).stat().st_mtime_ns, name) for name in names)


def _told(before: _Times, after: _Times) -> str:
    """The files with their times; those that are to blame have a star."""
    lines = ["", "  Input files:"]
    lines += [_line(when, name, when >= after[0][0]) for when, name in before]
    lines.append("  Output files:")
    lines += [_line(when, name, when <= before[-1][0]) for when, name in after]
    return "\n".join([*lines, ""])


def _line(when: int, name: str, blamed: bool) -> str:
    seconds = time.strftime("%d %b %Y %H:%M:%S", time.localtime(when // 10**9))
    return f"   {'*' if blamed else ' '} {seconds}.{when % 10**9 // 10**7:02d}: {shown(name)}"
