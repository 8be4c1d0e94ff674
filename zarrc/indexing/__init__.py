"""Keys to selections: which items, along which axis, and where they go in the result."""

from zarrc.indexing.basic import Axis, ListAxis, PointSelection, Selection, basic_selection
from zarrc.indexing.blocks import block_selection
from zarrc.indexing.boxes import ChunkBox, chunk_boxes
from zarrc.indexing.coordinate import coordinate_selection, mask_selection, vindex_selection
from zarrc.indexing.dispatch import getitem_selection
from zarrc.indexing.fields import Fields, field_dtype, pop_fields, take_fields
from zarrc.indexing.orthogonal import orthogonal_selection

__all__ = [
    "Axis",
    "ChunkBox",
    "Fields",
    "ListAxis",
    "PointSelection",
    "Selection",
    "basic_selection",
    "block_selection",
    "chunk_boxes",
    "coordinate_selection",
    "field_dtype",
    "getitem_selection",
    "mask_selection",
    "orthogonal_selection",
    "pop_fields",
    "take_fields",
    "vindex_selection",
]
