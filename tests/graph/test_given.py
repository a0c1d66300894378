"""What is given where a task is declared."""

import pytest

from flowlab.errors import UsageError
from flowlab.graph.given import (
    check_claims,
    check_name,
    check_type,
    decode_config,
    encode_config,
    shorten,
)
from flowlab.model.resources import ONE_CPU, Resources


def claims(cpus=1, where=None, limit=None, *, alone=False):
    return check_claims(cpus, where, limit, alone, "t")


def test_what_fits_is_given_back():
    assert (check_name("a/b"), check_name(None)) == ("a/b", "")
    assert claims() is ONE_CPU
    assert claims(3) == Resources(3)
    assert check_type("a/b", "t") == "a/b"


@pytest.mark.parametrize("cpus", [0, -1, 1.5, "2", True, None])
def test_cpus_are_a_whole_number(cpus):
    with pytest.raises(UsageError, match=r"'t' asks for cpus=.*whole number"):
        claims(cpus)


def test_what_is_said_of_the_place_and_of_limits_is_read_in_any_form():
    assert claims(where="a").where == ("a",)
    assert claims(where=3).where == (3,)
    assert claims(where=["a", 0, "a"]).where == ("a", 0)
    assert claims(where="any") == claims(where=[0, "any"]) == ONE_CPU
    assert claims(limit="db").limits == ("db",)
    assert claims(limit=("db", "disk", "db")).limits == ("db", "disk")
    assert claims(2, "a", "db", alone=True) == Resources(2, (), ("db",), ("a",), alone=True)


@pytest.mark.parametrize("where", [True, -1, "", 1.5, ["a", None], {"a": 1}, b"a"])
def test_a_place_is_an_engine_or_a_host(where):
    with pytest.raises(UsageError, match=r"'t': where= takes the number of an engine, the name"):
        claims(where=where)


@pytest.mark.parametrize("where", [[], (), set()])
def test_a_list_without_a_place_is_refused(where):
    with pytest.raises(UsageError, match="'t': where= names no engine and no host"):
        claims(where=where)


@pytest.mark.parametrize("limit", [1, "", ["a", 2], b"db"])
def test_limits_have_names(limit):
    with pytest.raises(UsageError, match=r"'t': limit= takes names of limits"):
        claims(limit=limit)


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
