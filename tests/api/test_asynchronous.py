from __future__ import annotations

import asyncio
import inspect
import pickle

import numpy as np
import pytest

import zarrc
import zarrc.api.asynchronous as aio
from zarrc.errors import GroupNotFoundError


def test_arrays():
    async def work():
        array = await aio.create_array({}, data=np.arange(24).reshape(4, 6), chunks=(2, 4))
        assert isinstance(array, zarrc.AsyncArray)
        assert (array.shape, array.chunks, array.ndim, array.nchunks) == ((4, 6), (2, 4), 2, 4)
        np.testing.assert_array_equal(await array.getitem((slice(1, 3), 2)), [8, 14])
        np.testing.assert_array_equal(await array.oindex.getitem(([0, 3], [1, 2])), [[1, 2], [19, 20]])
        np.testing.assert_array_equal(await array.vindex.getitem(([0, 3], [1, 2])), [1, 20])
        await array.setitem((0, 0), 99)
        assert (await array.getitem((0, 0))) == 99
        assert await array.append(np.zeros((1, 6), int)) == (5, 6)
        await array.resize((3, 6))
        assert array.shape == (3, 6) and await array.nchunks_initialized() == 4
        await array.update_attributes({"k": 1})
        assert array.attrs == {"k": 1}
        assert zarrc.Array(array) == array._array
        return array

    array = asyncio.run(work())
    assert pickle.loads(pickle.dumps(array)).shape == (3, 6)


def test_groups():
    async def work():
        group = await aio.group({}, attributes={"a": 1})
        await group.create_array("x", shape=(2,), dtype="i4")
        below = await group.require_group("g")
        await below.create_group("h")
        assert [name async for name, _ in group.members(max_depth=None)] == ["g", "g/h", "x"]
        assert [name async for name in group.array_keys()] == ["x"]
        assert isinstance(await group.getitem("x"), zarrc.AsyncArray)
        assert isinstance(await group.getitem("g"), zarrc.AsyncGroup)
        assert await group.contains("x") and await group.nmembers() == 2
        await group.delitem("x")
        assert not await group.contains("x")
        with pytest.raises(KeyError):
            await group.getitem("x")
        with pytest.raises(GroupNotFoundError):
            await aio.open_group(group.store, path="none", mode="r")
        assert zarrc.Group(group) == group._group

    asyncio.run(work())


def test_every_function_is_there_twice():
    for name in aio.__all__:
        function = getattr(aio, name)
        assert inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
        assert callable(getattr(zarrc, name))


def test_the_face_of_an_array_is_the_array():
    array = zarrc.create_array({}, data=np.arange(5))
    array.async_array._array[0] = 7
    assert array[0] == 7 and array._async_array == array.async_array
