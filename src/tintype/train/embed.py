"""The class scores of a packed set, computed once, so that training `fusion` need not run its classifier.

They are of whole pictures at the size that they are stored in, neither cut nor mirrored.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from tintype.data.batches import to_lab
from tintype.data.pack import Tell
from tintype.data.packed import PackedSet
from tintype.data.scores import Origin, ScoresWriter, StoredScores, open_scores, scores_folder
from tintype.errors import ConfigError, DataError
from tintype.nets.fusion import Classifier, is_classifier, resize, seen_size
from tintype.train.pretrained import imagenet_classifier

STEP: Final = 32
"""Pictures that are classified, and stored, at once."""
TOLD: Final = 1024
"""Pictures between two reports of progress."""
PART: Final = "classifier.network."
"""What the names of the classifier's weights begin with in those of a network."""


def embed(packed: Path, classifier: str, size: int = 0, *, progress: Tell | None = None) -> StoredScores:
    """Compute the scores of a classifier for all pictures of a packed set and store them there.

    `classifier` and `size` are as in `tintype.nets.fusion`. The pictures are first held against the set's
    hash. Where the scores lie says `tintype.data.scores`. What an interrupted attempt has stored is kept, and
    scores that are complete are not computed again.

    Raises `ConfigError` when there is no such classifier or its weights cannot be had, `DataError` when the
    set is damaged, when it has other scores under that name, or when writing fails.
    """
    if not is_classifier(classifier):
        raise ConfigError(f"classifier {classifier!r} is not lite0, lite2 or the name of one of timm's")
    pictures = PackedSet(packed)
    pictures.check()
    side = seen_size(classifier, size)
    weights = imagenet_classifier(classifier)
    origin = Origin(pictures.content_hash, classifier, side, weights_hash(weights))
    if scores_folder(pictures, classifier, side).is_dir():
        stored = open_scores(pictures, classifier, side)
        check_weights(stored, origin.weights)
        return stored
    network = Classifier(classifier, side)
    network.network.load_state_dict(weights)
    return _compute(pictures, network, origin, progress)


def _compute(pictures: PackedSet, network: Classifier, origin: Origin, progress: Tell | None) -> StoredScores:
    folder, count = scores_folder(pictures, origin.classifier, origin.size), len(pictures)
    with ScoresWriter(folder, origin, count, network.classes, STEP) as writer:
        for scores in _scores(pictures, network, writer.done):
            writer.add(scores.cpu().numpy())
            if progress is not None and (writer.done % TOLD < STEP or writer.done == count):
                progress(writer.done, count)
    return writer.finish()


def _scores(pictures: PackedSet, network: Classifier, first: int) -> Iterator[Tensor]:
    """Scores (B, K) of the pictures from number `first` on, a batch at a time."""
    device = torch.device("cpu")
    if torch.accelerator.is_available():
        device = torch.accelerator.current_accelerator() or device
    network = network.to(device).to(memory_format=torch.channels_last)
    for start in range(first, len(pictures), STEP):
        numbers = range(start, min(start + STEP, len(pictures)))
        seen = [_seen(pictures, number, network.size, device) for number in numbers]
        yield network(torch.cat(seen))


def _seen(pictures: PackedSet, number: int, size: int, device: torch.device) -> Tensor:
    """L* (1, 1, size, size) of a picture, stretched to a square as the classifier itself does."""
    rgb = torch.tensor(pictures[number], device=device).permute(2, 0, 1)  # (3, H, W)
    luma, _ = to_lab(rgb[None])
    return resize(luma, size)


def weights_hash(weights: Mapping[str, Tensor]) -> str:
    """sha256 of weights by their names, whatever their order."""
    digest = sha256()
    for name in sorted(weights):
        tensor = weights[name].detach().cpu().contiguous()
        digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        digest.update(tensor.numpy().data)
    return digest.hexdigest()


def check_network(scores: StoredScores, weights: Mapping[str, Tensor]) -> None:
    """Raise `DataError` when the classifier of a network with these weights would give other scores."""
    ours = {name.removeprefix(PART): tensor for name, tensor in weights.items() if name.startswith(PART)}
    check_weights(scores, weights_hash(ours))


def check_weights(scores: StoredScores, weights: str) -> None:
    """Raise `DataError` when the scores are of a classifier with weights of another hash."""
    if scores.origin.weights != weights:
        raise DataError(
            f"{scores.folder} was computed with other weights of {scores.origin.classifier}; delete that "
            "folder and start `tintype data embed` again"
        )
