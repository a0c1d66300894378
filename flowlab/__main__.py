"""`python -m flowlab` does what the program `flowlab` does."""

import sys

from flowlab.staging.command import main

sys.exit(main())
