"""What a model eats and gives, written into the model file itself.

A model is an ONNX graph with these named tensors, all float32, with free N, H and W:

    luma          [N, 1, H, W]    in, L* in 0..100
    hints         [N, 3, H, W]    in, optional: a*, b* in CIE units and a mask (1 where a hint is given)
    vivid         [N]             in, optional: 0 gives the mean of the likely colors, 1 the most vivid ones
    chroma        [N, 2, h, w]    out, a*, b* in CIE units; h = H / chroma_stride
    confidence    [N, 1, h, w]    out, optional: 0..1
    distribution  [N, 226, h, w]  out, optional: probabilities over `tintype.color.bins.centers()`, sum 1;
                                  given only when it is asked for
    features      [N, F, k, l]    out, optional: what the network sees, to compare places and pictures by the
                                  cosine; k = H / features_stride; given only when it is asked for

Scaling, bins, classifiers and whatever else a network needs lie inside the graph, so that nobody who runs a
model knows which network it is. The rest that a caller must know is the `Contract`, stored as JSON in the
ONNX metadata under `METADATA_KEY`.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from tintype.errors import ContractError

METADATA_KEY = "tintype.contract"
CONTRACT_VERSION = 1

INPUT_LUMA = "luma"
INPUT_HINTS = "hints"
INPUT_VIVID = "vivid"
OUTPUT_CHROMA = "chroma"
OUTPUT_CONFIDENCE = "confidence"
OUTPUT_DISTRIBUTION = "distribution"
OUTPUT_FEATURES = "features"


@dataclass(frozen=True)
class Contract:
    """What a caller must know of a model beside the shapes of its tensors.

    Raises `ContractError` when made with values that no model can keep.
    """

    name: str
    """Name of the model, as in its card."""
    working_size: int
    """Side, in pixels, of the square whose area the network colors best."""
    multiple: int
    """H and W must be multiples of this."""
    chroma_stride: int
    """H / h: how much smaller the chroma comes out than the luma went in."""
    hints: bool = False
    """Whether the graph takes `hints`."""
    confidence: bool = False
    """Whether the graph gives `confidence`."""
    vivid: float | None = None
    """The vividness, 0..1, unless another is asked for; None: the graph takes no `vivid`."""
    distribution: bool = False
    """Whether the graph gives `distribution`."""
    features: bool = False
    """Whether the graph gives `features`."""
    features_stride: int = 1
    """H / k: how much smaller the features come out; 1 where there are none."""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise ContractError(f"contract field name must be a string that is not empty, not {self.name!r}")
        for name in ("hints", "confidence", "distribution", "features"):
            if not isinstance(getattr(self, name), bool):
                raise ContractError(
                    f"contract field {name} must be true or false, not {getattr(self, name)!r}"
                )
        for name in ("working_size", "multiple", "chroma_stride", "features_stride"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise ContractError(f"contract field {name} must be a positive integer, not {value!r}")
        if self.vivid is not None and not _is_share(self.vivid):
            raise ContractError(
                f"contract field vivid must be null or a number in 0..1, not {self.vivid!r}; export it again"
            )
        if self.working_size % self.multiple or self.multiple % self.chroma_stride:
            raise ContractError(
                f"contract of {self.name!r}: working_size {self.working_size} must be a multiple of "
                f"{self.multiple}, and that of chroma_stride {self.chroma_stride}"
            )
        if self.multiple % self.features_stride:
            raise ContractError(
                f"contract of {self.name!r}: multiple {self.multiple} must be a multiple of features_stride "
                f"{self.features_stride}"
            )

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the graph's inputs, in order."""
        taken = {INPUT_LUMA: True, INPUT_HINTS: self.hints, INPUT_VIVID: self.vivid is not None}
        return tuple(name for name, there in taken.items() if there)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the graph's outputs, in order."""
        given = {
            OUTPUT_CHROMA: True,
            OUTPUT_CONFIDENCE: self.confidence,
            OUTPUT_DISTRIBUTION: self.distribution,
            OUTPUT_FEATURES: self.features,
        }
        return tuple(name for name, there in given.items() if there)

    def to_metadata(self) -> dict[str, str]:
        """The contract as ONNX metadata: one key, JSON as its value."""
        return {METADATA_KEY: json.dumps({"version": CONTRACT_VERSION} | asdict(self), sort_keys=True)}

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> "Contract":
        """Read the contract back from ONNX metadata.

        Raises `ContractError` when there is none, when it is of a newer version, or when a field is missing,
        unknown or of the wrong kind.
        """
        if METADATA_KEY not in metadata:
            raise ContractError(
                "the model carries no Tintype contract; make it with `tintype export`, which writes one"
            )
        try:
            stored: Any = json.loads(metadata[METADATA_KEY])
        except json.JSONDecodeError as error:
            raise ContractError(f"the model's contract is no JSON ({error}); export it again") from error
        if not isinstance(stored, dict):
            raise ContractError("the model's contract is not a JSON object; export the model again")
        version = stored.pop("version", None)
        if version != CONTRACT_VERSION:
            raise ContractError(
                f"the model's contract is version {version}, this Tintype reads {CONTRACT_VERSION}; "
                "update Tintype or export the model again"
            )
        known = {field.name for field in fields(cls)}
        required = {"name", "working_size", "multiple", "chroma_stride"}
        if stored.keys() - known or required - stored.keys():
            odd = sorted((stored.keys() - known) | (required - stored.keys()))
            raise ContractError(f"the model's contract has missing or unknown fields {odd}; export it again")
        return cls(**stored)


def _is_share(value: object) -> bool:
    """Whether a value is a number in 0..1; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
