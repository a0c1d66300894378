"""`%flowlab ship`: the notebook's own modules, as they are now, for all its later tasks."""

from flowlab.session.session import Session
from flowlab.staging.bundle import Bundle
from flowlab.tasks.modules import modules


class Shipping:
    """What one notebook has shipped."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}
        self._last: Bundle | None = None

    def ship(self, names: list[str], session: Session) -> str:
        """Ship these too, and all that were shipped before anew; says what was done."""
        wanted = dict.fromkeys([*self._names, *names])
        if not wanted:
            return "nothing was shipped yet: %flowlab ship NAME, a module, a package or a file"
        made = modules(*wanted)
        session.bundle(made, instead_of=self._last)
        self._names, self._last = wanted, made
        tops = {name.partition("/")[0].partition(".")[0] for name in made.names} - {"__pycache__"}
        return f"tasks that are declared from now on can import {', '.join(sorted(tops))}"
