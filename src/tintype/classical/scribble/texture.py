"""What a place looks like: Gabor's features of texture."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from tintype.classical.scribble.affinity import Float64Array, FloatArray

WAVELENGTHS: Final = (3.0, 5.0, 9.0, 16.0)
"""Pixels. Four scales of about an octave each and six directions, as Manjunath and Ma 1996 have them."""
DIRECTIONS: Final = 6
BANDWIDTH: Final = 0.56
"""Standard deviation of the Gaussian as a share of the wavelength: one octave (Daugman 1985)."""
POOLED: Final = 0.5
"""Standard deviation, as a share of the wavelength, over which magnitudes are smoothed."""
MEAN_OVER: Final = 2.0
"""Pixels: standard deviation of the smoothing of lightness itself."""
LIGHT_COUNTS: Final = 4.0
"""Weight of the mean lightness against one channel of texture."""
FAINTEST: Final = 1.0
"""L*: a channel of texture that varies less over the picture counts less."""


def features(luma: FloatArray) -> FloatArray:
    """What each place of L* [H, W] looks like, [H, W, F], such that a difference of 1 is a large one.

    The magnitudes of complex Gabor filters at four scales and six directions, smoothed over about a wave,
    their square roots taken (so that strong texture does not drown faint), and the mean lightness.
    """
    light = luma.astype(np.float64)
    margin = int(2 * max(WAVELENGTHS))
    padded = np.pad(
        light - light.mean(), margin, mode="reflect" if min(light.shape) > margin else "symmetric"
    )
    size = tuple(fft.next_fast_len(length) for length in padded.shape)
    spectrum = fft.fft2(padded, s=size)
    found = []
    for wavelength in WAVELENGTHS:
        for index in range(DIRECTIONS):
            gain = _gain((size[0], size[1]), wavelength, np.pi * index / DIRECTIONS)
            answer = np.abs(fft.ifft2(spectrum * gain))[: padded.shape[0], : padded.shape[1]]
            inside = answer[margin : margin + light.shape[0], margin : margin + light.shape[1]]
            found.append(ndimage.gaussian_filter(inside, POOLED * wavelength, mode="nearest"))
    texture = np.sqrt(np.stack(found, axis=-1))
    spread = np.maximum(texture.std(axis=(0, 1)), FAINTEST / 4)
    texture = (texture - texture.mean(axis=(0, 1))) / spread / np.sqrt(len(found))
    mean = ndimage.gaussian_filter(light, MEAN_OVER, mode="nearest")
    mean = (mean - mean.mean()) / max(mean.std(), 4 * FAINTEST) * (LIGHT_COUNTS / np.sqrt(len(found)))
    return np.concatenate([texture, mean[:, :, None]], axis=-1).astype(np.float32)


def _gain(size: tuple[int, int], wavelength: float, angle: float) -> Float64Array:
    """A Gabor filter's gain [h, w]: a Gaussian around 1/wavelength in one direction, and 0 at frequency 0."""
    y = fft.fftfreq(size[0])[:, None]
    x = fft.fftfreq(size[1])[None, :]
    width = 1 / (2 * np.pi * BANDWIDTH * wavelength)
    along = x * np.cos(angle) + y * np.sin(angle)
    beside = -x * np.sin(angle) + y * np.cos(angle)
    gain = np.exp(-((along - 1 / wavelength) ** 2 + beside**2) / (2 * width**2))
    gain[0, 0] = 0
    return np.asarray(2 * gain)


def unlike(looks: FloatArray, samples: FloatArray) -> FloatArray:
    """How far each place's features [H, W, F] are from the nearest of some samples [k, F]: [H, W]."""
    flat = looks.reshape(-1, looks.shape[-1])
    squared = (flat**2).sum(axis=1)[:, None] - 2 * flat @ samples.T + (samples**2).sum(axis=1)
    nearest: NDArray[np.float32] = np.sqrt(np.maximum(squared.min(axis=1), 0))
    return nearest.reshape(looks.shape[:2])


def typical(samples: FloatArray, count: int) -> FloatArray:
    """At most so many of the samples [n, F] that stand for all, [k, F].

    k-means (Lloyd 1982), begun with the sample nearest to the mean and then each time the one farthest from
    those chosen, so that nothing is drawn at random.
    """
    begin = ((samples - samples.mean(axis=0)) ** 2).sum(axis=1).argmin()
    chosen = [int(begin)]
    away = ((samples - samples[begin]) ** 2).sum(axis=1)
    while len(chosen) < min(count, len(samples)) and away.max() > 0:
        chosen.append(int(away.argmax()))
        away = np.minimum(away, ((samples - samples[chosen[-1]]) ** 2).sum(axis=1))
    centers = samples[chosen]
    for _ in range(8):
        nearest = ((samples[:, None] - centers) ** 2).sum(axis=-1).argmin(axis=1)
        present = np.bincount(nearest, minlength=len(centers)) > 0
        centers = np.stack(
            [samples[nearest == each].mean(axis=0) for each in np.flatnonzero(present)],
        )
    return np.asarray(centers, np.float32)
