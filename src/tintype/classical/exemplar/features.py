"""What lightness looks like around each pixel: means, deviations, and descriptors of texture."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage
from skimage import feature

FloatArray = NDArray[np.float32]

DAISY_RINGS: Final = 2
DAISY_HISTOGRAMS: Final = 6
DAISY_ORIENTATIONS: Final = 8
DAISY_NUMBERS: Final = (DAISY_RINGS * DAISY_HISTOGRAMS + 1) * DAISY_ORIENTATIONS
"""How many numbers describe a pixel."""

SHORTEST: Final = 4.0
"""Pixels; from twice this wavelength on, Gabor filters answer on every second pixel, and so on."""
COARSEST: Final = 4
"""Pixels between the answers to the longest waves."""


def mean_and_deviation(luma: FloatArray, side: int) -> tuple[FloatArray, FloatArray]:
    """Mean and deviation of L* in squares of `side` pixels around each, [H, W] both, L* units."""
    center = float(luma.mean(dtype=np.float64))
    plain = luma.astype(np.float64) - center  # near 0, so that squares lose no digits
    mean = ndimage.uniform_filter(plain, side, mode="nearest")
    square = ndimage.uniform_filter(plain * plain, side, mode="nearest")
    spread = np.sqrt(np.maximum(square - mean * mean, 0))
    return (mean + center).astype(np.float32), spread.astype(np.float32)


def neighborhoods(luma: FloatArray, side: int) -> FloatArray:
    """The `side`×`side` values around each pixel, [H·W, side²]; borders repeat the outermost pixel."""
    padded = np.pad(luma, side // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
    return np.ascontiguousarray(windows.reshape(luma.size, side * side), np.float32)


def daisy_descriptors(luma: FloatArray, radius: int, step: int = 1) -> FloatArray:
    """Histograms of gradients around pixels, [h, w, DAISY_NUMBERS], of every `step`-th row and column.

    DAISY (Tola, Lepetit and Fua 2010) in place of SURF, which is patented in places and has no implementation
    in the packages used here: both are histograms of gradients, and DAISY is meant for every pixel. Each
    histogram has length 1; where there is no gradient, all directions count the same.
    """
    padded = np.pad(luma.astype(np.float64) / 100, radius, mode="symmetric")
    describe: Callable[..., NDArray[np.float64]] = feature.daisy
    found = describe(
        padded,
        step=step,
        radius=radius,
        rings=DAISY_RINGS,
        histograms=DAISY_HISTOGRAMS,
        orientations=DAISY_ORIENTATIONS,
        normalization="daisy",
    )
    return np.asarray(found, np.float32)


def gabor_energies(luma: FloatArray, wavelengths: Sequence[float], orientations: int) -> FloatArray:
    """How strongly L* waves, [H, W, wavelengths · orientations]: the moduli of Gabor filters' answers.

    Filters are Gaussians of the frequency plane, about an octave wide and as wide in angle as they stand
    apart (after Manjunath and Ma 1996), and nothing at frequency 0, so an even picture gives 0. Long waves
    are answered on every second or fourth pixel and repeated: their moduli hold nothing finer.
    """
    height, width = luma.shape
    margin = min(int(2 * max(wavelengths)), height, width)
    down, across = -(height + 2 * margin) % COARSEST, -(width + 2 * margin) % COARSEST
    padded = np.pad(
        luma.astype(np.float32), ((margin, margin + down), (margin, margin + across)), mode="edge"
    )
    spectrum = fft.fft2(padded - padded.mean())
    answers = []
    for wavelength in wavelengths:
        step = min(COARSEST, max(1, 1 << int(np.log2(wavelength / SHORTEST))))
        part = _lowest(spectrum, step)
        for number in range(orientations):
            window = _gabor_window(part.shape, step, wavelength, np.pi * number / orientations, orientations)
            coarse = np.abs(fft.ifft2(part * window)) / np.float32(step * step)
            fine = coarse.repeat(step, axis=0).repeat(step, axis=1)
            answers.append(fine[margin : margin + height, margin : margin + width])
    return np.stack(answers, axis=-1)


def _lowest(spectrum: NDArray[np.complex64], step: int) -> NDArray[np.complex64]:
    """The part of a spectrum that a picture of every `step`-th row and column has."""
    rows, columns = (
        np.rint(fft.fftfreq(side // step, 1 / (side // step))).astype(np.int64) for side in spectrum.shape
    )
    return spectrum[np.ix_(rows, columns)]


def _gabor_window(
    shape: tuple[int, ...], step: int, wavelength: float, angle: float, orientations: int
) -> FloatArray:
    """What a filter lets through at each frequency of a picture of every `step`-th row and column."""
    v, u = (fft.fftfreq(side, step).astype(np.float32) for side in shape)
    along = (
        u * np.float32(np.cos(angle)) + v[:, None] * np.float32(np.sin(angle)) - np.float32(1 / wavelength)
    )
    across = v[:, None] * np.float32(np.cos(angle)) - u * np.float32(np.sin(angle))
    wide = 1 / (3 * wavelength)
    narrow = np.tan(np.pi / (2 * orientations)) / wavelength
    window: FloatArray = np.exp(-0.5 * ((along / np.float32(wide)) ** 2 + (across / np.float32(narrow)) ** 2))
    window[0, 0] = 0
    return window


def principal_axes(samples: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Mean [n] and the `count` axes [n, count] of largest variance of samples [m, n]; fewer if n is less."""
    mean = samples.mean(axis=0)
    centered = (samples - mean).astype(np.float64)
    _, vectors = np.linalg.eigh(centered.T @ centered)
    chosen = vectors[:, ::-1][:, :count]
    signs = np.where(np.abs(chosen.min(axis=0)) > np.abs(chosen.max(axis=0)), -1, 1)  # the same everywhere
    return mean, (chosen * signs).astype(np.float32)
