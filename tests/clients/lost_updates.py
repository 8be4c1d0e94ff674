"""How many writes get lost when many write to one chunk at a time: the same program for zarrc and its peers.

    python tests/clients/lost_updates.py                        every library that is installed, as a table
    python tests/clients/lost_updates.py zarrc tensorstore      these
    python tests/clients/lost_updates.py --one zarrc fork chunk one case; prints the number of lost writes

Sixteen writers write twenty items each, one by one, all into one chunk, or into one shard; no two write the same item.
They are threads, forked processes, or processes that start afresh (four, with four threads each). A write is lost when
the item is not there at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

MODES = ("threads", "fork", "spawn")
LAYOUTS = ("chunk", "shard")
LIBRARIES = ("zarrc", "zarr-python", "zarrs", "zarrista", "tensorstore", "z5py")
SECONDS = 120

Write = Callable[[tuple[int, int], int], None]


def _zarr(path: Path) -> Any:
    return import_module("zarr").open_array(path, mode="r+")


def _zarrs(path: Path) -> Any:
    import_module("zarr").config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline"})
    return _zarr(path)


def _zarrista(path: Path) -> Any:
    return import_module("zarrista").Array.open(import_module("zarrista.store").FilesystemStore(path))


def _tensorstore(path: Path) -> Any:
    spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": str(path)}}
    return import_module("tensorstore").open(spec, open=True).result()


def _z5py(path: Path) -> Any:
    return import_module("z5py").ZarrFile(path.parent, mode="a", zarr_format=3)[path.name]


OPENERS: dict[str, Callable[[Path], Any]] = {
    "zarrc": lambda path: import_module("zarrc").open_array(path, mode="r+"),
    "zarr-python": _zarr,
    "zarrs": _zarrs,
    "zarrista": _zarrista,
    "tensorstore": _tensorstore,
    "z5py": _z5py,
}


def writer(library: str, path: Path) -> Write:
    """Writes one item, through a handle of its own."""
    handle = OPENERS[library](path)
    if library == "tensorstore":
        return lambda index, value: handle[index].write(value).result()
    if library in ("zarrista", "z5py"):

        def write(index: tuple[int, int], value: int) -> None:
            row, column = index
            handle[row : row + 1, column : column + 1] = np.full((1, 1), value, "i4")

        return write
    return lambda index, value: handle.__setitem__(index, value)


def make(path: Path, layout: str, writers: int, rounds: int) -> None:
    """An array of zeros whose items (round, writer) lie in one chunk or in one shard."""
    shape = (rounds, writers)
    inner = [{"name": "bytes", "configuration": {"endian": "little"}}]
    codecs = inner
    if layout == "shard":
        index = [*inner, {"name": "crc32c"}]
        options = {"chunk_shape": [1, 4], "codecs": inner, "index_codecs": index, "index_location": "end"}
        codecs = [{"name": "sharding_indexed", "configuration": options}]
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": "int32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": codecs,
        "attributes": {},
    }
    path.mkdir(parents=True)
    (path / "zarr.json").write_text(json.dumps(document))
    # z5py goes by the group above
    (path.parent / "zarr.json").write_text(json.dumps({"zarr_format": 3, "node_type": "group", "attributes": {}}))


def write_rows(library: str, path: Path, mine: range, writers: int, rounds: int, wait: Callable[[], None]) -> None:
    """The writers of these numbers, as threads of this process."""
    failed: list[BaseException] = []
    handles = [writer(library, path) for _ in mine]
    together = threading.Barrier(len(mine) + 1)

    def work(number: int, write: Write) -> None:
        together.wait()
        try:
            for k in range(rounds):
                write((k, number), 1 + k * writers + number)
        except BaseException as e:
            failed.append(e)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(mine, handles, strict=True)]
    for thread in threads:
        thread.start()
    wait()
    together.wait()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def _fork(library: str, path: Path, writers: int, rounds: int) -> None:
    writer(library, path)((0, 0), 0)  # the library is loaded and at work before the fork
    start, go = os.pipe()
    children = []
    for number in range(writers):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                os.close(go)
                write = writer(library, path)
                os.read(start, 1)  # returns when the parent closes its end
                for k in range(rounds):
                    write((k, number), 1 + k * writers + number)
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        children.append(pid)
    os.close(start)
    os.close(go)
    codes = [os.waitpid(pid, 0)[1] for pid in children]
    if any(codes):
        raise RuntimeError(f"children ended with {sorted(set(codes))}")


def _spawn(library: str, path: Path, writers: int, rounds: int) -> None:
    share = writers // 4
    command = [sys.executable, __file__, "--rows", library, str(path), str(writers), str(rounds)]
    children = [
        subprocess.Popen([*command, str(first), str(share)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for first in range(0, writers, share)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()  # it is ready
    for child in children:
        assert child.stdin is not None
        child.stdin.close()
    codes = [child.wait() for child in children]
    if any(codes):
        raise RuntimeError(f"processes ended with {sorted(set(codes))}")


def _rows(library: str, path: str, writers: str, rounds: str, first: str, share: str) -> None:
    def wait() -> None:
        print("ready", flush=True)
        sys.stdin.read()

    mine = range(int(first), int(first) + int(share))
    write_rows(library, Path(path), mine, int(writers), int(rounds), wait)


def lost(library: str, mode: str, layout: str, path: Path, writers: int = 16, rounds: int = 20) -> int:
    """Runs one case in the directory ``path``, which does not exist yet; the number of lost writes."""
    make(path, layout, writers, rounds)
    if mode == "threads":
        write_rows(library, path, range(writers), writers, rounds, lambda: None)
    elif mode == "fork":
        _fork(library, path, writers, rounds)
    else:
        _spawn(library, path, writers, rounds)
    found = import_module("zarrc").open_array(path, mode="r")[...]
    return int((found != np.arange(1, 1 + writers * rounds).reshape(rounds, writers)).sum())


def report(libraries: list[str]) -> None:
    print(f"{'':14}" + "".join(f"{mode + ' ' + layout:>16}" for layout in LAYOUTS for mode in MODES))
    for library in libraries:
        cells = [_cell(library, mode, layout) for layout in LAYOUTS for mode in MODES]
        print(f"{library:14}" + "".join(f"{cell:>16}" for cell in cells), flush=True)


def _cell(library: str, mode: str, layout: str) -> str:
    start = time.perf_counter()
    command = [sys.executable, __file__, "--one", library, mode, layout]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as child:
        try:
            out, err = child.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, 9)
            child.communicate()
            return "hangs"
    if child.returncode != 0:
        last = err.decode(errors="replace").strip().splitlines()[-1:]
        print(f"  {library} {mode} {layout}: {last[0][:160] if last else child.returncode}", file=sys.stderr)
        return "fails"
    return f"{int(out)} of 320, {time.perf_counter() - start:.1f} s"


def main() -> None:
    if sys.argv[1:2] == ["--rows"]:
        _rows(*sys.argv[2:])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--one", nargs=3, metavar=("LIBRARY", "MODE", "LAYOUT"))
    parser.add_argument("libraries", nargs="*")
    args = parser.parse_args()
    if args.one:
        with tempfile.TemporaryDirectory() as folder:
            print(lost(*args.one, Path(folder) / "array"))
        return
    modules = {"zarr-python": "zarr"}
    known = []
    for library in args.libraries or LIBRARIES:
        try:
            import_module(modules.get(library, library))
        except ImportError:
            print(f"{library} is not installed", file=sys.stderr)
        else:
            known.append(library)
    report(known)


if __name__ == "__main__":
    main()
