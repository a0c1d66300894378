"""Both clusters have all that the pump asks for."""

import inspect

import pytest

from flowlab.cluster.engines import EngineCluster
from flowlab.cluster.inline import InlineCluster
from flowlab.cluster.port import Cluster


@pytest.mark.parametrize("cluster", [EngineCluster, InlineCluster])
def test_it_has_the_methods_of_the_protocol_with_the_same_arguments(cluster):
    for name in ("start", "perform", "describe", "close"):
        wanted = inspect.signature(getattr(Cluster, name))
        assert list(inspect.signature(getattr(cluster, name)).parameters) == list(wanted.parameters)
