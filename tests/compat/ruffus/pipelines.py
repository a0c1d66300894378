"""What the tests' jobs do, and a logger that keeps what it is told."""

from pathlib import Path


class Said:
    """Lines, as they were told."""

    def __init__(self):
        self.lines = []

    def info(self, message):
        self.lines.append(message)

    warning = error = debug = info

    def text(self):
        """All lines, without the name of the test's module."""
        return "\n".join(line.replace(f"{__package__}.", "") for line in self.lines)

    def with_words(self, *words):
        """Those in which one of these stands."""
        return [line.strip() for line in self.lines if any(word in line for word in words)]


def write(_, made, text="written"):
    """Make a file."""
    Path(made).write_text(text)


def copy(read, made, *more):
    """Make a file of others."""
    names = read if isinstance(read, list | tuple) else [read]
    Path(made).write_text("".join(Path(each).read_text() for each in names) + "".join(more))


def fail(_, made):
    """Make nothing."""
    raise ValueError(f"no {made}")


def stand(_, __):
    """Never end."""
    import time

    while True:
        time.sleep(0.01)


def named(function, name):
    """A function of its own with this name, so that a pipeline has it as another step."""

    def call(*given):
        return function(*given)

    call.__name__ = name
    call.__module__ = "__main__"
    call.__doc__ = None
    return call


def later(path, seconds=10):
    """Let a file have been changed so many seconds after now."""
    import os
    import time

    when = time.time() + seconds
    os.utime(path, (when, when))
