"""Tells each engine that ipyparallel knows to link, once, and says which of them could not.

Belongs to the launcher's thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flowlab.cluster.bootstrap import bootstrap_source
from flowlab.model.ids import EngineId

LINK_SECONDS = 20.0  # s that an engine has to say Hello


class Office(Protocol):
    """Who is told; every method may be called from the launcher's thread."""

    def notice(self, text: str, level: str = "info") -> None: ...
    def unavailable(self, reason: str) -> None: ...
    def controller_lost(self, reason: str) -> None: ...
    def capacity(self, engines: int) -> None: ...
    def started(self, pids: list[int]) -> None: ...


@dataclass
class Told:
    """An engine that was told: ipyparallel's answer to come, and since when."""

    answer: Any
    since: float
    warned: bool = False


class Telling:
    """order: what every engine is told, see bootstrap_source."""

    def __init__(self, office: Office, order: dict[str, str]) -> None:
        self._office = office
        self._order = order
        self._settled: set[int] = set()  # linked, unfit or gone: nothing more to do
        self._told: dict[int, Told] = {}

    def settle(self, engine: int) -> None:
        """It said Hello, or it is gone."""
        self._settled.add(engine)
        self._told.pop(engine, None)

    def is_busy(self) -> bool:
        """Whether an engine was told and has not linked."""
        return bool(self._told)

    def look(self, client: Any, registered: frozenset[int], now: float) -> None:
        """Tell those that are new, and see what became of those that were told."""
        for engine in sorted(registered - self._settled - self._told.keys()):
            self._tell(client, engine, now)
        for engine, told in list(self._told.items()):
            self._check(engine, told, now)

    def _tell(self, client: Any, engine: int, now: float) -> None:
        source = bootstrap_source(EngineId(engine), self._order)
        try:
            execute: Callable[..., Any] = client.direct_view(engine).execute
            self._told[engine] = Told(execute(source, silent=True, block=False), now)
        except Exception as error:  # noqa: BLE001 - ipyparallel raises what it likes: gone already
            self._settled.add(engine)
            self._office.notice(f"engine {engine} could not be told to link: {error}", "warning")

    def _check(self, engine: int, told: Told, now: float) -> None:
        if told.answer.done():
            error = told.answer.exception()
            if error is not None:
                self.settle(engine)
                self._office.notice(_explain(engine, error), "error")
                return
        if now - told.since > LINK_SECONDS and not told.warned:
            told.warned = True
            address = self._order["remote"] or self._order["address"]
            self._office.notice(
                f"engine {engine} has not linked in {LINK_SECONDS:.0f} s: it is busy, or cannot "
                f"reach {address}; open or tunnel that port, or give Client(listen=...)",
                "warning",
            )


def _explain(engine: int, error: BaseException) -> str:
    """Why an engine could not link, with what to do."""
    name = getattr(error, "ename", type(error).__name__)
    text = getattr(error, "evalue", str(error))
    if name in ("ModuleNotFoundError", "ImportError"):
        return (
            f"engine {engine} cannot use flowlab: {text}. Install the same version there: "
            "pip install jupyter-flowlab"
        )
    return f"engine {engine} cannot be used: {name}: {text}"
