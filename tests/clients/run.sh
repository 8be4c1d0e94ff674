#!/usr/bin/env bash
# Runs test suites of others with zarrc where they import zarr. Not part of the default test run.
#
#   tests/clients/run.sh xarray|xarray-engine|dask|zarr [pytest arguments]
#
# xarray-engine: xarray's tests of engine "zarr", opened and written by zarrc.interop.xarray, zarr-python beside it.
#
# Needs a Python 3.12 environment with zarrc installed and: zarr xarray dask pandas fsspec pytest pytest-asyncio
# hypothesis numpydoc. CLIENTS is the folder that has swapzarr.py, ini/ and zarr_tests_A_public.txt; WORK is where
# source distributions are unpacked (the wheels of zarr and of xarray lack parts of their tests).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
: "${CLIENTS:?set CLIENTS to the folder of swapzarr.py}"
WORK=${WORK:-$(mktemp -d)}
suite=${1:?xarray, xarray-engine, dask or zarr}
shift
export ZARR_SWAP=zarrc

source_of() { # name: unpacks the source distribution of the installed version, prints its folder
    local version
    version=$(python -c "import importlib.metadata as m; print(m.version('$1'))")
    if [ ! -d "$WORK/$1-$version" ]; then
        python -m pip download -q --no-deps --no-binary "$1" -d "$WORK" "$1==$version" >&2
        tar -xf "$WORK/$1-$version.tar.gz" -C "$WORK"
    fi
    echo "$WORK/$1-$version"
}

case $suite in
xarray)
    mkdir -p "$WORK/plugins"
    cp "$(source_of xarray)/conftest.py" "$WORK/plugins/xr_conftest.py"
    cd "$WORK"
    PYTHONPATH="$CLIENTS:$WORK/plugins" exec python -m pytest -p swapzarr -c "$CLIENTS/ini/xarray.ini" --rootdir=. \
        -p xr_conftest --pyargs xarray.tests.test_backends -q -p no:cacheprovider -W ignore \
        -k "${KEYWORD:-TestZarrDirectoryStore or TestZarrRegionAuto or TestZarrDictStore}" "$@"
    ;;
xarray-engine)
    mkdir -p "$WORK/plugins"
    cp "$(source_of xarray)/conftest.py" "$WORK/plugins/xr_conftest.py"
    cd "$WORK"
    PYTHONPATH="$here:$WORK/plugins" exec python -m pytest -p zarrc_engine -c "$CLIENTS/ini/xarray.ini" --rootdir=. \
        -p xr_conftest --pyargs xarray.tests.test_backends -q -p no:cacheprovider -W ignore -k "${KEYWORD:-zarr}" "$@"
    ;;
dask)
    cd "$WORK"
    PYTHONPATH="$CLIENTS" exec python -m pytest -p swapzarr -c "$CLIENTS/ini/dask.ini" --rootdir=. \
        --pyargs dask.array.tests.test_array_core dask.array.tests.test_xarray -k zarr -q -p no:cacheprovider "$@"
    ;;
zarr)
    cd "$(source_of zarr)"
    ZARR_SWAP_FALLBACK=stock PYTHONPATH="$CLIENTS:$here" exec python -m pytest -p swapzarr -p stock_names \
        "@$CLIENTS/zarr_tests_A_public.txt" -q -p no:cacheprovider "$@"
    ;;
*)
    echo "unknown suite $suite" >&2
    exit 2
    ;;
esac
