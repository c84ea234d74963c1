import json

import pytest

from tintype.contract import METADATA_KEY, Contract
from tintype.errors import ContractError
from tiny_models import contract


def stored(**changes: object) -> dict[str, str]:
    """Metadata as of an exported model, with some fields changed."""
    fields = json.loads(contract().to_metadata()[METADATA_KEY])
    return {METADATA_KEY: json.dumps(fields | changes)}


@pytest.mark.parametrize("hints", [False, True])
@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize("vivid", [None, 0, 0.4, 1.0])
@pytest.mark.parametrize("distribution", [False, True])
@pytest.mark.parametrize("stride", [None, 8])
def test_a_contract_comes_back_from_its_metadata(
    hints: bool, confidence: bool, vivid: float | None, distribution: bool, stride: int | None
) -> None:
    promise = contract(
        hints=hints,
        confidence=confidence,
        vivid=vivid,
        distribution=distribution,
        features=stride is not None,
        features_stride=stride or 1,
    )
    assert Contract.from_metadata(promise.to_metadata()) == promise


def test_a_contract_written_before_vividness_takes_none_and_gives_no_distribution() -> None:
    fields = json.loads(contract(hints=True).to_metadata()[METADATA_KEY])
    del fields["vivid"], fields["distribution"]
    assert Contract.from_metadata({METADATA_KEY: json.dumps(fields)}) == contract(hints=True)


def test_a_contract_written_before_features_gives_none() -> None:
    fields = json.loads(contract(distribution=True).to_metadata()[METADATA_KEY])
    del fields["features"], fields["features_stride"]
    assert Contract.from_metadata({METADATA_KEY: json.dumps(fields)}) == contract(distribution=True)


def test_the_tensors_follow_from_the_contract() -> None:
    assert contract().input_names == ("luma",)
    assert contract(hints=True).input_names == ("luma", "hints")
    assert contract().output_names == ("chroma",)
    assert contract(confidence=True).output_names == ("chroma", "confidence")
    everything = contract(hints=True, confidence=True, vivid=0.0, distribution=True, features=True)
    assert everything.input_names == ("luma", "hints", "vivid")
    assert everything.output_names == ("chroma", "confidence", "distribution", "features")


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"other": "{}"},
        {METADATA_KEY: "not json"},
        {METADATA_KEY: "[]"},
        stored(version=2),
        stored(version=None),
        stored(extra=1),
        {METADATA_KEY: json.dumps({"version": 1, "name": "tiny"})},
        stored(working_size="64"),
        stored(multiple=True),
        stored(chroma_stride=0),
        stored(hints="yes"),
        stored(confidence=1),
        stored(distribution=None),
        stored(features=2),
        stored(features_stride=0),
        stored(features=True, features_stride=3),
        stored(vivid=True),
        stored(vivid="0.5"),
        stored(vivid=-0.1),
        stored(vivid=1.1),
        stored(name=7),
        stored(name=""),
    ],
)
def test_metadata_that_promises_nothing_clear_is_refused(metadata: dict[str, str]) -> None:
    with pytest.raises(ContractError, match="contract"):
        Contract.from_metadata(metadata)


@pytest.mark.parametrize(
    "changes", [{"working_size": 60}, {"chroma_stride": 3}, {"multiple": -16}, {"working_size": 64.0}]
)
def test_sizes_that_do_not_go_together_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ContractError):
        contract(**changes)
