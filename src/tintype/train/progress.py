"""How far a run is."""

import math
from dataclasses import dataclass


@dataclass
class Progress:
    """All that a resumed run needs beside tensors."""

    step: int = 0
    """Updates done."""
    epoch: int = 0
    """Epochs done."""
    seconds: float = 0.0
    """Time spent, earlier parts of the run included."""
    best_loss: float = math.inf
    """Lowest validation loss."""
    best_step: int = 0
    """Step of the lowest validation loss."""
    epochs_since_best: int = 0
    """Epochs without a better validation loss."""
    plateaus: int = 0
    """How often the schedule plateau took a tenth of the learning rate."""
    ended: str = ""
    """Why the run ended: epochs, patience, time, or the name of a signal; empty while it has not."""
