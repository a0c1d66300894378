"""Names of hosts, for programs and for people."""

import platform

from flowlab.staging.host import host_id, host_name


def test_the_host_has_one_name():
    assert host_id() == host_id()
    assert len(host_id()) == 16


def test_processes_of_one_machine_can_be_told_apart_as_hosts(monkeypatch):
    here = host_id()
    monkeypatch.setenv("FLOWLAB_HOST", "b")
    there = host_id()
    monkeypatch.setenv("FLOWLAB_HOST", "c")
    assert len({here, there, host_id()}) == 3


def test_people_call_it_as_the_network_does_or_as_it_is_told(monkeypatch):
    monkeypatch.delenv("FLOWLAB_HOST", raising=False)
    assert host_name() == platform.node()
    monkeypatch.setenv("FLOWLAB_HOST", "b")
    assert host_name() == "b"
