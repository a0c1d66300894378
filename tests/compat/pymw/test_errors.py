"""PyMW's errors are flowlab's, too."""

import pytest

from flowlab.compat.pymw import InterfaceException, TaskException
from flowlab.errors import FlowlabError, UsageError


@pytest.mark.parametrize("error", [TaskException, InterfaceException])
def test_they_are_the_users_mistakes(error):
    assert issubclass(error, UsageError)
    with pytest.raises(FlowlabError, match="why"):
        raise error("why")
