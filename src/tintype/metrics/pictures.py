"""Measures of 8-bit pictures, pixel by pixel."""

import numpy as np

from tintype.metrics.arrays import ByteArray


def psnr(true: ByteArray, predicted: ByteArray) -> float:
    """Peak signal-to-noise ratio in dB over R, G and B of one 8-bit picture, 10 log10(255² / MSE).

    As in the table of DDColor (Kang et al. 2023): averaged over pictures afterwards. Infinite for equal ones.
    """
    error = np.mean(np.square(true.astype(float) - predicted.astype(float)))
    return float("inf") if error == 0 else float(10 * np.log10(255.0**2 / error))


def colorfulness(rgb: ByteArray) -> float:
    """M^(3) of Hasler and Süsstrunk 2003 for one 8-bit picture: gray 0, "extremely colorful" 109.

    σ + 0.3 μ of the opponent channels R - G and (R + G)/2 - B, signed as in the paper.
    """
    red, green, blue = np.moveaxis(rgb.astype(float), -1, 0)
    opponents = (red - green, (red + green) / 2 - blue)
    deviation = np.hypot(*(channel.std() for channel in opponents))
    mean = np.hypot(*(channel.mean() for channel in opponents))
    return float(deviation + 0.3 * mean)
