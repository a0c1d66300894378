"""Task types of the user's own: a class names its type, a function of that type runs its tasks.

    @task_type("mill/grind")
    def grind(ctx, corn):
        return corn.get_bytes() * ctx.spec.config["times"]

    class Grind(Task):
        TASK_TYPE = "mill/grind"

        def __init__(self, corn, times):
            super().__init__(inputs=[corn], outputs=["flour"], config={"times": times})

The function travels with the tasks, so no engine has to be prepared.
After Rain's "Task types" and executors.
"""

import weakref
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, TypeVar

from flowlab.errors import WrongKind
from flowlab.graph.owner import Owner
from flowlab.graph.types import Function, register_type
from flowlab.staging.instance import DataInstance
from flowlab.tasks.code import pack_function
from flowlab.tasks.kind import OWN, Context, register
from flowlab.tasks.returned import make_instances

Body = TypeVar("Body", bound=Callable[..., Any])


def task_type(name: str) -> Callable[[Body], Body]:
    """Say what runs tasks of a type: a function of the context and then the inputs, in order.

    It gives what a `@remote` function may give. Its first task in a session pickles it; said again
    for the same name, it runs the tasks that are declared from then on.
    """

    def declare(function: Body) -> Body:
        if not isinstance(function, FunctionType):
            raise WrongKind(f"task_type takes a function, not {function!r}")
        packed: weakref.WeakKeyDictionary[Owner, Function] = weakref.WeakKeyDictionary()

        def make(owner: Owner) -> Function:
            found = packed.get(owner)
            if found is None:
                found = packed[owner] = pack_function(function, owner)
            return found

        register_type(name, make)
        return function

    return declare


class _Own:
    name = OWN

    def run(self, context: Context) -> Sequence[DataInstance]:
        result = context.function(context, *context.inputs)
        return make_instances(context, result, [""] * len(context.outputs))


register(_Own())
