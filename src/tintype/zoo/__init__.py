"""Models as data: their cards, where they lie, and whether they are what their cards say.

The bundled models lie in `tintype/zoo/models` as `<name>.onnx` beside `<name>.json`, the card. The
environment variable TINTYPE_MODELS adds folders of the same kind.
"""

from tintype.zoo.card import Card
from tintype.zoo.find import DEFAULT_MODEL, Model, find_model, list_models, model_folders

__all__ = ["DEFAULT_MODEL", "Card", "Model", "find_model", "list_models", "model_folders"]
