"""On PYTHONPATH this lets flowlab's journals write nothing: to show what they cost."""

from flowlab.events.journal import JournalWriter

JournalWriter.write = lambda self, entries: None  # type: ignore[method-assign]
