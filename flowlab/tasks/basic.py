"""`Concat` and `Sleep`: small tasks that need no code of the user's.

After Rain's user guide, "Built-in tasks".
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from flowlab.errors import UsageError
from flowlab.graph.nodes import Task, to_dataobj
from flowlab.graph.owner import Owner
from flowlab.model.inputs import Output
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import Context, register


def Concat(  # noqa: N802 - a class to Rain's users
    inputs: Iterable[Any], *, name: str | None = None, session: Owner | None = None
) -> Task:
    """One blob of any number of blobs, one after the other."""
    return Task("concat", inputs=inputs, outputs=[Output("output")], name=name, session=session)


# size: two of its own, and what may be said of any task
def Sleep(  # noqa: N802 - a class to Rain's users
    obj: Any,
    seconds: float,
    *,
    name: str | None = None,
    cpus: int = 1,
    where: Any = None,
    limit: Any = None,
    session: Owner | None = None,
) -> Task:
    """The same data after `seconds`, to the millisecond."""
    if not 0 <= seconds < float("inf"):
        raise UsageError(f"Sleep needs a number of seconds, 0 or more, not {seconds!r}")
    data = to_dataobj(obj)
    output = Output("output", content_type=data.content_type, data_type=data.data_type)
    return Task(
        "sleep",
        inputs=[data],
        outputs=[output],
        config=msgspec.msgpack.encode(round(seconds * 1000)),
        name=name,
        cpus=cpus,
        where=where,
        limit=limit,
        session=session,
    )


class _Concat:
    name = "concat"

    def run(self, context: Context) -> Sequence[DataInstance]:
        for number, instance in enumerate(context.inputs):
            if instance.data_type is not DataType.BLOB:
                raise UsageError(f"Input {number} object is not blob")
        return [context.blob(b"".join(instance.get_bytes() for instance in context.inputs))]


class _Sleep:
    name = "sleep"

    def run(self, context: Context) -> Sequence[DataInstance]:
        time.sleep(msgspec.msgpack.decode(context.config, type=int) / 1000)
        return [context.inputs[0]]


register(_Concat())
register(_Sleep())
