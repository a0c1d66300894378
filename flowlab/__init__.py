"""flowlab: a cell becomes a task, and the tasks become a graph that runs on your engines."""

__version__ = "0.1.0"
