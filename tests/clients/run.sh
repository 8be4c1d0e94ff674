#!/usr/bin/env bash
# Runs test suites of others with zarrc where they import zarr. Not part of the default test run.
#
#   tests/clients/run.sh xarray|xarray-engine|dask|zarr|anndata|ome-zarr [pytest arguments]
#   ZARR_SWAP= tests/clients/run.sh anndata        the same tests on zarr-python itself, to compare with
#
# xarray-engine: xarray's tests of engine "zarr", opened and written by zarrc.interop.xarray, zarr-python beside it.
#
# Needs a Python 3.12 environment with zarrc installed and: zarr xarray dask pandas fsspec pytest pytest-asyncio
# pytest-benchmark pytest-cov hypothesis numpydoc; for all of zarr-python's tests also obstore s3fs moto[server] typer
# universal-pathlib cast-value-rs. anndata and ome-zarr need what their sources list under dependency-groups; theirs is
# best an environment of its own (anndata 0.13 with pandas 3.0). CLIENTS is the folder that has swapzarr.py, ini/ and zarr_tests_A_public.txt; WORK is where
# source distributions are unpacked (the wheels of zarr and of xarray lack parts of their tests).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
: "${CLIENTS:?set CLIENTS to the folder of swapzarr.py}"
WORK=${WORK:-$(mktemp -d)}
suite=${1:?xarray, xarray-engine, dask, zarr, anndata or ome-zarr}
shift
export ZARR_SWAP=${ZARR_SWAP-zarrc}

source_of() { # name: unpacks the source distribution of the installed version, prints its folder
    local version folder
    version=$(python -c "import importlib.metadata as m; print(m.version('$1'))")
    folder=${1//-/_}-$version
    if [ ! -d "$WORK/$folder" ]; then
        python -m pip download -q --no-deps --no-binary "$1" -d "$WORK" "$1==$version" >&2
        tar -xf "$WORK/$folder.tar.gz" -C "$WORK"
    fi
    echo "$WORK/$folder"
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
    # its strategies, state machines and command run from their sources, so that they make and change arrays of zarrc
    ZARR_SWAP_REEXEC=zarr.testing.buffer,zarr.testing.strategies,zarr.testing.stateful,zarr.testing.store,zarr.testing.utils,zarr._cli \
        ZARR_SWAP_FALLBACK=stock PYTHONPATH="$CLIENTS:$here" exec python -m pytest -p swapzarr -p stock_names \
        "@$CLIENTS/zarr_tests_A_public.txt" -q -p no:cacheprovider "$@"
    ;;
anndata)
    # its configuration loads a plug-in that imports zarr before any other: hence the swap before pytest starts.
    # Neither do the workers of pytest-xdist swap: no -n. Left out: those on a dask cluster, whose processes do not
    # either, and what takes longer than all others
    cd "$(source_of anndata)"
    PYTHONPATH="$CLIENTS" exec python -m swapzarr -m pytest -p swapzarr tests --ignore=tests/lazy \
        --ignore=tests/test_concatenate_disk.py -q -p no:cacheprovider -p no:randomly -m "zarr_io and not dask_distributed" "$@"
    ;;
ome-zarr)
    # left out: eight tests that fetch from the network
    cd "$(source_of ome-zarr)"
    PYTHONPATH="$CLIENTS" exec python -m pytest -p swapzarr tests -q -p no:cacheprovider \
        -k "not s3_info and not class_reader" "$@"
    ;;
*)
    echo "unknown suite $suite" >&2
    exit 2
    ;;
esac
