"""Room for open files, made while a process has one thread.

The system keeps a table of them for each process, and doubles it when it is full (at 64, 128, 256).
With more than one thread it first waits until every processor has let go of the old table, some
10 ms each time, in the middle of whatever opened a file (expand_fdtable in Linux' fs/file.c).
"""

import fcntl
import os
import resource

_ROOM = 512  # open files; sockets of ipyparallel take about a hundred


def make_room() -> None:
    """Let the table grow now; for the start of a process, before its first thread."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)  # -1: any number
    last = (_ROOM if allowed < 0 else min(_ROOM, allowed)) - 1
    number = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.close(fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, last))
    finally:
        os.close(number)
