"""Which pictures of a set show what an earlier one shows."""

from tintype.data.duplicates import Code, Nearby
from tintype.data.prepare import NEAR_BITS


class Repeats:
    """Pictures that were seen: a copy of one in another file, scaled, compressed or mirrored, is known again.

    The rule is that of `tintype data prepare`: equal pixels, or perceptual hashes that differ in few bits.
    """

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._nearby = Nearby(NEAR_BITS)

    def find(self, name: str, pixels: str, codes: tuple[Code, Code]) -> str:
        """Which earlier picture this one repeats and how; an empty string, and it is remembered, if none.

        `pixels` is a hash of its pixels, `codes` are the perceptual hashes of it and of its mirror image.
        """
        same = self._known.get(pixels)
        if same is not None:
            return f"the same as {same}"
        for code, how in zip(codes, ("", ", mirrored"), strict=True):
            near = self._nearby.find(code)
            if near:
                return f"nearly the same as {near[0]} ({near[1]} of 64 bits differ{how})"
        self._known[pixels] = name
        self._nearby.add(codes[0], name)
        return ""
