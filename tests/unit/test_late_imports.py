"""Names of a package are imported from its modules when they are first read."""

import sys

import pytest

import bizrules
from bizrules import documents, loading, testing
from bizrules.late_imports import late_names
from bizrules.values import Money


def test_imported_once() -> None:
    """A name is found in its module, and stands in the package from then on."""
    namespace: dict[str, object] = {"__name__": "bizrules"}
    find = late_names(namespace, {"Money": "values"})
    assert find("Money") is Money
    assert namespace["Money"] is Money


@pytest.mark.parametrize("package", [bizrules, documents, loading, testing])
def test_every_name(package: object) -> None:
    """Each package has the names that it says it has, and no others."""
    name = getattr(package, "__name__")  # noqa: B009 - a module is an object to mypy
    assert sys.modules[name] is package
    for public in dir(package):
        assert getattr(package, public) is not None
    with pytest.raises(AttributeError, match=f"module `{name}` has no attribute `xyz`"):
        getattr(package, "xyz")  # noqa: B009 - likewise
