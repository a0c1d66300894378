"""LOFAR's errors are flowlab's."""

from flowlab.compat.lofar.lofarexceptions import PipelineException, PipelineQuit
from flowlab.errors import FlowlabError


def test_who_expects_an_error_of_flowlab_s_gets_these():
    assert issubclass(PipelineException, FlowlabError)
    assert issubclass(PipelineQuit, PipelineException)
