"""What cannot be read is an error, never the fill value; so says the system call, whichever it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import ChunkIOError

# Fails the named call on files whose name ends as $ZARRC_TEST_SPOIL says, with the errno $ZARRC_TEST_ERRNO.
SPOILER = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int spoil_path(const char *path, const char *call) {
    const char *what = getenv("ZARRC_TEST_CALL"), *name = getenv("ZARRC_TEST_SPOIL");
    const char *code = getenv("ZARRC_TEST_ERRNO");
    if (!what || !name || !code || strcmp(what, call) != 0) return 0;
    size_t n = strlen(path), k = strlen(name);
    if (n < k || strcmp(path + n - k, name) != 0) return 0;
    errno = atoi(code);
    return 1;
}

static int spoil_fd(int fd, const char *call) {
    char link[64], path[4096];
    int saved = errno;
    sprintf_fd(link, fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (n < 0) return 0;
    path[n] = 0;
    return spoil_path(path, call);
}

#define OPENER(name, decl, args, path)                                     \
    int name decl {                                                        \
        static int (*real) decl;                                           \
        if (!real) real = (int(*) decl)dlsym(RTLD_NEXT, #name);            \
        mode_t mode = 0;                                                   \
        va_list more;                                                      \
        va_start(more, flags);                                             \
        if (flags & O_CREAT) mode = va_arg(more, mode_t);                  \
        va_end(more);                                                      \
        if (spoil_path(path, "open")) return -1;                           \
        return real args;                                                  \
    }
OPENER(open, (const char *path, int flags, ...), (path, flags, mode), path)
OPENER(open64, (const char *path, int flags, ...), (path, flags, mode), path)
OPENER(openat, (int dir, const char *path, int flags, ...), (dir, path, flags, mode), path)
OPENER(openat64, (int dir, const char *path, int flags, ...), (dir, path, flags, mode), path)

#define READER(name)                                                       \
    ssize_t name(int fd, void *to, size_t n, off_t at) {                   \
        static ssize_t (*real)(int, void *, size_t, off_t);                \
        if (!real) real = (ssize_t(*)(int, void *, size_t, off_t))dlsym(RTLD_NEXT, #name); \
        if (spoil_fd(fd, "pread")) return -1;                              \
        return real(fd, to, n, at);                                        \
    }
READER(pread)
READER(pread64)

#define STATTER(name, type)                                                \
    int name(int fd, struct type *st) {                                    \
        static int (*real)(int, struct type *);                            \
        if (!real) real = (int (*)(int, struct type *))dlsym(RTLD_NEXT, #name); \
        if (spoil_fd(fd, "fstat")) return -1;                              \
        return real(fd, st);                                               \
    }
STATTER(fstat, stat)
STATTER(fstat64, stat64)
"""

CHILD = """
import sys
import zarrc
from zarrc.errors import ChunkIOError, StoreIOError
path, call, missing = sys.argv[1:]
import os
array = zarrc.open_array(path, mode="r", config={"missing": missing})
os.environ["ZARRC_TEST_CALL"] = call
for key in (Ellipsis, (0, 0), slice(0, 2)):
    try:
        print("read", array[key])
    except StoreIOError as e:
        print(type(e).__name__, e.errno, e.filename.endswith("c/0/0"))
report = zarrc.verify(path)
print([f.kind for f in report.findings])
"""

KINDS = {
    "plain": {"compressors": None},
    "plain of 20 KB": {"compressors": None, "shape": (144, 144), "chunks": (72, 72)},
    "zstd": {"compressors": "zstd"},
    "bz2": {"compressors": [{"name": "numcodecs.bz2", "configuration": {"level": 1}}]},
    "shards": {"shards": (4, 4), "compressors": "zstd"},
}


@pytest.fixture(scope="module")
def spoiler(tmp_path_factory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs a C compiler and Linux")
    where = tmp_path_factory.mktemp("spoiler")
    source = SPOILER.replace("sprintf_fd(link, fd);", 'snprintf(link, sizeof link, "/proc/self/fd/%d", fd);')
    (where / "spoil.c").write_text("#define _GNU_SOURCE\n#include <stdio.h>\n" + source)
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(where / "spoil.so"), str(where / "spoil.c"), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return where / "spoil.so"


def make(path: Path, kind: str) -> zarrc.Array:
    usual = {"shape": (8, 8), "chunks": (4, 4) if kind != "shards" else (2, 2)}
    array = zarrc.create_array(path, dtype="i4", **(usual | KINDS[kind]))
    array[...] = np.arange(1, array.size + 1).reshape(array.shape)
    return array


@pytest.mark.parametrize("missing", ["fill", "mask"])
@pytest.mark.parametrize(
    ("kind", "call", "code"),
    [
        (kind, call, code)
        for kind in KINDS
        for call, code in [("open", 5), ("open", 13), ("open", 116), ("pread", 5), ("fstat", 5)]
        if (kind, call) != ("plain", "fstat")  # small files of known size are read without asking for it
    ],
)
def test_failed_calls(kind, call, code, missing, tmp_path, spoiler):
    make(tmp_path / "a", kind)
    env = os.environ | {"LD_PRELOAD": str(spoiler), "ZARRC_TEST_SPOIL": "c/0/0", "ZARRC_TEST_ERRNO": str(code)}
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path / "a"), call, missing],
        env=env, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr
    lines = child.stdout.splitlines()
    assert lines == [f"ChunkIOError {code} True"] * 3 + ["['io']"]


@pytest.mark.parametrize("kind", KINDS)
def test_directory_in_a_chunks_place(kind, tmp_path):
    array = make(tmp_path / "a", kind)
    (tmp_path / "a/c/0/0").unlink()
    (tmp_path / "a/c/0/0").mkdir()
    for touch in (lambda: array[...], lambda: array.__setitem__((0, 0), 5)):
        with pytest.raises(ChunkIOError) as caught:
            touch()
        assert caught.value.errno == 21 and caught.value.filename.endswith("a/c/0/0")
    assert [f.kind for f in zarrc.verify(tmp_path / "a").findings] == ["io"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("kind", KINDS)
def test_file_that_may_not_be_read(kind, tmp_path):
    array = make(tmp_path / "a", kind)
    (tmp_path / "a/c/0/0").chmod(0)
    with pytest.raises(ChunkIOError) as caught:
        array[...]
    assert caught.value.errno == 13
