"""What a run of the benchmarks found: figures, machine and versions, as JSON."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

RESULTS: Final = Path(__file__).with_name("results.json")
PACKAGES: Final = (
    "bizrules",
    "attrs",
    "numpy",
    "numba",
    "pyarrow",
    "polars",
    "duckdb",
    "openfisca-core",
    "zen-engine",
    "datalogic-py",
    "rule-engine",
    "cedarpy",
)


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
        "day": datetime.now(tz=UTC).date().isoformat(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def versions() -> dict[str, str]:
    """Versions of the library and of everybody it is compared with."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def write(found: Mapping[str, Any], path: Path = RESULTS) -> None:
    """Write the results: keys in order, figures with four digits."""
    text = json.dumps(_rounded(found), indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _rounded(found: Any) -> Any:  # noqa: ANN401 - plain data
    if isinstance(found, float):
        return float(f"{found:.4g}")
    if isinstance(found, Mapping):
        return {str(key): _rounded(value) for key, value in found.items()}
    return [_rounded(one) for one in found] if isinstance(found, list) else found


def read(path: Path = RESULTS) -> dict[str, Any]:
    """The results of the last full run."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
