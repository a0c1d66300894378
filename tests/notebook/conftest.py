"""A real shell with the extension loaded, its tasks run inline."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from flowlab.notebook.extension import load_ipython_extension, loaded, unload_ipython_extension


class Notebook:
    """Runs cells as a user would, and gives what they left."""

    def __init__(self, shell):
        self.shell = shell
        self.names = shell.user_ns

    @property
    def workspace(self):
        return loaded(self.shell).workspace

    def run(self, cell):
        """Run a cell; its error is raised."""
        return self.shell.run_cell(cell, store_history=True).raise_error()

    def value(self, cell):
        """The value of a cell's last expression."""
        result = self.shell.run_cell(cell, store_history=True)
        result.raise_error()
        return result.result


@pytest.fixture
def shell():
    InteractiveShell.clear_instance()
    config = Config()
    config.FlowLab.inline = True
    config.FlowLab.display = "text"
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config)
    yield shell
    unload_ipython_extension(shell)
    InteractiveShell.clear_instance()


@pytest.fixture
def notebook(shell):
    load_ipython_extension(shell)
    return Notebook(shell)
