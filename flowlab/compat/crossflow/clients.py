"""Crossflow's `clients`: submits tasks one by one, and gives a future for each output.

Eager, as the original; over a flowlab session that goes on after errors. The one rule: what is
submitted is sent at once, with what it reads, and nothing else that the session was told of.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from flowlab.compat.crossflow.connecting import connect
from flowlab.compat.crossflow.futures import Future, futures_in, gathered
from flowlab.compat.crossflow.given import Reader
from flowlab.compat.crossflow.running import Plain, Recipe
from flowlab.compat.crossflow.tasks import FunctionTask, SubprocessTask
from flowlab.compat.crossflow.template import is_pattern
from flowlab.compat.crossflow.uploads import Uploads
from flowlab.errors import SessionError, WrongKind, WrongValue
from flowlab.graph.nodes import DataObject, Function, Task
from flowlab.model.inputs import Output, OutputDir
from flowlab.session.session import Session
from flowlab.tasks.arguments import pack_arguments
from flowlab.tasks.call import KIND, Call, encode_call
from flowlab.tasks.code import pack_function

__all__ = ["Client", "Future"]

Runnable = SubprocessTask | FunctionTask | Callable[..., Any]
_TASKS = (SubprocessTask, FunctionTask)
_CPUS = frozenset({"cpu", "cpus"})


class Client:
    """Runs tasks on a cluster's engines.

    cluster         a running ipyparallel cluster: its file, its id, a Cluster or Client of it
    scheduler_file  the connection file of such a cluster, as `ipcontroller` writes it
    n_workers       engines to start when there is no cluster; one an available core by default
    session         a flowlab session to use, instead of one of the client's own
    Without any of these it uses the notebook's session, so that its tasks show there.
    Further keywords are those of `flowlab.Client`.
    """

    def __init__(
        self,
        cluster: object = None,
        *,
        scheduler_file: object = None,
        n_workers: int | None = None,
        session: Session | None = None,
        **options: Any,
    ) -> None:
        self._engines, self._session = connect(cluster, scheduler_file, n_workers, session, options)
        self._uploads = Uploads(self._session)
        self._reader = Reader(self._uploads.load)
        self._closed = False

    @property
    def session(self) -> Session:
        """The flowlab session in which its tasks are."""
        return self._session

    def submit(
        self,
        task: Runnable,
        *args: Any,
        resources: Mapping[str, int] | None = None,
        pure: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run a task with these arguments; a future, or a tuple of them when it has more outputs.

        A plain function gets its arguments, and keywords, as they are.
        resources  such as {"cpus": 4}
        pure       as in dask; here no call ever stands for another one
        """
        call = _Call.of(task, _cpus(resources), self._session)
        with self._sending() as declared:
            made = self._declare(declared, call, args, kwargs)
        return made[0] if len(made) == 1 else made

    def map(
        self,
        task: Runnable,
        *iterables: Any,
        resources: Mapping[str, int] | None = None,
        pure: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run a task for each of the items of lists, with what is no list for all of them.

        Gives a list of futures, or a tuple of such lists, one for each output.
        """
        calls, call = _zipped(iterables), _Call.of(task, _cpus(resources), self._session)
        with self._sending() as declared, self._uploads.at_once():
            made = [self._declare(declared, call, args, kwargs) for args in calls]
        lists = tuple([each[place] for each in made] for place in range(len(call.outputs)))
        return lists[0] if len(lists) == 1 else lists

    def upload(self, thing: Any) -> Future:
        """Send a file, or any other object, once for all the tasks that are given the future."""
        if isinstance(thing, Future):
            return thing
        with self._sending() as declared:
            made = thing
            if isinstance(thing, str | os.PathLike):
                made = self._uploads.travelling(self._reader.argument(thing))
            if not isinstance(made, DataObject):
                made = self._uploads.value(thing)
            declared.append(made)
        return Future(made)

    def gather(self, futures: Any, errors: str = "raise") -> Any:
        """Wait for futures, in lists, tuples, sets and dictionaries; their values in the same form.

        errors  "raise", or "skip": what failed is left out of its list
        """
        if errors not in {"raise", "skip"}:
            raise WrongValue(f"errors is 'raise' or 'skip', not {errors!r}")
        return gathered(futures, skip=errors == "skip")

    def cancel(self, futures: Any) -> None:
        """Stop the tasks of these futures; what depends on them will fail."""
        for future in futures_in(futures):
            future.cancel()

    def close(self) -> None:
        """End what it started: its engines, and nothing of others'. Harmless when done twice."""
        self._closed = True
        if self._engines is not None:
            self._engines.close()
            self._uploads.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Client of crossflow, {self._session!r}>"

    @contextmanager
    def _sending(self) -> Iterator[list[Task | DataObject]]:
        """What is put into the list goes out at the end; after an error, none of it."""
        if self._closed:
            raise SessionError("the client is closed; make another one")
        declared: list[Task | DataObject] = []
        try:
            yield declared
            self._session.submit(declared)
        except BaseException:
            for thing in declared:
                if isinstance(thing, Task) and not thing.submitted:
                    self._session.discard(thing)
            raise

    def _declare(
        self,
        declared: list[Task | DataObject],
        call: "_Call",
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
    ) -> tuple[Future, ...]:
        """Declare one call; a future for each output."""
        given = call.bind(args, kwargs, self._reader)
        sent = [(name, self._uploads.travelling(value)) for name, value in given]
        names = tuple(name for name, _ in given)
        named = [("names", names), *sent]
        data, found, shared = pack_arguments(call.name, named, self._session)
        made = Task(
            KIND,
            inputs=[obj for part in found for obj in part],
            outputs=call.outputs,
            config=encode_call(Call(data, (), False, ("",) * len(call.outputs))),
            name=call.name,
            cpus=call.cpus,
            function=call.function,
            session=self._session,
            shared=shared,
        )
        declared.append(made)
        made.keep_outputs()
        return tuple(Future(each) for each in made.outputs)


@dataclass(frozen=True)
class _Call:
    """What all calls of a `map` have in common; the function is pickled once."""

    task: Runnable
    name: str
    function: Function
    outputs: list[Output]
    cpus: int

    @classmethod
    def of(cls, task: Runnable, cpus: int, owner: Session) -> "_Call":
        if not callable(task):
            raise WrongKind(
                f"the first argument is a task or a function, not {task!r}: "
                "client.submit(task, 'file1.txt', 'file2.txt')"
            )
        recipe: Recipe = task.recipe if isinstance(task, _TASKS) else Plain(task)
        function = pack_function(recipe, owner)._replace(source=recipe.source)
        return cls(task, recipe.name, function, _outputs(task), cpus)

    def bind(
        self, args: Sequence[Any], kwargs: Mapping[str, Any], reader: Reader
    ) -> list[tuple[str, Any]]:
        """What is given, by name; of a plain function, what is given by position has none."""
        task = self.task
        if not isinstance(task, _TASKS):
            return [*(("", value) for value in args), *kwargs.items()]
        if kwargs:
            raise WrongKind(
                f"{task!r} takes no keyword {next(iter(kwargs))!r}; its inputs are given in "
                f"order: {', '.join(task.inputs) or 'none'}"
            )
        return list(task.bind(args, reader).items())


def _outputs(task: Runnable) -> list[Output]:
    """What is declared for a task; one that names no output has one all the same."""
    if not isinstance(task, _TASKS) or not task.outputs:
        return [Output("result")]
    is_command = isinstance(task, SubprocessTask)
    return [OutputDir(n) if is_command and is_pattern(n) else Output(n) for n in task.outputs]


def _zipped(iterables: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The arguments of each call of a map: lists side by side, anything else for all of them."""
    lengths = {len(each) for each in iterables if isinstance(each, list)}
    if not lengths:
        raise WrongKind("map needs a list among its arguments; submit runs one call")
    if len(lengths) > 1:
        raise WrongValue(f"Error: not all iterables are same length: {sorted(lengths)}")
    count = lengths.pop()
    columns = [each if isinstance(each, list) else [each] * count for each in iterables]
    return list(zip(*columns, strict=True))


def _cpus(resources: Mapping[str, int] | None) -> int:
    """Slots that a call claims."""
    strange = [name for name in resources or () if name.lower() not in _CPUS]
    if strange:
        raise WrongValue(f"resources knows 'cpus' alone, not {strange[0]!r}")
    return max(1, *(resources or {"cpus": 1}).values())
