"""Runs zarr-python's own tests with zarrc as its codec pipeline.

    pip download --no-deps --no-binary zarr zarr==3.4.2 && tar xf zarr-3.4.2.tar.gz
    python tests/clients/pipeline_battery.py zarr-3.4.2

zarrc must be installed with its entry points: the tests start processes that find the pipeline by them. Options after
the directory go to pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FILES = [
    "tests/test_array.py",
    "tests/test_indexing.py",
    "tests/test_codecs",
    "tests/test_v2.py",
    "tests/test_group.py",
    "tests/test_api.py",
    "tests/test_unified_chunk_grid.py",
    "tests/test_resize.py",
    "tests/test_codec_pipeline_suite.py",
]

# What these ask for is not behaviour of arrays:
EXCEPTIONS = {
    # replaces a method of zarr-python's own shard index and expects reads to stumble over it
    "test_sharding_partial_shard_read__index_chunk_slice_fails": "local or memory",
    # the engine lays inner chunks out in C order, which the specification leaves open
    "test_encoded_subchunk_write_order": "morton",
    # counts a request per shard that, as the test says, is not needed (3.1)
    "test_create_array_with_data_num_gets": "numpy or zarr",
}


def main() -> int:
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    source, *options = sys.argv[1:]
    files = [name for name in FILES if (Path(source) / name).exists()]
    skip = " or ".join(f"({test} and ({kind}))" for test, kind in EXCEPTIONS.items())
    environment = {**os.environ, "ZARR_CODEC_PIPELINE__PATH": "zarrc.ZarrcCodecPipeline"}
    command = [sys.executable, "-m", "pytest", *files, "-q", "-p", "no:cacheprovider", "-k", f"not ({skip})", *options]
    return subprocess.run(command, cwd=source, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
