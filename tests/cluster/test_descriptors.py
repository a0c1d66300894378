"""Room for open files: there is some, and nothing stays open for it."""

import os
import resource
import subprocess
import sys

from flowlab.cluster.descriptors import make_room


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


def test_where_fewer_are_allowed_there_is_less_room_and_no_error():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    before = sorted(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        make_room()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert sorted(os.listdir("/proc/self/fd")) == before
