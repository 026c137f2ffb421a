"""Names of a package, imported from its modules when they are first read."""

from collections.abc import Callable, Mapping
from importlib import import_module


def late_names(namespace: dict[str, object], modules: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a package.

    What it finds it adds to the namespace; for any other name it raises `AttributeError`.

    Args:
        namespace: `globals()` of the package.
        modules: By name, the module of the package that defines it.
    """
    package = namespace["__name__"]

    def imported(name: str) -> object:
        if name not in modules:
            msg = f"module `{package}` has no attribute `{name}`"
            raise AttributeError(msg)
        found: object = getattr(import_module(f"{package}.{modules[name]}"), name)
        namespace[name] = found
        return found

    return imported
