"""What is measured of each picture, and what each number means."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

EPSILONS: Final = (0.01, 0.02, 0.05)
"""Shares of the a*b* axis within which a color counts as right."""
NET_SCALE: Final = 128.0
"""CIE units that are 1 in the scale of the report's networks, whose losses are given in it."""


@dataclass(frozen=True)
class Measure:
    """One column of a table of scores."""

    key: str
    title: str
    unit: str
    better: Literal["high", "low", "truth"]
    """Which values are better: high ones, low ones, or those near the truth's."""
    decimals: int
    """Digits after the point in tables."""
    definition: str
    per_picture: bool = True
    """Whether one picture has a value of its own."""


def _accuracies() -> list[Measure]:
    text = "share of pixels whose a* and b* both lie within {0:g} % of the axis [-128, 127] of the truth"
    exact = [
        Measure(
            f"accuracy_{100 * epsilon:g}",
            f"accuracy, {100 * epsilon:g} %",
            "%",
            "high",
            1,
            f"{text.format(100 * epsilon)} (Deep Colorization 2019, equation 9, normalized by 1/HW)",
        )
        for epsilon in EPSILONS
    ]
    printed = [
        Measure(
            f"accuracy_printed_{100 * epsilon:g}",
            f"as printed, {100 * epsilon:g} %",
            "%",
            "high",
            1,
            "the same normalized by 1/2HW, as equation 9 is printed: at most 50 %",
            per_picture=False,
        )
        for epsilon in EPSILONS
    ]
    return [*exact, *printed]


MEASURES: Final = (
    Measure(
        "auc",
        "AuC",
        "%",
        "high",
        2,
        "area under the cumulative curve of a*b* distance, thresholds 0 to 150 (Zhang et al. 2016, 3.1)",
    ),
    Measure(
        "auc_rebalanced",
        "AuC rebalanced",
        "%",
        "high",
        2,
        "the same with each pixel weighted inversely to how common its true color is in these pictures",
        per_picture=False,
    ),
    *_accuracies(),
    Measure(
        "mse",
        "MSE",
        "",
        "low",
        4,
        "mean squared error of a*b*/128 (Deep Colorization 2019, equation 4)",
    ),
    Measure(
        "mae",
        "MAE",
        "",
        "low",
        4,
        "mean absolute error of a*b*/128 (Deep Colorization 2019, equation 5)",
    ),
    Measure("chroma_error", "a*b* error", "", "low", 2, "mean Euclidean distance of a*b*, CIE units"),
    Measure("psnr", "PSNR", "dB", "high", 2, "peak signal-to-noise ratio over R, G and B, mean of pictures"),
    Measure(
        "ssim",
        "SSIM",
        "",
        "high",
        4,
        "structural similarity of R, G and B (Wang et al. 2004), mean of channels",
    ),
    Measure("ciede2000", "CIEDE2000", "", "low", 2, "mean color difference (Sharma, Wu and Dalal 2005)"),
    Measure(
        "colorfulness", "colorfulness", "", "truth", 1, "M³ of Hasler and Süsstrunk 2003, mean of pictures"
    ),
    Measure(
        "colorfulness_difference",
        "Δ colorfulness",
        "",
        "low",
        1,
        "how far that mean is from the mean of the truth",
        per_picture=False,
    ),
    Measure(
        "edge_error",
        "edge error",
        "",
        "low",
        2,
        "mean a*b* distance within two pixels of strong edges of true color: bleeding",
    ),
    Measure(
        "leakage",
        "leakage",
        "",
        "truth",
        3,
        "share of the change of color that lies away from edges of lightness: bleeding, without the truth",
    ),
    Measure("lpips", "LPIPS", "", "low", 4, "perceptual distance, AlexNet (Zhang et al. 2018)"),
    Measure(
        "fid",
        "FID",
        "",
        "low",
        2,
        "Fréchet distance of Inception features of all pictures (Heusel et al. 2017)",
        per_picture=False,
    ),
)
"""All measures, in the order of tables."""
BY_KEY: Final = {measure.key: measure for measure in MEASURES}
