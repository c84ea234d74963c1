"""What turns lightness into chroma: models in ONNX Runtime, behind the contract."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tintype.contract import (
    INPUT_HINTS,
    INPUT_LUMA,
    INPUT_VIVID,
    OUTPUT_CHROMA,
    OUTPUT_CONFIDENCE,
    OUTPUT_DISTRIBUTION,
    OUTPUT_FEATURES,
    Contract,
)
from tintype.engine.abilities import Ability, demand
from tintype.engine.cores import physical_cores
from tintype.engine.devices import AUTO
from tintype.engine.sessions import CHANNELS, one_line, read_contract, start
from tintype.errors import ConfigError, ModelError

FloatArray = NDArray[np.float32]

ON_REQUEST: Final = (OUTPUT_DISTRIBUTION, OUTPUT_FEATURES)
"""Outputs that are given only when they are asked for."""


@dataclass(frozen=True)
class Output:
    """What a predictor gives for a batch."""

    chroma: FloatArray
    """[N, 2, h, w], a*b* in CIE units."""
    confidence: FloatArray | None
    """[N, 1, h, w] in 0..1, None where the model gives none."""
    distribution: FloatArray | None = None
    """[N, 226, h, w], probabilities over `color.bins.centers()`, sum 1; None unless it was asked for."""
    features: FloatArray | None = None
    """[N, F, k, l], to compare places and pictures by the cosine; None unless they were asked for."""


class OnnxPredictor:
    """A model file in ONNX Runtime.

    Several threads may call `predict` at once.

    `device` is "auto" (the best that starts, the CPU at last) or a name of `devices.DEVICES`. `threads` is
    the number of cores that one prediction uses on the CPU; all physical ones when None.

    Raises `DeviceError` when the asked-for device cannot be used, `ContractError` when the file does not
    keep the contract, and `ModelError` when it cannot be loaded at all.
    """

    def __init__(self, path: Path, device: str = AUTO, threads: int | None = None) -> None:
        self._path = path
        self._device, self._session = start(path, device, threads or physical_cores())
        self._contract = read_contract(self._session)

    @property
    def contract(self) -> Contract:
        """What the model eats and gives."""
        return self._contract

    @property
    def device(self) -> str:
        """Name of the device that it computes on, never "auto"."""
        return self._device

    def demand(self, ability: Ability) -> None:
        """Raise `ConfigError`, naming what can, when the model lacks an ability."""
        demand(self._contract, ability)

    def predict(
        self,
        luma: FloatArray,
        hints: FloatArray | None = None,
        vivid: float | None = None,
        *,
        distribution: bool = False,
        features: bool = False,
    ) -> Output:
        """Chroma for L* [N, 1, H, W], float32, 0..100; H and W are multiples of the contract's `multiple`.

        `hints` [N, 3, H, W] holds a*, b* and a mask; a model that takes hints gets none (all zero) when it
        is None. `vivid` 0..1 is the contract's own when None. Only with `distribution` and `features` are
        these given.

        Raises `ConfigError` when something is given to or asked of a model that it does not have, and
        `ModelError` when it fails or gives something that is not finite or not of the promised size. The
        arrays are left unchanged.
        """
        inputs = self._inputs(luma, hints, vivid)
        names = [name for name in self._contract.output_names if name not in ON_REQUEST]
        if distribution:
            demand(self._contract, Ability.DISTRIBUTION)
            names.append(OUTPUT_DISTRIBUTION)
        if features:
            demand(self._contract, Ability.FEATURES)
            names.append(OUTPUT_FEATURES)
        outputs = self._run(names, inputs)
        for name, array in outputs.items():
            self._check(name, array, luma.shape)
        return Output(
            outputs[OUTPUT_CHROMA],
            outputs.get(OUTPUT_CONFIDENCE),
            outputs.get(OUTPUT_DISTRIBUTION),
            outputs.get(OUTPUT_FEATURES),
        )

    def _run(self, names: list[str], inputs: dict[str, FloatArray]) -> dict[str, FloatArray]:
        """The graph's outputs by name; raises `ModelError` when it fails."""
        try:
            arrays = self._session.run(names, inputs)
        except Exception as error:  # ONNX Runtime raises a dozen unrelated types
            raise ModelError(
                f"the model {self._path} failed ({one_line(error)}); try the device 'cpu'"
            ) from error
        return dict(zip(names, arrays, strict=True))

    def _inputs(
        self, luma: FloatArray, hints: FloatArray | None, vivid: float | None
    ) -> dict[str, FloatArray]:
        """What the graph is fed, by name; `ConfigError` for what it does not take."""
        contract = self._contract
        count, _, height, width = luma.shape
        inputs = {INPUT_LUMA: luma}
        if hints is not None:
            demand(contract, Ability.HINTS)
        if contract.hints:
            inputs[INPUT_HINTS] = np.zeros((count, 3, height, width), np.float32) if hints is None else hints
        if vivid is not None:
            demand(contract, Ability.VIVID)
            check_vivid(vivid)
        if contract.vivid is not None:
            inputs[INPUT_VIVID] = np.full(count, contract.vivid if vivid is None else vivid, np.float32)
        return inputs

    def _check(self, name: str, array: FloatArray, luma_shape: tuple[int, ...]) -> None:
        """Raise `ModelError` unless an output is of the promised size and finite."""
        seen = name == OUTPUT_FEATURES
        stride = self._contract.features_stride if seen else self._contract.chroma_stride
        channels = array.shape[1] if seen else CHANNELS[name]
        wanted = (luma_shape[0], channels, luma_shape[2] // stride, luma_shape[3] // stride)
        if array.shape != wanted:
            raise ModelError(
                f"the model {self._path} gave {name} of shape {array.shape}, not {wanted}; export it again"
            )
        if not np.isfinite(array).all():
            raise ModelError(
                f"the model {self._path} gave values in {name} that are not finite; try the device 'cpu', "
                "or another model"
            )


def check_vivid(vivid: float) -> None:
    """Raise `ConfigError` unless the vividness lies in 0..1."""
    if not 0 <= vivid <= 1:
        raise ConfigError(
            f"vividness must lie between 0 and 1, not {vivid}; 0 is the palest and 1 the most vivid"
        )
