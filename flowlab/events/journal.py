"""The stream on disk, one line of JSON an entry: for the replay, the dashboard, the next morning.

`journal.jsonl` has facts and verdicts, `traces.jsonl` the traces, each below a header line.
Both are private: 0600 in a directory of 0700; a link, a foreign owner or a wider mode is refused.
Whatever was cut, torn or overwritten, the lines that can be read are read.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from flowlab.errors import StoreError
from flowlab.events.codec import decode_entry, encode_entry
from flowlab.events.messages import Entry, Noticed, Trace
from flowlab.events.private import PIECE, append, open_directory, open_private, whole_size
from flowlab.model import limits

JOURNAL = "journal.jsonl"
TRACES = "traces.jsonl"
OLDER_TRACES = "traces.1.jsonl"
VERSION = 1

_HEADER = b'{"flowlab":'


@dataclass(frozen=True)
class Position:
    """How far a journal was read: bytes of each file; `rotation` names the file of traces."""

    journal: int = 0
    traces: int = 0
    rotation: int = 0


@dataclass(frozen=True)
class JournalReading:
    """What a journal held from one position on.

    entries   in the order of their numbers, as far as both files were written when they were read
    damaged   lines that are no entry; they were left out
    torn      bytes of a last line without its end: a writer was cut off, or is writing just now
    meta      what the header says
    position  where to read on
    """

    entries: tuple[Entry, ...] = ()
    damaged: int = 0
    torn: int = 0
    meta: Mapping[str, Any] = field(default_factory=dict)
    position: Position = Position()


class JournalWriter:
    """Appends batches of entries to the journal in a directory, which is made when missing.

    A journal that is there already goes on; the torn end that a killed writer left is cut off,
    as its readers never saw it.
    dropped  facts and verdicts that were not written, because the journal is full
    """

    def __init__(
        self,
        directory: Path,
        meta: Mapping[str, Any] | None = None,
        most: int = limits.JOURNAL,
        most_traces: int = limits.TRACES,
    ) -> None:
        self.dropped = 0
        self._meta = dict(meta or {})
        self._most = most
        self._most_traces = most_traces
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory = open_directory(directory)
        self._place = directory
        self._rotation = _rotation(self._directory) or 1
        self._journal, self._size = self._open(JOURNAL, {})
        self._traces, self._traces_size = self._open(TRACES, {"rotation": self._rotation})

    def write(self, entries: Sequence[Entry]) -> None:
        """Append a batch, with one write a file.

        Traces go first: who reads the journal and then the traces has the traces of all he read.
        """
        traces = [entry for entry in entries if isinstance(entry.event, Trace)]
        happened = [entry for entry in entries if not isinstance(entry.event, Trace)]
        if traces:
            self._write_traces(b"".join(map(encode_entry, traces)))
        if happened:
            self._write_happened(happened)

    def close(self) -> None:
        """Close the files; the writer is of no use then."""
        for descriptor in (self._journal, self._traces, self._directory):
            os.close(descriptor)

    def _write_happened(self, entries: list[Entry]) -> None:
        """Write what fits and, when that is not all, that the journal is full."""
        if self.dropped:
            self.dropped += len(entries)
            return
        lines = [encode_entry(entry) for entry in entries]
        size, fit = self._size, 0
        while fit < len(lines) and size + len(lines[fit]) <= self._most:
            size += len(lines[fit])
            fit += 1
        rest = entries[fit:]
        if rest:
            text = f"the journal is full ({self._most} bytes): what follows is not in it"
            full = Entry(rest[0].seq, rest[0].at, None, Noticed(text, "warning"))
            lines[fit:] = [encode_entry(full)]
        self._size += append(self._journal, b"".join(lines), self._place / JOURNAL)
        self.dropped = len(rest)

    def _write_traces(self, data: bytes) -> None:
        if self._traces_size + len(data) > self._most_traces // 2:
            self._rotate()
        self._traces_size += append(self._traces, data, self._place / TRACES)

    def _rotate(self) -> None:
        """The younger half becomes the older one, which is dropped."""
        os.rename(TRACES, OLDER_TRACES, src_dir_fd=self._directory, dst_dir_fd=self._directory)
        full, self._rotation = self._traces, self._rotation + 1
        self._traces, self._traces_size = self._open(TRACES, {"rotation": self._rotation})
        os.close(full)

    def _open(self, name: str, more: Mapping[str, Any]) -> tuple[int, int]:
        """Open for appending behind the last whole line; returns descriptor and size."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        descriptor = open_private(self._directory, name, flags)
        size = whole_size(descriptor)
        os.ftruncate(descriptor, size)
        if not size:
            header = {"flowlab": VERSION, **more, **self._meta}
            size = append(descriptor, msgspec.json.encode(header) + b"\n", self._place / name)
        return descriptor, size


def read_journal(directory: Path, start: Position | None = None) -> JournalReading:
    """Read what is there, from the beginning or on from the position of a reading before.

    StoreError when there is no journal, when it is not private to this user, or when a newer
    flowlab wrote it.
    """
    start = start or Position()
    opened = open_directory(directory)
    try:
        # The journal first: the writer writes a batch's traces before its facts.
        happened = _File(open_private(opened, JOURNAL, os.O_RDONLY), start.journal)
        older, traces = _open_traces(opened, start)
    except FileNotFoundError:
        raise StoreError(f"there is no journal in {directory}") from None
    finally:
        os.close(opened)
    files = [each for each in (happened, older, traces) if each is not None]
    found = [entry for each in files for entry in each.read()]
    found.sort(key=lambda entry: entry.seq)
    return JournalReading(
        entries=tuple(found),
        damaged=sum(each.damaged for each in files),
        torn=happened.torn,
        meta=happened.meta,
        position=Position(
            happened.offset,
            traces.offset if traces else start.traces,
            traces.rotation if traces else start.rotation,
        ),
    )


class _File:
    """One file of lines, read from an offset to the last whole line."""

    def __init__(self, descriptor: int, offset: int) -> None:
        self.descriptor = descriptor
        self.offset = offset
        self.damaged = 0
        self.torn = 0
        self.meta: dict[str, Any] = {}
        self.rotation = 0

    def read(self) -> Iterator[Entry]:
        """The entries; damaged lines are counted. Closes the file."""
        with open(self.descriptor, "rb", buffering=PIECE) as file:
            file.seek(self.offset)
            for line in file:
                if not line.endswith(b"\n"):
                    self.torn = len(line)
                    return
                first = self.offset == 0
                self.offset += len(line)
                if first and self._is_header(line):
                    continue
                try:
                    yield decode_entry(line)
                except StoreError:
                    self.damaged += 1

    def _is_header(self, line: bytes) -> bool:
        header = _header(line)
        if header is not None:
            self.meta = header
        return header is not None


def _header(line: bytes) -> dict[str, Any] | None:
    """The header's fields but the version, or None when the line is damaged."""
    if not line.startswith(_HEADER):
        return None
    try:
        header = msgspec.json.decode(line, type=dict[str, Any])
    except (ValueError, RecursionError):
        return None
    version = header.pop("flowlab")
    if version != VERSION:
        raise StoreError(
            f"this journal has version {version!r}, and this flowlab reads version {VERSION}; "
            "read it with the flowlab that wrote it"
        )
    return header


def _open_traces(directory: int, start: Position) -> tuple[_File | None, _File | None]:
    """The older and the current file of traces, each from where reading goes on."""
    try:
        current = open_private(directory, TRACES, os.O_RDONLY)
    except FileNotFoundError:
        return None, None
    traces = _File(current, start.traces)
    traces.rotation = _rotation_in(current)
    if traces.rotation == start.rotation:
        return None, traces
    traces.offset = 0
    try:
        older = _File(open_private(directory, OLDER_TRACES, os.O_RDONLY), 0)
    except FileNotFoundError:
        return None, traces
    if os.path.sameopenfile(older.descriptor, current):
        os.close(older.descriptor)  # it was rotated between the two calls: the next reading goes on
        return None, traces
    if _rotation_in(older.descriptor) == start.rotation:
        older.offset = start.traces
    return older, traces


def _rotation(directory: int) -> int:
    """The number of the current file of traces, 0 when there is none."""
    try:
        descriptor = open_private(directory, TRACES, os.O_RDONLY)
    except FileNotFoundError:
        return 0
    try:
        return _rotation_in(descriptor)
    finally:
        os.close(descriptor)


def _rotation_in(descriptor: int) -> int:
    header = _header(os.pread(descriptor, PIECE, 0).partition(b"\n")[0])
    rotation = (header or {}).get("rotation", 0)
    return rotation if isinstance(rotation, int) else 0
