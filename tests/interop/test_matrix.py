"""Every data type and codec, between zarrc and each other library that is installed.

A library that refuses a case skips it: ``docs/support.md`` says who supports what. One that reads other values than
were written fails.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from interop.libraries import LIBRARIES, NotSupported, installed, zarrc_read, zarrc_write
from interop.matrix_cases import SECTIONS, as_given, contents, create

from zarrc.errors import MissingDependencyError

CASES = [
    pytest.param(case, id=f"{section.rpartition(' ')[2]}-{case.name}")
    for section, cases in SECTIONS.items()
    for case in cases
]


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("case", CASES)
def test_it_reads_what_zarrc_writes(tmp_path, case, library):
    if not installed(library):
        pytest.skip(f"{library} is not installed")
    try:
        array = create(case, tmp_path)
    except MissingDependencyError as e:
        pytest.skip(str(e))
    value = contents(case, array)
    zarrc_write(tmp_path, value)
    assert as_given(zarrc_read(tmp_path), value)
    try:
        found = LIBRARIES[library][0](tmp_path)
    except NotSupported as e:
        pytest.skip(f"{library} refuses it: {e}"[:200])
    assert as_given(np.asarray(found), value)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("case", CASES)
def test_zarrc_reads_what_it_writes(tmp_path, case, library):
    if not installed(library):
        pytest.skip(f"{library} is not installed")
    try:
        array = create(case, tmp_path)
    except MissingDependencyError as e:
        pytest.skip(str(e))
    value = contents(case, array)
    try:
        LIBRARIES[library][1](tmp_path, value)
    except NotSupported as e:
        pytest.skip(f"{library} refuses it: {e}"[:200])
    assert as_given(zarrc_read(tmp_path), value)
