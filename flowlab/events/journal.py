"""The stream on disk, one line of JSON an entry: for the replay, the dashboard, the next morning.

`journal.jsonl` has facts and verdicts, `traces.jsonl` the traces, each below a header line.
Both are private: 0600 in a directory of 0700; a link, a foreign owner or a wider mode is refused.
Whatever was cut, torn or overwritten, the lines that can be read are read.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

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


def read_journal(
    directory: Path, start: Position | None = None, most: int | None = None, *, traces: bool = True
) -> JournalReading:
    """Read what is there, from the beginning or on from the position of a reading before.

    most    bytes of the journal after which it stops, at the end of a line
    traces  whether to read those too
    StoreError when there is no journal, when it is not private to this user, or when a newer
    flowlab wrote it.
    """
    start = start or Position()
    with _Opener(directory) as opener:
        try:
            # The journal first: the writer writes a batch's traces before its facts.
            happened = _File(opener.open(JOURNAL), start.journal, most)
        except FileNotFoundError:
            raise StoreError(f"there is no journal in {directory}") from None
        older, current = _open_traces(opener, start) if traces else (None, None)
        files = [each for each in (happened, older, current) if each is not None]
        found = [entry for each in files for entry in each.read()]
    found.sort(key=lambda entry: entry.seq)
    return JournalReading(
        entries=tuple(found),
        damaged=sum(each.damaged for each in files),
        torn=happened.torn,
        meta=happened.meta,
        position=Position(
            happened.offset,
            current.offset if current else start.traces,
            current.rotation if current else start.rotation,
        ),
    )


class _Opener:
    """Opens files of one directory for reading; all are closed together, whatever happens."""

    def __init__(self, directory: Path) -> None:
        self._descriptors = [open_directory(directory)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        for each in self._descriptors:
            os.close(each)

    def open(self, name: str) -> int:
        descriptor = open_private(self._descriptors[0], name, os.O_RDONLY)
        self._descriptors.append(descriptor)
        return descriptor


class _File:
    """One file of lines, read from an offset to the last whole line, or until `most` bytes."""

    def __init__(self, descriptor: int, offset: int, most: int | None = None) -> None:
        self.descriptor = descriptor
        self.offset = offset
        self.end = None if most is None else offset + most
        self.damaged = 0
        self.torn = 0
        self.meta: dict[str, Any] = {}
        self.rotation = 0

    def read(self) -> Iterator[Entry]:
        """The entries; damaged lines are counted."""
        with open(self.descriptor, "rb", buffering=PIECE, closefd=False) as file:
            file.seek(self.offset)
            for line in file:
                if not line.endswith(b"\n"):
                    self.torn = len(line)
                    return
                first = self.offset == 0
                self.offset += len(line)
                if not (first and self._is_header(line)):
                    yield from self._entry(line)
                if self.end is not None and self.offset >= self.end:
                    return

    def _entry(self, line: bytes) -> Iterator[Entry]:
        """The entry of a line, or none."""
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


def _open_traces(opener: _Opener, start: Position) -> tuple[_File | None, _File | None]:
    """The older and the current file of traces, each from where reading goes on."""
    try:
        current = opener.open(TRACES)
    except FileNotFoundError:
        return None, None
    traces = _File(current, start.traces)
    traces.rotation = _rotation_in(current)
    if traces.rotation == start.rotation:
        return None, traces
    traces.offset = 0
    try:
        older = _File(opener.open(OLDER_TRACES), 0)
    except FileNotFoundError:
        return None, traces
    if os.path.sameopenfile(older.descriptor, current):
        return None, traces  # it was rotated between the two calls: the next reading goes on
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
