"""`MasterNodeInterface`: a recipe of one command for all its jobs, with a hook for each ending."""

from collections.abc import Iterable
from typing import Any

from flowlab.compat.lofar.baserecipe import BaseRecipe
from flowlab.compat.lofar.remotecommand import ComputeJob, RemoteCommandMixin
from flowlab.errors import UsageError
from flowlab.session.session import Session

__all__ = ["MasterNodeInterface"]


class MasterNodeInterface(BaseRecipe, RemoteCommandMixin):
    """Append jobs, and run them.

    command  of all of them; by default the node script of the recipe's own file: the one of the
             same name in the directory `nodes` that stands for its `master`
    """

    def __init__(self, command: str | None = None, *, session: Session | None = None) -> None:
        super().__init__(session)
        self._command = command
        self._jobs: list[ComputeJob] = []

    def append_job(self, host: str | int, arguments: Iterable[Any] = ()) -> ComputeJob:
        """Add a job, to be run by `run_jobs`."""
        command = self._command or f"python {self.__file__.replace('master', 'nodes')}"
        job = ComputeJob(host, command, arguments)
        self._jobs.append(job)
        return job

    def run_jobs(self, max_per_node: int | None = None) -> int:
        """Run all that were added; 0 when none failed, 1 when some did, -1 when all did."""
        if not self._jobs:
            raise UsageError(f"{self.name} has no jobs; add them by append_job(host, arguments)")
        jobs, self._jobs = self._jobs, []
        self._schedule_jobs(jobs, max_per_node)
        failed = [job for job in jobs if job.results["returncode"] != 0]
        if not failed:
            self.on_succes()
            return 0
        if len(failed) < len(jobs):
            self.on_error()
            return 1
        self.on_failure()
        return -1

    def on_failure(self) -> None:
        """All jobs failed."""
        self.logger.error("%s: all jobs have failed", self.name)

    def on_error(self) -> None:
        """Some jobs failed, others did not."""
        self.logger.error("%s: some jobs have failed", self.name)

    def on_succes(self) -> None:
        """No job failed; called as LOFAR writes it."""
        self.logger.info("%s: all jobs have succeeded", self.name)
