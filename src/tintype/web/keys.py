"""The secrets of a study's server: they lie in the study's folder, for its owner's eyes."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Final

from tintype.errors import StudyError
from tintype.study.place import Place, write_private

BYTES: Final = 32


@dataclass(frozen=True)
class Keys:
    """What signs cookies, and what opens the admin page."""

    cookie_key: str = field(repr=False)
    admin_token: str = field(repr=False)


def keys(place: Place) -> Keys:
    """The keys of a study, made when first asked for. Raises `StudyError` when they cannot be read."""
    try:
        if not place.secrets.exists():
            made = {name: secrets.token_urlsafe(BYTES) for name in ("cookie_key", "admin_token")}
            write_private(place.secrets, json.dumps(made, indent=1) + "\n")
        held = json.loads(place.secrets.read_text(encoding="utf-8"))
        found = Keys(held["cookie_key"], held["admin_token"])
        if min(len(found.cookie_key), len(found.admin_token)) < BYTES // 2:
            raise ValueError("too short")
    except OSError as error:
        raise StudyError(
            f"{place.secrets}: {error.strerror}; let the user that serves the study read and write its folder"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StudyError(
            f"{place.secrets} holds no keys; restore it from a back-up, or delete it for new ones (who is in "
            "the middle of the study then begins anew)"
        ) from error
    return found
