"""Room for open files: there is some, and nothing stays open for it."""

import subprocess
import sys


def test_the_table_has_grown_and_nothing_is_open():
    code = """if True:
        import os
        from flowlab.cluster.descriptors import make_room
        before = os.listdir("/proc/self/fd")
        make_room()
        assert os.listdir("/proc/self/fd") == before
        (line,) = [line for line in open("/proc/self/status") if line.startswith("FDSize")]
        print(line.split()[1])
    """
    assert int(subprocess.check_output([sys.executable, "-c", code])) >= 512


def test_where_fewer_are_allowed_there_is_room_for_those():
    code = """if True:
        import resource
        from flowlab.cluster.descriptors import make_room
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(7)[1]))
        make_room()
        (line,) = [line for line in open("/proc/self/status") if line.startswith("FDSize")]
        print(line.split()[1])
    """
    assert int(subprocess.check_output([sys.executable, "-c", code])) == 256
