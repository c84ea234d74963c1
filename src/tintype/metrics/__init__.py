"""How near a prediction comes to the truth: arrays in, floats out, each measure with its definition.

Chroma (a*b*) is [..., 2] and L*a*b* [..., 3] in CIE units, RGB is 8-bit [H, W, 3]. The truth comes first.
Nothing given is changed.

    chroma      errors and accuracies of a*b*
    curve       the area under the cumulative curve of distances, raw and rebalanced by class
    difference  CIEDE2000
    pictures    PSNR and colorfulness of 8-bit pictures
    similarity  SSIM
    edges       how color keeps to edges
    frechet     the distance of two sets of features, for FID
"""

from tintype.metrics.arrays import ByteArray, FloatArray, IntArray
from tintype.metrics.chroma import (
    CHROMA_RANGE,
    EPSILON,
    accuracy,
    accuracy_as_printed,
    chroma_distance,
    chroma_error,
    mae,
    mse,
)
from tintype.metrics.curve import (
    THRESHOLDS,
    area_from_classes,
    area_under_curve,
    areas_by_class,
    color_classes,
    distance_counts,
    rebalanced_area_from_classes,
    rebalanced_area_under_curve,
)
from tintype.metrics.difference import ciede2000, mean_ciede2000
from tintype.metrics.edges import EDGE, REACH, edge_error, leakage
from tintype.metrics.frechet import frechet_distance
from tintype.metrics.pictures import colorfulness, psnr
from tintype.metrics.similarity import WINDOW, ssim

__all__ = [
    "CHROMA_RANGE",
    "EDGE",
    "EPSILON",
    "REACH",
    "THRESHOLDS",
    "WINDOW",
    "ByteArray",
    "FloatArray",
    "IntArray",
    "accuracy",
    "accuracy_as_printed",
    "area_from_classes",
    "area_under_curve",
    "areas_by_class",
    "chroma_distance",
    "chroma_error",
    "ciede2000",
    "color_classes",
    "colorfulness",
    "distance_counts",
    "edge_error",
    "frechet_distance",
    "leakage",
    "mae",
    "mean_ciede2000",
    "mse",
    "psnr",
    "rebalanced_area_from_classes",
    "rebalanced_area_under_curve",
    "ssim",
]
