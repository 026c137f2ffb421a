"""Parts of the program that need an extra: imported when they are run, and told of if missing."""

from importlib import import_module
from types import ModuleType

from bizrules.errors import CodedError


class MissingExtraError(CodedError):
    """A library that comes with an extra is not installed."""


def load(name: str, extra: str) -> ModuleType:
    """A module of the program that needs the extra.

    Args:
        name: Full name of the module.
        extra: The extra.

    Raises:
        MissingExtraError: If a library it imports is not there; carries it and the extra.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "bizrules":
            raise
        raise MissingExtraError("missing-extra", module=error.name, extra=extra) from None
