"""JSON for people: a manifest is read by anybody who opens the file."""

import json
from collections import Counter

from bizrules.errors import BundleError


def pretty(data: object) -> str:
    """JSON with an indent."""
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def unique(text: str, place: str) -> None:
    """Refuse a key that is there twice: two readers could take another one of them.

    Raises:
        BundleError: If there is one; carries it.
    """

    def pairs(given: list[tuple[str, object]]) -> None:
        twice = [key for key, count in Counter(key for key, _ in given).items() if count > 1]
        if twice:
            raise BundleError("bundle-damaged", place=place, reason=twice[0])

    json.loads(text, object_pairs_hook=pairs)
