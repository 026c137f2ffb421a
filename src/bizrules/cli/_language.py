"""Which language the command line speaks."""

from collections.abc import Mapping, Sequence
from typing import Final

from bizrules.phrases import LANGUAGES

OPTION: Final = "--lang"
VARIABLE: Final = "BIZRULES_LANG"
_LOCALE: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_NO_LOCALE: Final = frozenset({"", "C", "POSIX"})


def choose_language(args: Sequence[str], environment: Mapping[str, str]) -> str:
    """`zh` or `en`: what `--lang` says, else `BIZRULES_LANG`, else the locale.

    Without a locale it is Chinese, because officers are those who read the outcomes; under the
    locale of any other language it is English. The option is looked up before the arguments are
    parsed: help and usage errors are said in the language too.

    Args:
        args: Arguments of the process.
        environment: Environment of the process.
    """
    for at, arg in enumerate(args):
        name, _, value = arg.partition("=")
        if name == OPTION:
            chosen = value or next(iter(args[at + 1 :]), "")
            if chosen in LANGUAGES:
                return chosen
    wished = environment.get(VARIABLE, "").lower()[:2]
    return wished if wished in LANGUAGES else _of_locale(environment)


def _of_locale(environment: Mapping[str, str]) -> str:
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    language = locale.partition(".")[0]
    if language in _NO_LOCALE:
        return "zh"
    return "zh" if language.lower().startswith("zh") else "en"
