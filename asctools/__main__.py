"""``python -m asctools``: see :mod:`asctools.cli`."""

import sys

from asctools.cli import main

sys.exit(main())
