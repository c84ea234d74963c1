"""CIE units to network scale and back, the same for every network, as in the report.

Networks take L* in 0..100 and center it themselves; they give `chroma_net`, a* and b* divided by 128, which a
tanh can reach. Losses are taken in network scale; the exported graph multiplies by 128.
"""

from typing import Final

from torch import Tensor

CHROMA_SCALE: Final = 128.0
"""CIE units for one unit of network scale, as in the report."""


def luma_to_net(luma: Tensor) -> Tensor:
    """L* 0..100, any shape, to -2..2, which has about mean 0 and deviation 1 over photographs."""
    return luma / 25 - 2


def chroma_to_net(chroma: Tensor) -> Tensor:
    """a*, b* in CIE units, any shape, to network scale."""
    return chroma / CHROMA_SCALE


def chroma_from_net(chroma_net: Tensor) -> Tensor:
    """Network scale, any shape, to a*, b* in CIE units."""
    return chroma_net * CHROMA_SCALE
