"""``python -m docbin``: the command line."""

import sys

from docbin.cli import main

sys.exit(main())
