import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tintype.color import srgb_to_lab
from tintype.engine.colorizer import Colorizer
from tintype.errors import (
    ConfigError,
    DeviceError,
    SaveError,
    UnknownModel,
    UnreadablePhoto,
    UnsupportedPhoto,
)
from tintype.photo import read_provenance
from tiny_models import A_PER_L, B_PER_L

GRAY = 120


@pytest.fixture
def colorizer(tiny_model: Path) -> Colorizer:
    return Colorizer(tiny_model, "cpu", 1)


def gradient(height: int = 40, width: int = 60, dtype: str = "uint8") -> np.ndarray:
    """A gray ramp from dark to bright, from left to right."""
    ramp = np.tile(np.linspace(0.1, 0.9, width), (height, 1))
    top = {"uint8": 255, "uint16": 65535}.get(dtype, 1)
    return (ramp * top).astype(dtype)


def picture(format: str = "PNG", mode: str = "L", size: tuple[int, int] = (60, 40)) -> bytes:
    """A gray ramp as a file."""
    file = io.BytesIO()
    Image.fromarray(gradient(size[1], size[0])).convert(mode).save(file, format)
    return file.getvalue()


def is_colored(array: np.ndarray) -> bool:
    """Whether the array has the tiny model's hue: more red than green, more blue than green."""
    red, green, blue = (array[..., index].astype(float).mean() for index in range(3))
    return red > green < blue


def test_flat_gray_gets_the_models_very_colors(colorizer: Colorizer) -> None:
    colored = colorizer.colorize(np.full((64, 64), GRAY, np.uint8))
    lab = srgb_to_lab(colored / 255).reshape(-1, 3).mean(axis=0)
    lightness = srgb_to_lab(np.full(3, GRAY / 255))[0]
    np.testing.assert_allclose(lab, [lightness, A_PER_L * lightness, B_PER_L * lightness], atol=0.5)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
@pytest.mark.parametrize("channels", [None, 3, 4])
def test_an_array_comes_back_as_color_of_its_dtype(
    colorizer: Colorizer, dtype: str, channels: int | None
) -> None:
    array = gradient(dtype=dtype)
    if channels:
        array = np.repeat(array[..., np.newaxis], channels, axis=-1)
    before = array.copy()
    colored = colorizer.colorize(array)
    assert colored.dtype == array.dtype
    assert colored.shape == (40, 60, channels or 3)
    assert is_colored(colored)
    assert (array == before).all()
    if channels == 4:
        np.testing.assert_allclose(colored[..., 3], array[..., 3], rtol=1e-6)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (3, 2), (2000, 3)])
def test_any_size_comes_back_as_it_was(colorizer: Colorizer, size: tuple[int, int]) -> None:
    assert colorizer.colorize(np.full(size, GRAY, np.uint8)).shape == (*size, 3)


def test_bytes_come_back_as_bytes_of_their_format(colorizer: Colorizer) -> None:
    for format in ("PNG", "JPEG", "TIFF", "WEBP"):
        with Image.open(io.BytesIO(colorizer.colorize(picture(format)))) as image:
            assert image.format == format
            assert image.size == (60, 40)
            assert is_colored(np.asarray(image.convert("RGB")))


def test_bytes_come_back_in_the_format_asked_for(colorizer: Colorizer) -> None:
    with Image.open(io.BytesIO(colorizer.colorize(picture(), format="jpeg", quality=50))) as image:
        assert image.format == "JPEG"


def test_a_path_gets_its_colored_copy_beside_it(colorizer: Colorizer, tmp_path: Path) -> None:
    source = tmp_path / "old.png"
    source.write_bytes(picture())
    for given in (source, str(source)):
        result = colorizer.colorize(given, overwrite=True)
        assert result == tmp_path / "old.color.png"
        with Image.open(result) as image:
            assert is_colored(np.asarray(image))
    assert source.read_bytes() == picture()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["old.color.png", "old.png"]


def test_a_file_is_replaced_only_when_asked(colorizer: Colorizer, tmp_path: Path) -> None:
    source, output = tmp_path / "old.png", tmp_path / "new.jpg"
    source.write_bytes(picture())
    output.write_bytes(b"mine")
    with pytest.raises(SaveError):
        colorizer.colorize(source, output=output)
    assert output.read_bytes() == b"mine"
    assert colorizer.colorize(source, output=output, overwrite=True) == output
    with Image.open(output) as image:
        assert image.format == "JPEG"


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_a_pil_image_comes_back_as_pil_image(colorizer: Colorizer, mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(gradient(dtype="uint16"))
    else:
        image = Image.fromarray(gradient()).convert(mode)
    assert image.mode == mode
    before = image.tobytes()
    colored = colorizer.colorize(image)
    assert isinstance(colored, Image.Image)
    assert colored.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")
    assert colored.size == (60, 40)
    assert is_colored(np.asarray(colored))
    assert image.tobytes() == before


def test_a_transparent_palette_keeps_its_transparency(colorizer: Colorizer) -> None:
    file = io.BytesIO()
    Image.fromarray(gradient()).convert("P").save(file, "PNG", transparency=0)
    assert colorizer.colorize(Image.open(file)).mode == "RGBA"


def test_a_pil_image_is_not_turned_but_keeps_what_would_turn_it(colorizer: Colorizer) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    Image.fromarray(gradient()).save(file, "JPEG", exif=exif)
    colored = colorizer.colorize(Image.open(file))
    assert colored.size == (60, 40)
    assert colored.getexif()[0x0112] == 6


@pytest.mark.parametrize("mode", ["1", "I", "F", "HSV", "YCbCr", "LAB"])
def test_a_pil_image_of_another_mode_is_refused_with_what_to_do(colorizer: Colorizer, mode: str) -> None:
    with pytest.raises(UnsupportedPhoto, match=r"convert\('RGB'\)"):
        colorizer.colorize(Image.new(mode, (60, 40)))


def test_pillow_is_never_imported_unless_its_owner_did(tiny_model: Path) -> None:
    script = (
        "import sys, numpy, tintype\n"
        f"tintype.colorize(numpy.zeros((20, 30), 'uint8'), model={str(tiny_model)!r})\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('PIL', 'torch', 'onnx')]\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("thing", [None, 7, [[0, 1]], {"a": 1}])
def test_what_is_no_photograph_is_refused(colorizer: Colorizer, thing: object) -> None:
    with pytest.raises(UnsupportedPhoto, match="give a path, bytes, a NumPy array or a PIL image"):
        colorizer.colorize(thing)  # type: ignore[type-var]


def test_a_photograph_that_cannot_be_read_is_told(colorizer: Colorizer, tmp_path: Path) -> None:
    for given in (b"", b"no picture", tmp_path / "gone.jpg"):
        with pytest.raises(UnreadablePhoto):
            colorizer.colorize(given)


def test_saturation_scales_the_chroma(colorizer: Colorizer) -> None:
    flat = np.full((64, 64), GRAY, np.uint8)
    chroma = [
        np.abs(srgb_to_lab(colorizer.colorize(flat, saturation=factor) / 255)[..., 1]).mean()
        for factor in (0.0, 0.5, 1.0, 2.0)
    ]
    assert chroma[0] < 0.01
    np.testing.assert_allclose(np.array(chroma[1:]) / chroma[2], [0.5, 1.0, 2.0], rtol=0.05)


@pytest.mark.parametrize("saturation", [-0.1, 3.1, float("nan"), float("inf")])
def test_saturation_out_of_range_is_refused(colorizer: Colorizer, saturation: float) -> None:
    with pytest.raises(ConfigError, match="between 0 and 3"):
        colorizer.colorize(gradient(), saturation=saturation)


@pytest.mark.parametrize("settings", [{"output": "new.png"}, {"overwrite": True}])
def test_settings_of_files_go_with_paths_alone(colorizer: Colorizer, settings: dict[str, object]) -> None:
    for given in (gradient(), picture()):
        with pytest.raises(ConfigError, match="go with a path"):
            colorizer.colorize(given, **settings)  # type: ignore[call-overload]


@pytest.mark.parametrize("settings", [{"format": "png"}, {"quality": 90}])
def test_settings_of_picture_files_do_not_go_with_arrays(
    colorizer: Colorizer, settings: dict[str, object]
) -> None:
    with pytest.raises(ConfigError, match="go with a path or bytes"):
        colorizer.colorize(gradient(), **settings)  # type: ignore[call-overload]


def test_a_sitting_predicts_and_renders_as_often_as_wanted(colorizer: Colorizer) -> None:
    sitting = colorizer.set_photo(np.full((64, 128), GRAY, np.uint8))
    assert sitting.shape == (48, 96)
    prediction = sitting.predict()
    assert prediction.chroma.shape == (12, 24, 2)
    assert prediction.chroma.dtype == np.float32
    assert prediction.confidence is None
    vivid = sitting.render(2.0).to_array()
    plain = sitting.render().to_array()
    assert np.ptp(vivid.astype(float), axis=-1).mean() > np.ptp(plain.astype(float), axis=-1).mean()
    np.testing.assert_array_equal(plain, sitting.render(1.0).to_array())


def test_several_photographs_go_through_one_colorizer_at_once(colorizer: Colorizer) -> None:
    arrays = [np.full((30 + index, 50), 40 + 10 * index, np.uint8) for index in range(12)]
    alone = [colorizer.colorize(array) for array in arrays]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(colorizer.colorize, arrays))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_result_says_what_made_it(colorizer: Colorizer, tmp_path: Path) -> None:
    source = tmp_path / "old.jpg"
    source.write_bytes(picture("JPEG"))
    found = read_provenance(colorizer.colorize(source, saturation=1.5))
    assert found is not None
    assert (found.tool, found.model) == ("tintype", "tiny")
    assert found.model_sha256 == colorizer.model.sha256
    assert found.settings["saturation"] == 1.5
    assert not {"hints", "vivid"} & found.settings.keys()


def test_a_model_or_device_that_is_not_there_is_told_when_the_colorizer_is_made(tiny_model: Path) -> None:
    with pytest.raises(UnknownModel):
        Colorizer("no such model")
    with pytest.raises(DeviceError):
        Colorizer(tiny_model, "abacus")
