"""`%load_ext flowlab`: registers what is free, and undoes all of it on unload."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult, InteractiveShell

from flowlab.errors import FlowlabError
from flowlab.graph.active import set_default_maker
from flowlab.graph.place import set_cell_finder
from flowlab.notebook import options
from flowlab.notebook.complete import Matcher, make_matcher
from flowlab.notebook.config import FlowLab
from flowlab.notebook.display import Screen
from flowlab.notebook.magics import FlowMagics
from flowlab.notebook.workspace import Workspace
from flowlab.session.client import Client


class Extension:
    """All that loading put into one shell."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self.config = FlowLab.instance(parent=shell)
        self.screen = Screen(self.config, shell)
        self.workspace = Workspace(shell.user_ns, self._make_client)
        self.magics = FlowMagics(shell, self.workspace, self.screen, self._close)
        self._matcher: Matcher = make_matcher(self.workspace)
        self._registered: list[tuple[str, str]] = []
        self._configurables: list[Any] = shell.configurables  # what %config knows

    def load(self) -> None:
        """Register magics under the names that are free, completion, and the default session."""
        shell = self._shell
        for name, verb in self.magics.cell_verbs().items():
            self._register("cell", name, verb, options.CELLS[name])
        for name in ("submit", "fetch", "wait"):
            self._register("line", name, self.magics.verbs()[name], options.VERBS[name])
        self._register("line", "flowlab", self.magics.flowlab, None)
        self._register("cell", "flowlab", self.magics.flowlab_cell, None)
        shell.Completer.custom_matchers.append(self._matcher)
        shell.events.register("pre_run_cell", self._before_cell)
        shell.events.register("post_run_cell", self._after_cell)
        self._configurables.append(self.config)
        set_default_maker(lambda: self.workspace.session)
        set_cell_finder(self._find_cell)

    def unload(self) -> None:
        """Undo `load`, and end the session with its engines."""
        shell = self._shell
        set_default_maker(None)
        set_cell_finder(None)
        self._configurables.remove(self.config)
        shell.events.unregister("pre_run_cell", self._before_cell)
        shell.events.unregister("post_run_cell", self._after_cell)
        shell.Completer.custom_matchers.remove(self._matcher)
        for kind, name in self._registered:
            shell.magics_manager.magics[kind].pop(name, None)
        self._registered.clear()
        self._close()
        FlowLab.clear_instance()

    def _find_cell(self, file: str) -> int | None:
        """The number of the cell whose code has this file name."""
        kind, name = self._shell.compile.format_code_name(file) or ("", "")
        return int(name[3:-1]) if kind == "Cell" and name.startswith("In[") else None

    def _close(self) -> None:
        """End session and engines; what was seen last stays as a picture."""
        try:
            self.workspace.close()
        finally:
            self.screen.close()

    def _register(
        self, kind: str, name: str, call: Callable[..., Any], words: options.Parser | None
    ) -> None:
        if self._shell.find_magic(name, kind) is not None:
            mark = "%%" if kind == "cell" else "%"
            print(f"flowlab: {mark}{name} is taken by another extension; use %flowlab {name}")
            return

        def magic(*args: Any) -> object:
            try:
                return call(*args)
            except KeyboardInterrupt as stop:  # where we waited is nothing to the user
                raise stop.with_traceback(None) from None

        magic.__name__ = name
        magic.__doc__ = words.format_help() if words is not None else call.__doc__
        register: Callable[..., None] = self._shell.register_magic_function  # its hints are off
        register(magic, kind, name)
        self._registered.append((kind, name))

    def _before_cell(self, info: ExecutionInfo) -> None:
        self.screen.front_end = info.cell_id is not None

    def _after_cell(self, _result: ExecutionResult) -> None:
        self.screen.outputs.cell_over()

    def _make_client(self) -> Client:
        """With engines on their way: while the user writes on, they come."""
        config = self.config
        client = Client(
            config.engines or None,
            profile=config.profile or None,
            cluster=config.cluster or None,
            listen=config.listen,
            inline=config.inline,
            store_size=config.store_size or None,
            prefault=config.prefault,
            spill=config.spill or None,
        )
        with suppress(FlowlabError, OSError):  # tried again at the submit, and said there
            client.start()
        return client


_extensions: dict[int, Extension] = {}


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Load into a shell; a second time does nothing."""
    if id(shell) not in _extensions:
        extension = Extension(shell)
        extension.load()
        _extensions[id(shell)] = extension


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Undo everything; engines end at once."""
    extension = _extensions.pop(id(shell), None)
    if extension is not None:
        extension.unload()


def loaded(shell: InteractiveShell) -> Extension | None:
    """The extension in this shell, for tests and other front doors."""
    return _extensions.get(id(shell))
