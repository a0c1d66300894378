"""PyMW's errors, as flowlab's."""

from flowlab.errors import UsageError


class TaskException(UsageError):
    """A task cannot be made, or is none that was submitted here."""


class InterfaceException(UsageError):
    """Something was asked of the engines that flowlab does otherwise."""
