"""Lines of sources that lie in no file."""

import linecache
import traceback

from flowlab.tasks.lines import remember_lines


def test_a_traceback_shows_the_lines():
    source = "first = 1\nraise ValueError(first)\n"
    remember_lines("<a test's source>", source)
    linecache.checkcache()
    try:
        exec(compile(source, "<a test's source>", "exec"))
    except ValueError:
        assert "    raise ValueError(first)\n" in traceback.format_exc()
