"""zarrc beside other Zarr libraries: the same stores, the same rows, in one run. ``python -m asv_bench.peers --help``.

Every library works in a process of its own. The rounds are interleaved (round 1 of every library, round 2 of every
library, ...), so that a machine that slows down or speeds up does so for all of them.
"""
