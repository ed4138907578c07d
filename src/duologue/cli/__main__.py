"""`python -m duologue.cli` is `duologue`."""

import sys

from duologue.cli import main

sys.exit(main())
