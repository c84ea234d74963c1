"""What lightness looks like around each pixel: means, deviations, and descriptors of texture."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage
from skimage.feature import daisy

FloatArray = NDArray[np.float32]

DAISY_RINGS: Final = 2
DAISY_HISTOGRAMS: Final = 6
DAISY_ORIENTATIONS: Final = 8
DAISY_NUMBERS: Final = (DAISY_RINGS * DAISY_HISTOGRAMS + 1) * DAISY_ORIENTATIONS
"""How many numbers describe a pixel."""


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
    in the packages used here: both are histograms of gradients, and DAISY is meant for every pixel. Where
    there is no gradient all numbers are 0; elsewhere their root of squares over a histogram is at most 1.
    """
    padded = np.pad(luma.astype(np.float64) / 100, radius, mode="symmetric")
    found = daisy(
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

    Filters are Gaussians of the frequency plane, an octave wide and as wide in angle as they stand apart
    (Manjunath and Ma 1996), so an even picture gives 0.
    """
    height, width = luma.shape
    margin = min(int(2 * max(wavelengths)), height, width)
    padded = np.pad(luma.astype(np.float32), margin, mode="symmetric")
    spectrum = fft.fft2(padded)
    v, u = np.meshgrid(*(fft.fftfreq(side).astype(np.float32) for side in padded.shape), indexing="ij")
    answers = np.empty((height, width, len(wavelengths) * orientations), np.float32)
    for number in range(len(wavelengths) * orientations):
        wavelength = wavelengths[number // orientations]
        angle = np.pi * (number % orientations) / orientations
        along = u * np.cos(angle) + v * np.sin(angle) - 1 / wavelength
        across = v * np.cos(angle) - u * np.sin(angle)
        wide = 1 / (3 * wavelength)  # frequency; half an octave to either side
        narrow = np.tan(np.pi / (2 * orientations)) / wavelength
        window = np.exp(-0.5 * ((along / wide) ** 2 + (across / narrow) ** 2))
        window[0, 0] = 0
        answer = fft.ifft2(spectrum * window)
        answers[..., number] = np.abs(answer[margin : margin + height, margin : margin + width])
    return answers


def principal_axes(samples: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Mean [n] and the `count` axes [n, count] of largest variance of samples [m, n]; fewer if n is less."""
    mean = samples.mean(axis=0)
    centered = (samples - mean).astype(np.float64)
    _, vectors = np.linalg.eigh(centered.T @ centered)
    chosen = vectors[:, ::-1][:, :count]
    signs = np.where(np.abs(chosen.min(axis=0)) > np.abs(chosen.max(axis=0)), -1, 1)  # the same everywhere
    return mean, (chosen * signs).astype(np.float32)
