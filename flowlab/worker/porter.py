"""The porter: carries whole objects between this host's store and places that have a URL.

That is the stage point, and where a file's owner keeps it. A few threads beside the carrier's,
begun at first need: a place that is slow, or far, holds up neither pieces nor other objects. What
it is asked is answered once, as by the carrier.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from typing import IO, assert_never

from flowlab.errors import CannotStore, FlowlabError, StageError, StoreError
from flowlab.model.limits import PIECE
from flowlab.model.payload import Located, Staged, Stored
from flowlab.staging.directory import stamp_of_tree, write_archive
from flowlab.staging.faults import show
from flowlab.staging.leases import hold, let_go
from flowlab.staging.pieces import DIGEST, open_plain, pieces_of_open, stamp_of
from flowlab.staging.point import (
    put_staged,
    read_staged,
    read_url,
    remove_staged,
    safe_suffix,
    size_of,
)
from flowlab.staging.store import HostStore
from flowlab.worker.messages import (
    Answer,
    Broken,
    Claimed,
    Copied,
    Deposit,
    Deposited,
    Load,
    Unstaged,
)

THREADS = 4  # objects that are carried at the same time
TIDYING = 2.0  # s to leave stage points

Order = Deposit | Load | Claimed | Unstaged


class Porter:
    """The threads; `answer` takes what came of an order, on any of them."""

    def __init__(self, store: HostStore, answer: Callable[[Answer], None]) -> None:
        self._store = store
        self._answer = answer
        self._inbox: SimpleQueue[Order | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._folders: set[str] = set()  # claimed
        self._going: set[int] = set()
        self._stopped: set[int] = set()
        self._closed = False
        self._lock = threading.Lock()

    def take(self, order: Order) -> None:
        """Have this done; from one thread. After the end, nothing is."""
        with self._lock:
            if self._closed:
                return
            if isinstance(order, Deposit | Load):
                self._going.add(order.transfer)
            elif isinstance(order, Claimed):
                self._folders.add(order.folder)
            self._inbox.put(order)
        if len(self._threads) < THREADS:
            name = f"flowlab-porter-{len(self._threads)}"
            thread = threading.Thread(target=self._run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, transfer: int | None) -> None:
        """Nobody waits for this order any longer, or for any."""
        with self._lock:
            self._stopped |= self._going if transfer is None else self._going & {transfer}

    def close(self) -> None:
        """Stop what is under way, and then remove the folders that were claimed.

        It takes two seconds at most; what is there still, `flowlab gc` finds.
        """
        with self._lock:
            self._closed = True
        self.stop(None)
        for _ in self._threads:
            self._inbox.put(None)
        if self._folders:
            last = threading.Thread(target=self._leave, daemon=True)
            last.start()
            last.join(TIDYING)

    def _leave(self) -> None:
        for thread in self._threads:
            thread.join()  # a deposit would make its folder again
        for folder in self._folders:
            with suppress(StoreError):
                let_go(folder)

    def _run(self) -> None:
        while (order := self._inbox.get()) is not None:
            answer = self._try(order)
            if isinstance(order, Claimed | Unstaged) or answer is None:
                continue
            with self._lock:
                self._going.discard(order.transfer)
                self._stopped.discard(order.transfer)
            self._answer(answer)

    def _try(self, order: Order) -> Answer | None:
        try:
            return self._do(order)
        except Exception as error:  # noqa: BLE001 - our bug, too, must be answered
            if isinstance(order, Claimed | Unstaged):
                return None  # a deposit will say it; what could not be removed, `flowlab gc` finds
            known = isinstance(error, FlowlabError | OSError)
            fault = str(error) if known else f"a bug in flowlab: {type(error).__name__}: {error}"
            return Broken(order.transfer, fault, isinstance(error, CannotStore))

    def _do(self, order: Order) -> Answer | None:
        match order:
            case Deposit():
                return Deposited(order.transfer, self._deposit(order))
            case Load():
                value, digest = self._load(order)
                return Copied(order.transfer, value, digest)
            case Claimed():
                hold(order.folder)
                return None
            case Unstaged():
                remove_staged(order.urls)
                return None
            case _:
                assert_never(order)

    def _deposit(self, deposit: Deposit) -> Staged:
        file = deposit.file
        try:
            view = self._store.open(file)
        except (OSError, StoreError) as error:
            raise CannotStore(f"{deposit.label or 'an object'} is gone: {error}") from error
        suffix = ".packed" if file.packed else safe_suffix(PurePosixPath(deposit.label).suffix)
        return put_staged(
            view,
            deposit.folder,
            suffix,
            packed=file.packed,
            anew=deposit.anew,
            watch=partial(self._check_wanted, deposit.transfer),
        )

    def _load(self, load: Load) -> tuple[Stored, str]:
        source = load.source
        if isinstance(source, Located) and source.tree:
            return self._load_spooled(load, partial(_pack, source))
        pieces = read_staged(source) if isinstance(source, Staged) else _read_located(source)
        size = source.size if source.size >= 0 else size_of(source.url)
        if size is None:
            return self._load_spooled(load, lambda file: file.writelines(pieces))
        return self._take_in(load, pieces, size)

    def _take_in(self, load: Load, pieces: Iterator[memoryview], size: int) -> tuple[Stored, str]:
        """Write an object of this size into the store; where it is, and its digest."""
        packed = isinstance(load.source, Staged) and load.source.packed
        draft = self._store.begin(load.object, size)
        digest = blake2b(digest_size=DIGEST)
        try:
            for piece in pieces:
                self._check_wanted(load.transfer)
                digest.update(piece)
                if not draft.add(piece):
                    raise self._store.no_room(load.object, size)
            if load.digest not in ("", digest.hexdigest()):
                shown = show(load.source.url)
                raise StageError(f"{shown} is not what another host read there before")
            with self._lock:  # once it is stopped, nothing takes the object's place any longer
                self._check_wanted(load.transfer)
                value = self._store.complete(draft, load.object, load.label, packed=packed)
        finally:
            draft.abandon()  # nothing, if it is complete
        return value, digest.hexdigest()

    def _load_spooled(self, load: Load, fill: Callable[[IO[bytes]], None]) -> tuple[Stored, str]:
        """What has no size before all of it is here: it waits in a file without a name."""
        try:
            with tempfile.TemporaryFile() as file:
                fill(file)
                file.flush()
                size = file.tell()
                return self._take_in(load, _pieces_from(file, size), size)
        except OSError as error:
            where = f"{load.label or 'an object'} in {tempfile.gettempdir()!r}"
            raise CannotStore(f"cannot hold {where}: {error.strerror or error}") from error

    def _check_wanted(self, transfer: int) -> None:
        if transfer in self._stopped:
            raise StageError("nobody waits for it any longer")


def _read_located(source: Located) -> Iterator[memoryview]:
    """The file's bytes; one that is not as it was declared, or changes meanwhile, is an error."""
    if not source.host:
        yield from read_url(source.url)
        return
    try:
        number, status = open_plain(Path(source.url))
    except OSError as error:
        raise StageError(f"{source.url!r} cannot be read: {error.strerror}") from error
    try:
        if stamp_of(status) != source.stamp:
            raise _changed(source)
        yield from pieces_of_open(number, source.url)
    except OSError as error:
        raise StageError(f"{source.url!r} cannot be read: {error.strerror}") from error
    finally:
        os.close(number)


def _pieces_from(file: IO[bytes], size: int) -> Iterator[memoryview]:
    for at in range(0, size, PIECE):
        yield memoryview(os.pread(file.fileno(), PIECE, at))


def _pack(source: Located, file: IO[bytes]) -> None:
    """The archive of a directory that is as it was declared, before and after it is read."""
    path = Path(source.url)
    try:
        if stamp_of_tree(path) != source.stamp:
            raise _changed(source)
        write_archive(path, file)
        if stamp_of_tree(path) != source.stamp:
            raise _changed(source)
    except (OSError, StoreError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise StageError(f"{source.url!r} cannot be read: {why}") from error


def _changed(source: Located) -> StageError:
    return StageError(
        f"{source.url!r} was changed since it was declared, and an object never changes: declare "
        "it again, and leave it as it is until the tasks that read it have begun"
    )
