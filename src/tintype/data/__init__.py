"""Pictures for training: where they lie, packed sets, and seeded batches of L* and a*b*.

Only `tintype.data.batches` needs torch; import it by its own name.
"""

from tintype.data.pack import Keep, pack
from tintype.data.packed import LooseSet, PackedSet, PictureSet, Subset, open_dataset, split
from tintype.data.prepare import Prepared, Shares, prepare

__all__ = [
    "Keep",
    "LooseSet",
    "PackedSet",
    "PictureSet",
    "Prepared",
    "Shares",
    "Subset",
    "open_dataset",
    "pack",
    "prepare",
    "split",
]
