"""A stream of frames into an array."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import numpy as np

from zarrc.chunkio import unset
from zarrc.masked import check_records


class Appender:
    """Appends frames to an array with the memory of one row of chunks; made by `zarrc.Array.appender`.

    Frames are gathered until they fill the array's last chunk (shard) along the axis, stored, and only then does the
    array's shape grow: a process that is killed leaves an array that ends with the last full chunk, or with the last
    `flush`, and has every frame up to there. A reader may follow with `zarrc.Array.refresh`. Others may append to the
    array meanwhile, their frames come in between.

    Used in a ``with`` statement it stores the rest at the end of the block, by an exception too. Not to be shared
    between threads.

    Parameters
    ----------
    array : Array
    axis : int
        Along which frames follow each other.
    """

    def __init__(self, array: Any, axis: int) -> None:
        if not -array.ndim <= axis < array.ndim:
            raise ValueError(f"axis {axis} is out of bounds for an array of {array.ndim} dimensions")
        array._check_writable()
        self._array = array
        self._axis = axis % array.ndim
        self._edge = array.metadata.grid.largest_chunk()[self._axis]
        self._buffer: np.ndarray | None = None
        self._gathered = 0
        self._closed = False

    @property
    def length(self) -> int:
        """Frames in the array, with those that are still in memory."""
        return self._array.shape[self._axis] + self._gathered

    def _frames(self, count: int) -> tuple[slice, ...]:
        return (slice(None),) * self._axis + (slice(0, count),)

    def append(self, frames: Any) -> None:
        """Takes one frame (the array's shape without the axis) or several (with it).

        Raises ValueError for another shape, or when the appender is closed. When storing fails, as on a full disk,
        `length` says how many frames were taken; one frame that was refused can be given again.
        """
        if self._closed:
            raise ValueError("the appender is closed")
        array, axis = self._array, self._axis
        as_array = np.ma.asanyarray if array.metadata.data_type.nullable else np.asarray
        data = as_array(frames) if hasattr(frames, "dtype") else as_array(frames, dtype=array.dtype)
        check_records(data)
        if data.ndim == array.ndim - 1:
            data = np.expand_dims(data, axis)
        frame = [n for i, n in enumerate(array.shape) if i != axis]
        if data.ndim != array.ndim or [n for i, n in enumerate(data.shape) if i != axis] != frame:
            raise ValueError(
                f"frames of shape {data.shape} do not fit an array of shape {array.shape} along axis {axis}"
            )
        done, total = 0, data.shape[axis]
        while done < total:
            room = self._edge - array.shape[axis] % self._edge
            if self._gathered == 0 and total - done >= room:  # whole chunks: as they are
                count = room + (total - done - room) // self._edge * self._edge
                array.append(self._part(data, done, count), axis)
            else:
                count = min(max(room - self._gathered, 0), total - done)
                self._gather(self._part(data, done, count), count)
                if self._gathered >= room:
                    try:
                        self.flush()
                    except BaseException:
                        self._gathered = max(self._gathered - count, 0)
                        raise
            done += count

    def _part(self, data: np.ndarray, first: int, count: int) -> np.ndarray:
        return data[(slice(None),) * self._axis + (slice(first, first + count),)]

    def _gather(self, frames: np.ndarray, count: int) -> None:
        if self._buffer is None:
            shape = tuple(self._edge if i == self._axis else n for i, n in enumerate(self._array.shape))
            self._buffer = unset(shape, self._array.metadata)
        self._part(self._buffer, self._gathered, count)[...] = frames
        self._gathered += count

    def flush(self) -> None:
        """Stores the frames that are in memory; the array's shape then has them. The next ones are merged into the
        last chunk, which costs to read it and to write it again."""
        if self._gathered:
            assert self._buffer is not None
            known = self._array.shape
            try:
                self._array.append(self._buffer[self._frames(self._gathered)], self._axis)
            finally:
                if self._array.shape != known:  # so it is when they were stored, and an interrupt came right after
                    self._gathered = 0

    def close(self) -> None:
        """Stores what is in memory and takes no more. Safe to call twice."""
        self.flush()
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
