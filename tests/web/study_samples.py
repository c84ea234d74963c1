"""A small study, made of crops of photographs and of models that paint everything in one color."""

from pathlib import Path

import skimage.data
from PIL import Image

from tintype.study.create import Asked, create
from tiny_models import write_model

SIDE = 72
COUNT = 20
"""Pictures to judge: two rounds of ten."""


def write_crops(folder: Path, count: int) -> Path:
    """Square crops of photographs that scikit-image carries, no two of them alike."""
    folder.mkdir()
    photographs = [
        Image.fromarray(getattr(skimage.data, name)())
        for name in ("astronaut", "coffee", "chelsea", "rocket")
    ]
    for number in range(count):
        photograph = photographs[number % 4]
        step = (photograph.width - 150) // 8
        place = (step * (number // 4), 40 + 13 * (number // 4))
        crop = photograph.crop((*place, place[0] + 150, place[1] + 150))
        crop.save(folder / f"{number:02}.png")
    return folder


def make_study(folder: Path, work: Path) -> Path:
    """Make the study in a folder; `work` gets what it is made of."""
    models = [write_model(work / "warm.onnx"), write_model(work / "pale.onnx", factor=0.3)]
    create(
        Asked(
            pictures=write_crops(work / "crops", COUNT + 6),
            models=tuple(str(model) for model in models),
            count=COUNT,
            size=SIDE,
            rounds=2,
            attention_every=2,
        ),
        folder,
    )
    return folder
