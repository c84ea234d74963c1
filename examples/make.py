"""Make the example photographs from pictures that scikit-image carries: `python examples/make.py`.

Color pictures are made gray by their lightness L*, so that the gray photograph looks as light as the scene.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyvips
from numpy.typing import NDArray
from skimage import data

from tintype.color import lab_to_srgb, srgb_to_lab
from tintype.photo.xmp import Packet

HERE = Path(__file__).parent
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
SEPIA = (1.0, 0.89, 0.72)
"""White of the toned print, R, G and B."""


def gray(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Gray sRGB values in 0..1, [H, W], of a color picture."""
    lightness = srgb_to_lab(picture / 255) * (1, 0, 0)
    return lab_to_srgb(lightness)[..., 1]


def samples(values: NDArray[np.float64], dtype: Any = np.uint8) -> pyvips.Image:
    """A picture of values in 0..1 as whole numbers."""
    whole = np.round(values * np.iinfo(dtype).max).astype(dtype)
    return pyvips.Image.new_from_array(whole)


def with_facts(image: pyvips.Image, facts: dict[str, str], headline: str) -> pyvips.Image:
    """The picture with EXIF fields and a headline in XMP."""
    packet = Packet()
    packet.set(PHOTOSHOP, "photoshop", "Headline", headline)
    copy = image.copy(xres=300 / 25.4, yres=300 / 25.4)
    for name, text in facts.items():
        copy.set_type(pyvips.GValue.gstr_type, name, text)
    copy.set_type(pyvips.GValue.blob_type, "xmp-data", packet.to_bytes())
    return copy


def main() -> None:
    """Write all examples."""
    facts = {"exif-ifd0-Artist": "NASA", "exif-ifd0-Copyright": "Public domain"}
    astronaut = with_facts(samples(gray(data.astronaut())), facts, "Eileen Collins")
    astronaut.jpegsave(str(HERE / "astronaut.jpg"), Q=88)

    pyvips.Image.new_from_array(data.camera()).pngsave(str(HERE / "camera.png"), compression=9, filter="all")

    cat = gray(data.chelsea())
    samples(np.repeat(cat[..., np.newaxis], 3, axis=-1)).webpsave(str(HERE / "chelsea.webp"), Q=88)
    y, x = np.mgrid[-1 : 1 : cat.shape[0] * 1j, -1 : 1 : cat.shape[1] * 1j]
    oval = np.clip((1 - np.hypot(x, y)) * 12, 0, 1)
    cameo = samples(np.stack([cat, oval], axis=-1)).copy(interpretation="b-w")
    cameo.pngsave(str(HERE / "chelsea-oval.png"), compression=9, filter="all")

    coffee = samples(gray(data.coffee()), np.uint16).copy(interpretation="grey16", xres=23.6, yres=23.6)
    coffee.tiffsave(str(HERE / "coffee.tif"), compression="deflate", predictor="horizontal", level=9)

    rocket = gray(data.rocket())[..., np.newaxis] * SEPIA
    sideways = samples(rocket).copy(interpretation="srgb").rot270()
    sideways.set_type(pyvips.GValue.gint_type, "orientation", 6)
    sideways.jpegsave(str(HERE / "rocket-sepia.jpg"), Q=88)


if __name__ == "__main__":
    main()
