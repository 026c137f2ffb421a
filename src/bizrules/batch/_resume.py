"""The journal of a run: which parts are whole, and what they depend on.

A run writes its outcomes in parts, in a folder beside the target. A part counts once its record
is there, and the record is written last: a run may be stopped at any moment, and goes on after
its last whole part.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, cast

import attrs

from bizrules.batch._files import replacing, sync, unwritable
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location

_MANIFEST: Final = "run.json"
_SUFFIX: Final = ".parts"


def parts_folder(target: Path) -> Path:
    """Where the parts of a target stand until it is put together."""
    return target.with_name(target.name + _SUFFIX)


@attrs.frozen(kw_only=True)
class Record:
    """What a part holds.

    Attributes:
        rows: Rows.
        settled: Rows with a settled outcome, not contested.
        open: Rows whose outcome is open or contested.
        contested: Rows whose outcome is contested.
        bad: Rows with an error, almost always without an outcome.
        problems: How often each problem occurs, by code.
        routes: Rows by the way in which they were evaluated.
        size: Bytes of the part.
    """

    rows: int
    settled: int
    open: int
    contested: int
    bad: int
    problems: Mapping[str, int] = attrs.field(factory=dict)
    routes: Mapping[str, int] = attrs.field(factory=dict)
    size: int = 0


@attrs.frozen
class Journal:
    """The folder of a run.

    Attributes:
        folder: The folder.
    """

    folder: Path

    @classmethod
    def begin(cls, target: Path, stamp: Mapping[str, str]) -> "Journal":
        """An empty folder for a new run; parts of an earlier one are gone.

        Args:
            target: What the run writes.
            stamp: What its outcomes depend on.

        Raises:
            DocumentError: If the folder cannot be written.
        """
        folder = parts_folder(target)
        try:
            # First what makes the parts count, so that none is left under another stamp.
            (folder / _MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from None
        journal = cls(folder)
        journal._write(_MANIFEST, dict(stamp))
        return journal

    @classmethod
    def resume(cls, target: Path, stamp: Mapping[str, str]) -> "Journal | None":
        """The folder of an earlier run of which the same outcomes come; None if there is none.

        Args:
            target: What the run writes.
            stamp: What its outcomes depend on.

        Raises:
            DocumentError: If the earlier run depended on anything else; all differences are told.
        """
        journal = cls(parts_folder(target))
        before = journal._read(_MANIFEST)
        if before is None:
            return None
        names = sorted(stamp.keys() | before.keys())
        changed = [name for name in names if stamp.get(name) != before.get(name)]
        if changed:
            place = Location(str(journal.folder))
            raise DocumentError(
                Problem("batch-changed", place, {"what_phrase": f"batch.stamp.{name}"})
                for name in changed
            )
        return journal

    def part(self, number: int) -> Path:
        """Where a part stands."""
        return self.folder / f"{number:06d}.part"

    def problems_part(self, number: int) -> Path:
        """Where the problems of a part stand, if it has any."""
        return self.folder / f"{number:06d}.problems"

    def whole_parts(self) -> dict[int, Record]:
        """The parts that are whole, by number."""
        found = {}
        for path in sorted(self.folder.glob("[0-9]*.json")):
            number = int(path.stem)
            record = self._record(path.name)
            part = self.part(number)
            if record is not None and part.is_file() and part.stat().st_size == record.size:
                found[number] = record
        return found

    def _record(self, name: str) -> Record | None:
        data = self._read(name)
        known = {field.name for field in attrs.fields(Record)}
        return Record(**cast("dict[str, Any]", data)) if data and data.keys() == known else None

    def finish_part(self, number: int, record: Record) -> None:
        """Let a part count; it must have been written, and its problems too."""
        for path in (self.part(number), self.problems_part(number)):
            if path.exists():
                sync(path)
        self._write(f"{number:06d}.json", attrs.asdict(record))

    def sign(self, name: str, draft: Path) -> None:
        """Remember that a file is whole and about to take its place.

        Args:
            name: What the run calls the file.
            draft: Where it was written.
        """
        self._write(f"{name}.done", _marks(draft))

    def has_signed(self, name: str, path: Path) -> bool:
        """Whether the file that stands in its place is the one that this run put together."""
        return path.is_file() and self._read(f"{name}.done") == _marks(path)

    def clear(self) -> None:
        """Remove the folder."""
        (self.folder / _MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write(self, name: str, data: Mapping[str, object]) -> None:
        with replacing(self.folder / name) as draft:
            draft.write_text(json.dumps(data), encoding="utf-8")

    def _read(self, name: str) -> dict[str, object] | None:
        try:
            data = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return data if isinstance(data, dict) else None


def _marks(path: Path) -> dict[str, object]:
    """What stays the same when a file is given another name."""
    found = path.stat()
    return {"size": found.st_size, "written": found.st_mtime_ns}
