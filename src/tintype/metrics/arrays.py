"""The kinds of arrays that measures take."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.int64]
ByteArray = NDArray[np.uint8]
