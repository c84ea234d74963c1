"""What some models can do and others cannot, and which one to take instead."""

from enum import Enum
from pathlib import Path

from tintype.contract import Contract
from tintype.engine.devices import CPU
from tintype.engine.sessions import read_contract, start
from tintype.errors import ConfigError, ModelError
from tintype.zoo import find_model, list_models


class Ability(Enum):
    """What is asked of a model beside coloring; the value ends the sentence "the model … "."""

    HINTS = "takes no hints"
    VIVID = "takes no vividness"
    DISTRIBUTION = "suggests no colors"


def demand(contract: Contract, ability: Ability) -> None:
    """Raise `ConfigError`, naming models that can, when a model lacks an ability."""
    if not has(contract, ability):
        raise ConfigError(f"the model {contract.name!r} {ability.value}; {_advice(ability)}")


def has(contract: Contract, ability: Ability) -> bool:
    """Whether a model has an ability."""
    return {
        Ability.HINTS: contract.hints,
        Ability.VIVID: contract.vivid is not None,
        Ability.DISTRIBUTION: contract.distribution,
    }[ability]


def able_models(ability: Ability) -> list[str]:
    """Names of the models at hand that have an ability; those that cannot be loaded are left out."""
    names = []
    for card in list_models():
        try:
            contract = _contract_of(find_model(card.name).path)
        except ModelError:  # it could not be recommended anyway, and is told of when it is asked for
            continue
        if has(contract, ability):
            names.append(card.name)
    return names


def _advice(ability: Ability) -> str:
    """What to do about a model that lacks an ability."""
    names = able_models(ability)
    if names:
        return f"choose one that does: {', '.join(names)}"
    return "no installed model does; give the path of one that does"


def _contract_of(path: Path) -> Contract:
    """The contract of a model file."""
    _, session = start(path, CPU, 1)
    return read_contract(session)
