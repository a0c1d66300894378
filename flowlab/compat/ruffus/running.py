"""Runs the jobs of a pipeline: so many at once, in the order of their steps, until one fails.

As in Ruffus: a step begins when all steps before it have ended. After an error no further job
begins; those that run end, and what they raise is told, too.
"""

import traceback
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flowlab.compat.ruffus.errors import JobError, RethrownJobError
from flowlab.compat.ruffus.job import Calls, Job, describe
from flowlab.compat.ruffus.loggers import Progress
from flowlab.compat.ruffus.parameters import Parameters, jobs_of
from flowlab.compat.ruffus.site import Site
from flowlab.compat.ruffus.steps import Step
from flowlab.compat.ruffus.uptodate import check_inputs, reason_to_run
from flowlab.errors import FlowlabError, SessionError
from flowlab.session.records import ENDED, FINISHED
from flowlab.session.session import Session


@dataclass(frozen=True)
class Manner:
    """How a pipeline is to run.

    most     jobs at once, and errors until it stops
    at_once  stop at the first error, and let nothing end
    aloud    tell of errors when they come
    """

    most: int
    at_once: bool
    aloud: bool
    progress: Progress


class Runner:
    """One run of some steps.

    before  what must end before each of them
    forced  those whose jobs run though they are up to date
    """

    def __init__(
        self,
        before: Mapping[Step, Iterable[Step]],
        forced: Iterable[Step],
        site: Site,
        session: Session,
        manner: Manner,
    ) -> None:
        self._before = {step: set(each) & before.keys() for step, each in before.items()}
        self._forced = set(forced)
        self._site, self._session = site, session
        self._manner, self._progress = manner, manner.progress
        self._waiting = list(before)  # steps that did not begin
        self._left: dict[Step, int] = {}  # jobs of those that did, and did not end
        self._queue: deque[Job] = deque()
        self._running: list[Job] = []
        self._calls: dict[Step, Calls] = {}
        self._errors = RethrownJobError()

    def run(self) -> None:
        """Run all; raises RethrownJobError, or what interrupts it: then nothing runs any more."""
        try:
            while self._go_on():
                for job in self._ended():
                    self._take(job)
        except BaseException:
            self._stop()
            raise
        finally:
            self._site.let_go()
        if self._errors.job_exceptions:
            raise self._errors

    def _go_on(self) -> bool:
        """Give out what may run; whether anything is to be waited for."""
        if not self._errors.job_exceptions:
            while step := self._next_step():
                self._begin(step)
            while self._queue and len(self._running) < self._manner.most:
                self._give_out(self._queue.popleft())
        return bool(self._running)

    # --- steps

    def _next_step(self) -> Step | None:
        """One whose steps before have all ended."""
        unfinished = {*self._waiting, *self._left}
        return next((s for s in self._waiting if not self._before[s] & unfinished), None)

    def _begin(self, step: Step) -> None:
        self._waiting.remove(step)
        forced = ": Forced to rerun" if step in self._forced else ""
        self._progress.say(1, f"Task enters queue = {step.name!r} {forced}")
        if step.about:
            self._progress.say(2, f"    {step.about}")
        try:
            for folder in step.folders:
                self._site.at(folder).mkdir(parents=True, exist_ok=True)
            jobs = [(job, describe(job)) for job in jobs_of(step)]
            found = [each for each in jobs if self._must_run(step, *each)]
        except Exception as error:  # a generator is the user's own, and may raise anything
            raise _not_made(step, error) from error
        if step.limit is not None:
            self._session.limit(*step.limit)
        for number, (job, shown) in enumerate(found, 1):
            name = step.name if len(jobs) == 1 else f"{step.name}/{number}"
            self._queue.append(Job(step, job, shown, name))
        self._left[step] = len(found)
        self._check_end(step, "Completed" if found else "Uptodate")

    def _must_run(self, step: Step, job: Parameters, name: str) -> bool:
        if step in self._forced:
            self._progress.say(3, f"    force task {name} to rerun ")
        else:
            why = reason_to_run(job, self._site)
            if why is None:
                self._progress.say(5, f"    {name} unnecessary: already Up to date")
                return False
            if not job:
                self._progress.say(3, f"    {name} no function to check if up-to-date ")
            elif not self._progress.say(4, f"    {name} {why} "):
                self._progress.say(3, f"    {name}")
        check_inputs(job, self._site)
        return True

    def _check_end(self, step: Step, said: str) -> None:
        """Tell of a step whose last job has ended."""
        if self._left[step]:
            return
        del self._left[step]
        for call in step.after:
            call()
        shown = f"{said} Task = {step.name!r}"
        self._progress.say(1, shown if said == "Uptodate" else f"{shown} ")

    # --- jobs

    def _give_out(self, job: Job) -> None:
        calls = self._calls.setdefault(job.step, Calls(job.step, self._session))
        job.task, job.made = calls.declare(job.name, job.parameters, self._site)
        self._running.append(job)  # before it is sent: whoever is interrupted stops it
        self._session.submit([job.task])

    def _ended(self) -> list[Job]:
        """Wait until a job has ended; all that have."""
        while True:
            if found := self._look():
                return found
            try:
                self._session.wait_some([job.task for job in self._running if job.task])
            except SessionError:
                if not (found := self._look()):
                    raise
                return found

    def _look(self) -> list[Job]:
        self._session.update([job.task for job in self._running if job.task])
        return [job for job in self._running if job.task and job.task.state in ENDED]

    def _take(self, job: Job) -> None:
        """Bring back what a job made, or note why it failed."""
        if job not in self._running or job.task is None:
            return  # it was stopped for the error of one that ended with it
        self._running.remove(job)
        if job.task.state != FINISHED:
            self._note(*job.failure())
            return
        try:
            job.bring_back(self._site)
        except (OSError, FlowlabError) as error:
            self._note(_row(job.step, job.shown, error), stops=False)
            return
        self._progress.say(3, f"    {job.shown} completed")
        self._left[job.step] -= 1
        if not self._errors.job_exceptions:
            self._check_end(job.step, "Completed")

    def _note(self, error: JobError, stops: bool) -> None:
        """Note an error; stop what still runs when there are enough."""
        errors = self._errors
        errors.job_exceptions.append(error)
        if stops:
            errors.told = f"Exceptions running jobs for\n\ntask = {error[0]!r}"
        if self._manner.aloud and not stops:
            self._progress.logger.error(errors.get_nth_exception_str())
        if stops or self._manner.at_once or len(errors) >= self._manner.most:
            self._stop()

    def _stop(self) -> None:
        """Cancel what runs, and forget what could not be sent."""
        tasks = [job.task for job in self._running if job.task]
        self._running.clear()
        self._queue.clear()
        if self._session.state != "open":
            return
        for task in tasks:
            if not task.submitted:
                self._session.discard(task)
        if stopped := [task for task in tasks if task.submitted]:
            self._session.cancel(stopped)


def _not_made(step: Step, error: Exception) -> RethrownJobError:
    told = f"Exceptions generating parameters for\n\ntask = {step.name!r}"
    return RethrownJobError([_row(step, "", error)], told)


def _row(step: Step, shown: str, error: Exception) -> JobError:
    kind = type(error)
    stack = "".join(traceback.format_exception(error))
    value = f"({error})" if str(error) else ""
    return step.name, shown, f"{kind.__module__}.{kind.__qualname__}", value, stack
