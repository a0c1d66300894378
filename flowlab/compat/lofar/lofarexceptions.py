"""LOFAR's errors, as flowlab's."""

from flowlab.errors import FlowlabError


class PipelineException(FlowlabError):
    """A recipe cannot go on."""


class PipelineQuit(PipelineException):
    """A recipe was interrupted while its jobs ran; they have ended."""
