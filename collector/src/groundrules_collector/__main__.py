"""Lets `python -m groundrules_collector` do what the console script does."""

import sys

from groundrules_collector.main import main

sys.exit(main())
