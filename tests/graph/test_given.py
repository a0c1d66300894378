"""What is given where a task is declared."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.given import (
    check_cpus,
    check_name,
    check_type,
    decode_config,
    encode_config,
    shorten,
)
from flowlab.model.resources import ONE_CPU, Resources


def test_what_fits_is_given_back():
    assert (check_name("a/b"), check_name(None)) == ("a/b", "")
    assert check_cpus(1, "t") is ONE_CPU
    assert check_cpus(3, "t") == Resources(3)
    assert check_type("a/b", "t") == "a/b"


@pytest.mark.parametrize("cpus", [0, -1, 1.5, "2", True, None])
def test_cpus_are_a_whole_number(cpus):
    with pytest.raises(UsageError, match=r"'t' asks for cpus=.*whole number"):
        check_cpus(cpus, "t")


@pytest.mark.parametrize("name", ["", None, 3])
def test_a_type_is_a_name(name):
    with pytest.raises(UsageError, match="str doesn't define `TASK_TYPE`"):
        check_type(name, "t")


@pytest.mark.parametrize("config", [None, 0, [], {"a": [1, "b"]}])
def test_a_config_comes_back(config):
    assert decode_config(encode_config(config, "t")) == config


def test_a_config_is_json():
    with pytest.raises(UsageError, match="'t': config must be JSON"):
        encode_config({1, 2}, "t")


def test_a_long_repr_is_cut():
    assert shorten("x") == "'x'"
    assert len(shorten("x" * 100)) == 58
