"""``python -m zarrc``: the same as the ``zarrc`` command."""

from __future__ import annotations

import sys

from zarrc.cli import main

sys.exit(main())
