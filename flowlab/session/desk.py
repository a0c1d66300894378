"""Answers a link's questions from the pump's thread: the same for both kinds of link."""

from collections.abc import Callable
from dataclasses import asdict

from flowlab.errors import CannotStore, FlowlabError, StoreError
from flowlab.model.ids import ObjectId, TaskId
from flowlab.model.payload import Inline, Value
from flowlab.session.frames import (
    DESCRIBE,
    EXPLAIN,
    INVENTORY,
    NUDGE,
    VALUE,
    Ask,
    Told,
    ValueIs,
)
from flowlab.session.pump import Pump

Answer = ValueIs | Told


def ask_pump(pump: Pump, ask: Ask, answer: Callable[[Answer], None]) -> None:
    """Have the question answered; a value of another host is brought here first.

    answer  called once, in the pump's thread or in one of the cluster's
    """

    def errand() -> None:
        try:
            if ask.what == VALUE:
                _find_value(pump, ask, answer)
                return
            found = _answer(pump, ask)
        except FlowlabError as error:
            found = _refusal(ask, str(error))
        except Exception as error:  # noqa: BLE001 - whoever asked must not wait for ever
            found = _refusal(ask, f"a bug in flowlab: {type(error).__name__}: {error}")
        answer(found)

    pump.ask(errand)


def _answer(pump: Pump, ask: Ask) -> Answer:
    if ask.what == EXPLAIN:
        return Told(ask.request, asdict(pump.scheduler.explain(TaskId(ask.about))))
    if ask.what == DESCRIBE:
        table = pump.table.describe()
        return Told(ask.request, {**pump.cluster.describe(), "table": table})
    if ask.what == INVENTORY:
        return Told(ask.request, asdict(pump.scheduler.inventory()))
    if ask.what == NUDGE:
        return Told(ask.request, {})  # the turn that this makes hands entries to new readers
    return _refusal(ask, f"{ask.what!r} is no question")


def _find_value(pump: Pump, ask: Ask, answer: Callable[[Answer], None]) -> None:
    object_id = ObjectId(ask.about)
    value = pump.table.value(object_id)
    more = pump.table.values_behind(object_id) if ask.ahead else {}

    def tell(found: Value | StoreError) -> None:
        if isinstance(found, StoreError):
            refused = isinstance(found, CannotStore)
            answer(ValueIs(ask.request, None, str(found), refused=refused))
        else:
            answer(ValueIs(ask.request, found, "", more))

    if isinstance(value, Inline):
        tell(value)
    else:
        pump.cluster.bring(object_id, value, tell)


def _refusal(ask: Ask, fault: str) -> Answer:
    if ask.what == VALUE:
        return ValueIs(ask.request, None, fault)
    return Told(ask.request, {}, fault)
