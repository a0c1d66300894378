"""A program that says how it was started."""
# mirrors: nothing; a part of test_process.py

import json
import os
import sys

if __name__ == "__main__":
    sys.stdin.read()
    assert json.loads("1") == 1
    print(sys.argv[1:], os.environ["FLOWLAB_RUN"])
    print("to stderr", file=sys.stderr)
