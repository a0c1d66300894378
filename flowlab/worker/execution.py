"""One task, from its inputs to its outcome. Whatever it does, an outcome comes of it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flowlab.errors import FlowlabError, TaskError, UsageError
from flowlab.model.specs import Failure
from flowlab.shared.lines import Scope
from flowlab.staging.instance import DataInstance
from flowlab.staging.store import HostStore
from flowlab.tasks.kind import find_kind, known_kinds
from flowlab.worker.backlog import Entry
from flowlab.worker.context import Bench, TaskContext
from flowlab.worker.failure import make_failure
from flowlab.worker.memory import Held
from flowlab.worker.results import Outputs, as_travelling, collect_outputs

Run = Callable[[TaskContext], Sequence[DataInstance]]


@dataclass(slots=True)
class Outcome:
    """How a task ended.

    failure    why it failed, or None
    cancelled  it ended because it was interrupted on request
    debug      what it said by `ctx.debug`
    user       what it said about itself, JSON by key, also when it failed
    """

    outputs: Outputs = ()
    failure: Failure | None = None
    cancelled: bool = False
    debug: str = ""
    user: dict[str, str] | None = None


class Execution:
    """Runs tasks one after the other on one bench.

    scope  of the tasks' lines to shared objects
    """

    def __init__(self, bench: Bench, store: HostStore, scope: Scope) -> None:
        self._bench = bench
        self._scope = scope
        self._guard = bench.guard
        self._store = store
        self._pid = os.getpid()
        self._kinds = known_kinds()

    def perform(self, entry: Entry, held: Sequence[Held]) -> Outcome:
        """Run the task; everything around it stands."""
        context = TaskContext(entry.job, entry.config, held, self._bench)
        kind = self._kinds.get(entry.job.spec.kind)
        run: Run = _run if kind is None else kind.run
        if context.brought:
            run = self._furnished(run)
        self._scope.begin(entry.job.spec)
        instances, error = self._guard.call(run, context)
        if _getpid() != self._pid:
            os._exit(0)  # the task forked and this is its child: it must not answer for the task
        self._scope.end()  # what the task holds of shared objects comes back
        try:
            return self._outcome(entry, context, instances, error)
        finally:
            if context.brought:
                self._bench.bundles.clear()
                self._bench.sandbox.empty()
            if context.has_mapped:  # names of objects that may be dropped as soon as it has ended
                self._bench.sandbox.empty()
            if self._store.drafts:
                self._store.discard_drafts()

    def _furnished(self, run: Run) -> Run:
        """The same, in a directory and beside modules that the task's bundles make."""
        bench = self._bench

        def furnish_and_run(context: TaskContext) -> Sequence[DataInstance]:
            with bench.guard.shelter():
                bench.bundles.prepare(context.brought, bench.sandbox)
            return run(context)

        return furnish_and_run

    def _outcome(
        self,
        entry: Entry,
        context: TaskContext,
        instances: Sequence[DataInstance] | None,
        error: BaseException | None,
    ) -> Outcome:
        """What came of it; of a failed task no value stays in the store."""
        job = entry.job
        outcome = Outcome()
        spoke = context.has_spoken
        if spoke:
            outcome.debug = context.debug_text()
        if error is None:
            try:
                context.check_inputs()
                if context.brought:
                    self._bench.bundles.check()
                if spoke:
                    context.check_error()
                outputs = collect_outputs(instances or (), job.outputs, self._store)
                if outputs and (job.publish or entry.run.wanted):
                    outputs = self._travelling(entry, outputs)
                outcome.outputs = outputs
                if spoke:
                    outcome.user = context.user_rows()
                return outcome
            except Exception as unfit:  # noqa: BLE001 - what it gave does not fit: its own failure
                error = unfit
                self._store.drop(job.spec.outputs)
        outcome.cancelled = self._guard.delivered
        outcome.failure = make_failure(_blamed(context, error), outcome.debug)
        outcome.user = _sayable(context)
        return outcome

    def _travelling(self, entry: Entry, outputs: Outputs) -> Outputs:
        """What is published goes to the store here, before its row is made under the lock."""
        wanted = entry.run.wanted
        return [
            (one, as_travelling(one, held, self._store))
            if one in entry.job.publish or one in wanted
            else (one, held)
            for one, held in outputs
        ]


_getpid = os.getpid


def _run(context: TaskContext) -> Sequence[DataInstance]:
    """A type of the user's own; an unknown kind is the task's failure."""
    return find_kind(context.kind).run(context)


def _blamed(context: TaskContext, error: BaseException) -> BaseException:
    """The error that the task has set itself says more than what we found wrong with its result."""
    if isinstance(error, FlowlabError):
        try:
            context.check_error()
        except TaskError as own:
            return own
    return error


def _sayable(context: TaskContext) -> dict[str, str] | None:
    """What a failed task said about itself; nothing when that is no JSON: it failed already."""
    try:
        return context.user_rows()
    except UsageError:
        return None


def own_failure(bug: BaseException) -> Outcome:
    """The outcome of a task that could not be run because of us."""
    failure = make_failure(bug)
    message = f"flowlab's worker failed: {failure.message}"
    return Outcome(failure=Failure(message, failure.traceback))
