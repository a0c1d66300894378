"""Where engines come from: started here, launched as a profile says, or there already.

Our own engines of this host come first and link by themselves; the controller comes after them, for
`%px`. Those of a profile come after the controller, and are told to link by it. Belongs to the
launcher's thread, as do ipyparallel's `Cluster` and `Client`.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flowlab.cluster.choice import START_SECONDS, EngineChoice
from flowlab.cluster.controller import HUB_SECONDS
from flowlab.cluster.logs import Heard, last_words
from flowlab.cluster.own import ENGINE_ARGS, cluster_file, ipyparallel, make_cluster
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.spawn import OwnEngines
from flowlab.cluster.telling import Office
from flowlab.errors import ClusterError

HEAD_START = 3.0  # s at most that our own engines have before the controller takes the processors
QUIET = 0.3  # s for their first tasks, after they have linked
_POLL = 0.05  # s between two looks whether a foreign cluster has engines

Launched = Callable[[int, list[int], float], None]


class Source:
    """Controller and engines of one choice.

    resume    the controller is that of another scheduler process, and so are the engines
    launched  told how many engines were started, with which pids, and when
    """

    def __init__(
        self,
        run: RunDirectory,
        choice: EngineChoice,
        office: Office,
        launched: Launched,
        resume: bool,
    ) -> None:
        self.local = choice.own and not choice.profile
        self.client: Any = None
        self.come = asyncio.Event()  # all engines that were started have linked
        self._run = run
        self._choice = choice
        self._office = office
        self._launched = launched
        self._resume = resume
        self._own = OwnEngines(run)
        self._heard = Heard()
        self._cluster: Any = None

    async def begin(self, order: dict[str, str]) -> None:
        """Bring controller and `client` about; what stands in the way is raised.

        Engines that a profile launches come with them, our own ones by `launch`.
        """
        self._order = order
        # Tasks on engines that link by themselves do not wait for what is late here
        seconds = max(self._choice.start_seconds, START_SECONDS * self.local)
        try:
            await asyncio.wait_for(self._begin(), seconds)
        except TimeoutError as late:
            raise ClusterError(str(late) or f"nothing happened in {seconds:.0f} s") from late

    async def launch(self, number: int) -> None:
        """Start so many engines."""
        if self.local:
            pids = self._own.start(number, self._order)
        else:
            name = await self._cluster.start_engines(
                number, environment={"FLOWLAB_RUN": self._run.run}, engine_args=ENGINE_ARGS
            )
            launchers = getattr(self._cluster.engines[name], "launchers", {})
            pids = [one.pid for one in launchers.values() if getattr(one, "pid", 0) > 0]
        self._launched(number, pids, time.monotonic())

    def look(self) -> None:
        """What is to be done now and then."""
        self._own.look()

    def last_words(self) -> str:
        """Where the logs are, and what the process that failed last had to say."""
        return last_words(self._run.profile / "log", self._own.said or self._heard.text)

    def controller_pid(self) -> int:
        """The process that we know of; -1 when there is none, or it runs elsewhere."""
        controller = self._cluster.controller if self._cluster is not None else None
        return int(getattr(controller, "pid", -1))

    def connection_file(self) -> str:
        """What `ipyparallel.Client(…)` takes; empty when there is no controller of ours."""
        cluster = self._cluster
        if cluster is None or cluster.controller is None:
            return ""
        return str(cluster.controller.connection_files["client"])

    def close(self) -> None:
        """Leave the hub."""
        if self.client is not None:
            self.client.close(linger=0)

    async def _begin(self) -> None:
        if self._choice.connection is not None:
            seconds = min(HUB_SECONDS, self._choice.start_seconds)
            connection = dict(self._choice.connection)
            self.client = ipyparallel().Client(connection, timeout=seconds)
            await self._wait_for_foreign()
            return
        self._office.capacity(self._choice.wanted)
        if not self._resume:
            self._say_start()
            if self.local:
                await self._let_them_come()
        # The process before may have died while its engines ran, and before it started a controller
        is_there = self._resume and (not self.local or cluster_file(self._run).exists())
        self._cluster = make_cluster(self._run, self._choice.profile, is_there, self._heard)
        if not is_there:
            await self._start_controller()
        elif self._cluster.controller is None:
            raise ClusterError("its process is gone")
        info = await self._cluster.controller.get_connection_info()
        self.client = ipyparallel().Client(
            info["client"], cluster=self._cluster, profile_dir=self._cluster.profile_dir,
            timeout=HUB_SECONDS,
        )  # fmt: skip

    def _say_start(self) -> None:
        wanted = self._choice.wanted
        plural = "engine" if wanted == 1 else "engines"
        how = f"by profile {self._choice.profile!r}" if self._choice.profile else "on this host"
        self._office.notice(f"starting {wanted} {plural} {how}")

    async def _let_them_come(self) -> None:
        """Let our own engines link and run their first tasks before other processes start."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.come.wait(), HEAD_START)
        await asyncio.sleep(QUIET)

    async def _start_controller(self) -> None:
        # A file `queue.py` beside the notebook must not become the controller's
        safe = {"PYTHONSAFEPATH": "1"} if self.local else {}
        await self._cluster.start_controller(environment={"FLOWLAB_RUN": self._run.run, **safe})
        self._office.started([self.controller_pid()])
        if not self.local:
            await self.launch(self._choice.wanted)

    async def _wait_for_foreign(self) -> None:
        while not self.client.ids:  # noqa: ASYNC110 - the client has nothing to await
            await asyncio.sleep(_POLL)
        self._office.capacity(len(self.client.ids))
        self._office.notice(
            "connected to a cluster that was started elsewhere: its engines are not replaced when "
            "they die, and live on when this client is closed"
        )
