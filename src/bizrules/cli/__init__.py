"""The command line: `bizrules`, for people and for scripts.

It needs the extra `cli`. The library itself imports neither click nor rich.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from bizrules import phrases
from bizrules.cli._language import choose_language

__all__ = ["main"]

INTERRUPTED: Final = 130
_NEEDED: Final = frozenset({"click", "rich"})


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status.

    0: done, and every outcome is settled; 1: the input has problems, or a golden case failed;
    2: wrong usage; 3: some outcome is open or contested; 130: interrupted; 141: nobody reads on.

    Args:
        args: What follows the name of the program; None takes it from the process.
    """
    given = sys.argv[1:] if args is None else list(args)
    lang = choose_language(given, os.environ)
    try:
        return _run(given, lang)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return INTERRUPTED


def _run(args: Sequence[str], lang: str) -> int:
    try:
        # Not imported above, so that who lacks the extra is told so instead of shown a trace.
        application = import_module("bizrules.cli._application")
    except ModuleNotFoundError as error:
        if error.name not in _NEEDED:
            raise
        sys.stderr.write(phrases.say("cli.needs-extra", lang, module=error.name) + "\n")
        return 1
    status: int = application.run(args, lang)
    return status
