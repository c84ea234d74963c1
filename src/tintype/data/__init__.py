"""Pictures for training: where they lie, packed sets, and seeded batches of L* and a*b*.

Only `tintype.data.batches` needs torch; import it by its own name.
"""

from tintype.data.pack import Keep, pack
from tintype.data.packed import LooseSet, PackedSet, PictureSet, Subset, open_dataset, split

__all__ = ["Keep", "LooseSet", "PackedSet", "PictureSet", "Subset", "open_dataset", "pack", "split"]
