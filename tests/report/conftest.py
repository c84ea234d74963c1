"""What tests of reports share."""

from pathlib import Path

import pytest
from PIL import Image

from tintype.contract import Contract
from tintype.evaluate.run import Evaluation, evaluate
from tiny_models import write_model
from training_pictures import colorful


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `photos` in two folders, the model vivid.onnx, and the results.json of both.

    One photograph is no picture and is left out.
    """
    place = tmp_path_factory.mktemp("bench")
    for number in range(11):
        folder = place / "photos" / ("birds" if number < 5 else "cars")
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(colorful(number, 48, 56)).save(folder / f"{number:02d}.png")
    (place / "photos" / "broken.png").write_bytes(b"no picture")
    promise = Contract("vivid", working_size=32, multiple=16, chroma_stride=4, vivid=0.5)
    model = write_model(place / "vivid.onnx", promise)
    asked = Evaluation((str(model),), place / "photos", vivids=(0.0, 1.0), size=32, resamples=100, flips=100)
    evaluate(asked, place / "results.json", say=lambda text: None)
    return place
