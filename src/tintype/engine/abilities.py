"""What some models and methods can do and others cannot, and which one to take instead."""

from enum import Enum
from pathlib import Path

from tintype.classical import METHODS, Kind, Method
from tintype.contract import Contract
from tintype.engine.devices import CPU
from tintype.engine.sessions import read_contract, start
from tintype.errors import ConfigError, ModelError
from tintype.zoo import find_model, list_models


class Ability(Enum):
    """What is asked beside coloring; the value ends the sentence "the model … "."""

    HINTS = "takes no hints"
    VIVID = "takes no vividness"
    DISTRIBUTION = "suggests no colors"
    FEATURES = "gives no features to compare pictures by"
    REFERENCES = "takes no reference"
    SWATCHES = "takes no swatches"


def demand(contract: Contract, ability: Ability) -> None:
    """Raise `ConfigError`, naming what can, when a model lacks an ability."""
    if ability not in abilities_of(contract):
        raise lacking(f"model {contract.name!r}", ability)


def demand_of_method(name: str, ability: Ability) -> None:
    """Raise `ConfigError`, naming what can, when a method without learning lacks an ability."""
    if ability not in method_abilities(METHODS[name]):
        raise lacking(f"method {name!r}", ability)


def lacking(who: str, ability: Ability) -> ConfigError:
    """The error that something, such as "model 'cnn'", lacks an ability; it names what has it."""
    return ConfigError(f"the {who} {ability.value}; {_advice(ability)}")


def abilities_of(contract: Contract) -> frozenset[Ability]:
    """What a model can do, by its contract."""
    there = {
        Ability.HINTS: contract.hints,
        Ability.VIVID: contract.vivid is not None,
        Ability.DISTRIBUTION: contract.distribution,
        Ability.FEATURES: contract.features,
        Ability.REFERENCES: contract.hints and contract.features,
    }
    return frozenset(ability for ability, has in there.items() if has)


def method_abilities(method: Method) -> frozenset[Ability]:
    """What a method without learning can do."""
    if method.kind is Kind.STROKES:
        return frozenset({Ability.HINTS})
    return frozenset({Ability.REFERENCES} | ({Ability.SWATCHES} if method.swatches else set()))


def able_models(ability: Ability) -> list[str]:
    """Names of the models at hand that have an ability; those that cannot be loaded are left out."""
    names = []
    for card in list_models():
        try:
            contract = _contract_of(find_model(card.name).path)
        except ModelError:  # it could not be recommended anyway, and is told of when it is asked for
            continue
        if ability in abilities_of(contract):
            names.append(card.name)
    return names


def able_methods(ability: Ability) -> list[str]:
    """Names of the methods without learning that have an ability."""
    return [name for name, method in METHODS.items() if ability in method_abilities(method)]


def _advice(ability: Ability) -> str:
    """What to do about a model or method that lacks an ability."""
    names = able_models(ability) + able_methods(ability)
    if names:
        return f"choose one that does: {', '.join(names)}"
    return "no installed model does; give the path of one that does"


def _contract_of(path: Path) -> Contract:
    """The contract of a model file."""
    _, session = start(path, CPU, 1)
    return read_contract(session)
