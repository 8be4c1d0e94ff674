"""Build of the one extension module, ``zarrc._core``: Cython over the C core in ``csrc/``.

zstd, LZ4, zlib-ng and BloscLZ come from the static library that the blosc2 wheel ships. It is found without
importing blosc2.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import numpy
from Cython.Build import cythonize
from setuptools import Extension, setup

HERE = Path(__file__).parent


def blosc2_static_library() -> Path:
    """Path of ``libblosc2.a`` in the installed blosc2 wheel."""
    spec = importlib.util.find_spec("blosc2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit(
            "zarrc needs the blosc2 wheel to build (it ships zstd, LZ4 and zlib-ng as a static library). "
            "Without build isolation, install it first: pip install 'blosc2>=4.14' cython numpy setuptools"
        )
    root = Path(spec.submodule_search_locations[0])
    library = root / "lib" / "libblosc2.a"
    if not library.is_file():
        sys.exit(
            f"the installed blosc2 has no {library.relative_to(root)}: install the wheel from PyPI "
            "(pip install --force-reinstall --only-binary=blosc2 'blosc2>=4.14'), not a source or distribution build"
        )
    return library


def extension() -> Extension:
    library = blosc2_static_library()
    link = ["-Wl,--exclude-libs,ALL"] if sys.platform.startswith("linux") else []
    sources = sorted(str(p.relative_to(HERE)) for p in (HERE / "csrc").rglob("*.c"))
    headers = sorted(str(p.relative_to(HERE)) for p in (HERE / "csrc").rglob("*.h"))
    includes = sorted(str(p.relative_to(HERE)) for p in (HERE / "zarrc").glob("*.pxi"))
    return Extension(
        "zarrc._core",
        ["zarrc/_core.pyx", *sources],
        depends=headers + includes,
        include_dirs=[str(HERE / "csrc"), numpy.get_include()],
        define_macros=[("NPY_NO_DEPRECATED_API", "NPY_2_0_API_VERSION"), ("NPY_TARGET_VERSION", "NPY_2_0_API_VERSION")],
        extra_compile_args=["-std=gnu11", "-O3", "-fvisibility=hidden", *os.environ.get("ZARRC_CFLAGS", "").split()],
        extra_objects=[str(library)],
        extra_link_args=["-pthread", *link, *os.environ.get("ZARRC_LDFLAGS", "").split()],
        libraries=["m"],
    )


setup(
    ext_modules=cythonize(
        [extension()],
        compiler_directives={
            "language_level": "3",
            "boundscheck": False,
            "wraparound": False,
            "embedsignature": True,
            "freethreading_compatible": True,
        },
        nthreads=0,
    )
)
