"""Source text by the name under which it was compiled, so that tracebacks show its lines."""

import linecache


def remember_lines(filename: str, source: str) -> None:
    """Let tracebacks find the lines of a source that lies in no file."""
    lines = source.splitlines(keepends=True)
    # Without a time of change, linecache never looks for a file of this name
    linecache.cache[filename] = (len(source), None, lines, filename)
