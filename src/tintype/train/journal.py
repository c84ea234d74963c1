"""What a run writes for people beside its checkpoints: the curve as CSV, TensorBoard and PNG, and sample
sheets."""

import csv
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import torch
from torch import Tensor

from tintype.color import lab_to_srgb
from tintype.nets.scale import chroma_from_net

CURVE: Final = "curve.csv"
TRAIN: Final = "train"
"""Name of the loss of approaches that have but one, and kind of its points."""
VALIDATION: Final = "validation"
WIDE: Final = 10
"""How many times its least value a loss may have and still be drawn on a linear axis."""
COLUMNS: Final = ("step", "epoch", "kind", "loss", "rate", "seconds")


class Journal:
    """The run's curve: `curve.csv` and TensorBoard events in the run folder.

    When resumed at a step, points after it are dropped, so that the curve is that of an uninterrupted run.
    """

    def __init__(self, folder: Path, resumed_at: int) -> None:
        self.path = folder / CURVE
        kept = [row for row in read_curve(self.path) if int(row["step"]) <= resumed_at]
        temporary = self.path.with_suffix(".partial")
        with temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
        temporary.replace(self.path)
        self._file = self.path.open("a", newline="", encoding="utf-8")
        self._writer = csv.DictWriter(self._file, COLUMNS, lineterminator="\n")
        self._events = _tensorboard(folder / "tensorboard", resumed_at)

    def point(self, step: int, epoch: int, kind: str, loss: float, rate: float, seconds: float) -> None:
        """Add one point; `kind` is validation, or the name of one of the approach's losses."""
        values = (step, epoch, kind, f"{loss:.8g}", f"{rate:.6g}", f"{seconds:.1f}")
        self._writer.writerow(dict(zip(COLUMNS, values, strict=True)))
        self._file.flush()
        if self._events is not None:
            self._events.add_scalar(f"loss/{kind}", loss, step)
            self._events.add_scalar("rate", rate, step)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if self._events is not None:
            self._events.close()


def _tensorboard(folder: Path, resumed_at: int) -> Any:
    """An event writer, or None where TensorBoard is not installed (the CSV has the same points)."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=resumed_at + 1)


def read_curve(path: Path) -> list[dict[str, str]]:
    """The points of a curve, none if there is no file yet."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def draw_curve(path: Path, picture: Path) -> None:
    """Draw all losses over steps as PNG (the report's Figures 5, 9 and 13), if matplotlib is there.

    The costs of the players of adversarial training, in which the pixel loss counts λ times, have a panel of
    their own above it.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    curves: dict[str, list[tuple[int, float]]] = {}
    for row in read_curve(path):
        curves.setdefault(row["kind"], []).append((int(row["step"]), float(row["loss"])))
    fitted = [kind for kind in sorted(curves) if kind in (TRAIN, VALIDATION)]
    played = [kind for kind in sorted(curves) if kind not in fitted]
    panels = [(kinds, label) for kinds, label in ((played, "cost"), (fitted, "loss, network scale")) if kinds]
    figure = Figure(figsize=(7, 1 + 3 * len(panels)), layout="constrained")
    for axes, (kinds, label) in zip(
        figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0], panels, strict=True
    ):
        for kind in kinds:
            axes.plot(
                *zip(*curves[kind], strict=True), label=kind, marker="o" if kind == VALIDATION else None
            )
        losses = [loss for kind in kinds for _, loss in curves[kind]]
        wide = 0 < WIDE * min(losses) < max(losses)  # the cost (7) is below zero
        axes.set(ylabel=label, yscale="log" if wide else "linear")
        axes.legend()
    axes.set(xlabel="step")
    figure.savefig(picture, dpi=110)


def draw_sheet(luma: Tensor, chroma: Tensor, predicted_net: Tensor, picture: Path) -> None:
    """Save gray, predicted and true pictures as three columns, one row each, where Pillow is installed.

    L* (B, 1, H, W), a*b* (B, 2, H, W) in CIE units, prediction (B, 2, h, w) in network scale.
    """
    try:
        from PIL import Image
    except ImportError:
        return
    predicted = chroma_from_net(predicted_net.float())
    predicted = torch.nn.functional.interpolate(predicted, size=luma.shape[-2:], mode="bilinear")
    columns = [_to_rgb(luma, ab) for ab in (torch.zeros_like(chroma), predicted, chroma)]
    rows = np.concatenate(columns, axis=2)  # [B, H, 3 W, 3]
    Image.fromarray(np.concatenate(list(rows), axis=0)).save(picture)


def _to_rgb(luma: Tensor, chroma: Tensor) -> np.ndarray[Any, np.dtype[np.uint8]]:
    rgb = lab_to_srgb(torch.cat([luma, chroma], dim=1), axis=-3).clamp(0, 1)
    samples: np.ndarray[Any, np.dtype[np.uint8]] = (
        (rgb * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    )
    return samples
