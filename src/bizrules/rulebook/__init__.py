"""The encoded rules as a book of pages: each ruleset laid out as an officer reads a list.

Conditions, effects and citations are said by the same words as in an explanation.
"""

from collections.abc import Mapping

from bizrules.engine import Engine
from bizrules.phrases import LANGUAGES
from bizrules.rulebook._index import INDEX, index_page, path_of
from bizrules.rulebook._ruleset import ruleset_page

__all__ = ["INDEX", "rulebook_pages"]


def rulebook_pages(engine: Engine, lang: str = "zh") -> Mapping[str, str]:
    """The Markdown pages of the rulesets that have rules, and their index, by path.

    Args:
        engine: What is loaded; drafts among it are marked as such.
        lang: `zh` or `en`.

    Raises:
        ValueError: If there is no such language.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}")
    found = [ruleset for ruleset in engine.rulesets if ruleset.rules]
    pages = {path_of(one, engine): ruleset_page(one, engine, lang) for one in found}
    return {INDEX: index_page(found, engine, lang), **pages}
