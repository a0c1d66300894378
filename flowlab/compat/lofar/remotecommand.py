"""`ComputeJob` and `RemoteCommandMixin`: runs a list of jobs on hosts, and waits for them.

After LOFAR's "Pipeline-native task distribution". Each job is a task of a flowlab session, so jobs
and tasks share engines and picture.
"""

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flowlab.compat.by_value import local_homes
from flowlab.compat.lofar.errorflag import HasError
from flowlab.compat.lofar.flights import Flight
from flowlab.compat.lofar.sessions import session_for_jobs
from flowlab.errors import WrongKind, WrongValue
from flowlab.session.session import Session
from flowlab.staging.host import host_name
from flowlab.tasks.jobfolder import JobFolder
from flowlab.tasks.script import Script, read_script

__all__ = ["ComputeJob", "RemoteCommandMixin", "RemoteCommandRecipeMixIn"]

NEVER = 123456  # the return code of a job that never ran
_CPUS = frozenset({"cpu", "cpus", "cores", "nr_cores"})


class ComputeJob:
    """A command to run on a host, with its arguments.

    host       name of a host, number of an engine, "localhost", or "any"
    command    such as "python nodes/x.py": a script that is here travels to the host
    arguments  text, or any values for a script that calls `run_with_stored_arguments`
    resources  such as {"nr_cores": 4}
    results    `returncode` (123456 until it ran), `job_duration` (s, as text), `host`, `usage`, and
               what the script put into its outputs
    """

    def __init__(
        self,
        host: str | int,
        command: str,
        arguments: Iterable[Any] = (),
        resources: Mapping[str, int] | None = None,
    ) -> None:
        if host == "" or type(host) not in {str, int}:
            raise WrongKind(
                f"a job's host is a host's name, an engine's number or 'any', not {host!r}"
            )
        if type(command) is not str or not command.strip():
            raise WrongKind(f"a job's command is text such as 'python x.py', not {command!r}")
        if isinstance(arguments, str):
            raise WrongKind(f"a job's arguments are a list, not the text {arguments!r}")
        self.id: int | None = None
        self.host = host
        self.command = command
        self.arguments = list(arguments)
        self.resources = dict(resources or {})
        self.results: dict[str, Any] = {"returncode": NEVER}

    @property
    def where(self) -> str | int:
        """Where its task may run."""
        return host_name() if self.host == "localhost" else self.host

    @property
    def cpus(self) -> int:
        """Slots that it holds."""
        strange = [name for name in self.resources if name not in _CPUS]
        if strange:
            raise WrongValue(f"resources knows 'nr_cores' alone, not {strange[0]!r}")
        for name, value in self.resources.items():
            if type(value) is not int or value < 1:
                raise WrongValue(f"resources[{name!r}] is a whole number from 1 on, not {value!r}")
        return max([1, *self.resources.values()])

    def read(self) -> tuple[list[str], Script | None]:
        """Words of its command, and its script; none when there is no such file here.

        In the words stands where the script will lie.
        """
        try:
            words = shlex.split(self.command)
        except ValueError as error:
            raise WrongValue(f"the command {self.command!r} cannot be read: {error}") from error
        for place, word in enumerate(words):
            if word.endswith(".py") and os.path.isfile(os.path.expanduser(word)):
                script = read_script(word)
                head = [] if place else ["python"]
                return [*head, *words[:place], script.path, *words[place + 1 :]], script
        return words, None

    def __repr__(self) -> str:
        told = self.results["returncode"]
        how = "not run" if told == NEVER else f"returncode {told}"
        return f"<ComputeJob {self.command!r} on {self.host}, {how}>"


class RemoteCommandMixin(HasError):
    """For a class that runs jobs.

    session        in which they are tasks; without it the active one
    logger         of the class that it is mixed into, else the session's
    job_directory  files below it, which jobs name in their arguments, go to the host and come back
    """

    session: Session | None = None
    job_directory: str | os.PathLike[str] | None = None

    def _schedule_jobs(
        self, jobs: Sequence[ComputeJob], max_per_node: int | None = None
    ) -> dict[int, ComputeJob]:
        """Run all jobs, and wait for them; the jobs by their numbers, in order.

        One that fails stops no other; `error` is set.
        max_per_node  how many may run at once on each host
        Raises UsageError, before any runs, for a host that nobody knows, and for a session that
        ends with the first job that fails; PipelineQuit when interrupted: what runs is killed, and
        jobs that did not end have returncode 1.
        """
        listed = list(jobs)
        for number, job in enumerate(listed):
            if not isinstance(job, ComputeJob):
                raise WrongKind(f"jobs are ComputeJob(host, command, arguments), not {job!r}")
            job.id = number
            job.results = {"returncode": NEVER}
        session = session_for_jobs(self)
        folder = self.job_directory and JobFolder(self.job_directory, session)
        logger = getattr(self, "logger", None) or session.logger
        homes = local_homes([type(self)])
        Flight(session, logger, self.error, folder or None, homes).run(listed, max_per_node)
        return dict(enumerate(listed))


RemoteCommandRecipeMixIn = RemoteCommandMixin
