"""What the tests let PyMW's tasks do."""

import os
import sys
import time


def null_worker(in_data):
    return in_data


def err_worker():
    return 0 / 0


def print_worker():
    sys.stdout.write("stdout test")
    sys.stderr.write("stderr test")


def read_all(*names):
    return [open(name).read() for name in names]


def helper(n):
    return n + 1


def uses_helper(n):
    return helper(n) * 2


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.01)
    return "came"
