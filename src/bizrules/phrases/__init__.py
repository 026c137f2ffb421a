"""Every text the library itself says to people, by key and language.

A third language is one more mapping with the same keys: add its module and name it here.
"""

from collections.abc import Mapping
from typing import Final

from bizrules.phrases._en_bundles import BUNDLES as _EN_BUNDLES
from bizrules.phrases._en_cli import CLI as _EN_CLI
from bizrules.phrases._en_columns import COLUMNS as _EN_COLUMNS
from bizrules.phrases._en_diff import DIFF as _EN_DIFF
from bizrules.phrases._en_files import FILES as _EN_FILES
from bizrules.phrases._en_format import FORMAT as _EN_FORMAT
from bizrules.phrases._en_language import LANGUAGE as _EN_LANGUAGE
from bizrules.phrases._en_laws import LAWS as _EN_LAWS
from bizrules.phrases._en_matter import MATTER as _EN_MATTER
from bizrules.phrases._en_mutants import MUTANTS as _EN_MUTANTS
from bizrules.phrases._en_outcome import OUTCOME as _EN_OUTCOME
from bizrules.phrases._en_problems import PROBLEMS as _EN_PROBLEMS
from bizrules.phrases._en_proof import PROOF as _EN_PROOF
from bizrules.phrases._en_rulebook import RULEBOOK as _EN_RULEBOOK
from bizrules.phrases._en_scaffold import SCAFFOLD as _EN_SCAFFOLD
from bizrules.phrases._en_time import TIME as _EN_TIME
from bizrules.phrases._en_timeline import TIMELINE as _EN_TIMELINE
from bizrules.phrases._zh_bundles import BUNDLES as _ZH_BUNDLES
from bizrules.phrases._zh_cli import CLI as _ZH_CLI
from bizrules.phrases._zh_columns import COLUMNS as _ZH_COLUMNS
from bizrules.phrases._zh_diff import DIFF as _ZH_DIFF
from bizrules.phrases._zh_files import FILES as _ZH_FILES
from bizrules.phrases._zh_format import FORMAT as _ZH_FORMAT
from bizrules.phrases._zh_language import LANGUAGE as _ZH_LANGUAGE
from bizrules.phrases._zh_laws import LAWS as _ZH_LAWS
from bizrules.phrases._zh_matter import MATTER as _ZH_MATTER
from bizrules.phrases._zh_mutants import MUTANTS as _ZH_MUTANTS
from bizrules.phrases._zh_outcome import OUTCOME as _ZH_OUTCOME
from bizrules.phrases._zh_problems import PROBLEMS as _ZH_PROBLEMS
from bizrules.phrases._zh_proof import PROOF as _ZH_PROOF
from bizrules.phrases._zh_rulebook import RULEBOOK as _ZH_RULEBOOK
from bizrules.phrases._zh_scaffold import SCAFFOLD as _ZH_SCAFFOLD
from bizrules.phrases._zh_time import TIME as _ZH_TIME
from bizrules.phrases._zh_timeline import TIMELINE as _ZH_TIMELINE

LANGUAGES: Final = ("zh", "en")

_PHRASES: Final[Mapping[str, Mapping[str, str]]] = {
    "zh": {
        **_ZH_PROBLEMS,
        **_ZH_OUTCOME,
        **_ZH_MATTER,
        **_ZH_TIME,
        **_ZH_TIMELINE,
        **_ZH_COLUMNS,
        **_ZH_DIFF,
        **_ZH_RULEBOOK,
        **_ZH_PROOF,
        **_ZH_MUTANTS,
        **_ZH_LAWS,
        **_ZH_SCAFFOLD,
        **_ZH_FORMAT,
        **_ZH_FILES,
        **_ZH_LANGUAGE,
        **_ZH_BUNDLES,
        **_ZH_CLI,
    },
    "en": {
        **_EN_PROBLEMS,
        **_EN_OUTCOME,
        **_EN_MATTER,
        **_EN_TIME,
        **_EN_TIMELINE,
        **_EN_COLUMNS,
        **_EN_DIFF,
        **_EN_RULEBOOK,
        **_EN_PROOF,
        **_EN_MUTANTS,
        **_EN_LAWS,
        **_EN_SCAFFOLD,
        **_EN_FORMAT,
        **_EN_FILES,
        **_EN_LANGUAGE,
        **_EN_BUNDLES,
        **_EN_CLI,
    },
}


def say(key: str, lang: str, /, **details: object) -> str:
    """The phrase under `key` in the language, with the details filled in.

    Raises:
        KeyError: If the language has no such phrase, or the phrase mentions a detail not given.
    """
    return _PHRASES[lang][key].format(**details)


def template(key: str, lang: str) -> str:
    """The phrase under `key` in the language as it is written, its details in braces.

    Raises:
        KeyError: If the language has no such phrase.
    """
    return _PHRASES[lang][key]


def has(key: str) -> bool:
    """Whether there is a phrase under `key`."""
    return key in _PHRASES["zh"]


def keys(lang: str) -> frozenset[str]:
    """All keys of a language."""
    return frozenset(_PHRASES[lang])
