"""The journal of a run: which parts are whole, and what they depend on.

A run writes its outcomes in parts, in a folder beside the target. A part counts once its record
is there, and the record is written last: a run may be stopped at any moment, and goes on after
its last whole part. What does not count yet stands in a folder of this run alone: a process that
an earlier run left behind changes nothing.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final, cast

import attrs
from filelock import FileLock, Timeout

from bizrules.batch._files import replacing, unwritable, writing
from bizrules.errors import DocumentError, Problem
from bizrules.provenance import Location

_MANIFEST: Final = "run.json"
_SUFFIX: Final = ".parts"
_DRAFTS: Final = "drafts-"


def parts_folder(target: Path) -> Path:
    """Where the parts of a target stand until it is put together."""
    return target.with_name(target.name + _SUFFIX)


@contextmanager
def alone(target: Path) -> Iterator[None]:
    """Nobody else writes the target meanwhile; with its process a lock ends, however that ends.

    Args:
        target: What a run writes.

    Raises:
        DocumentError: If another run is writing it, or no file can be made beside it.
    """
    path = target.with_name(f".{target.name}.lock")
    # A lock that is only a file would outlive a process that is killed.
    lock = FileLock(path, blocking=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise DocumentError([Problem("batch-running", Location(str(target)))]) from None
    except OSError as error:
        raise unwritable(parts_folder(target), error) from None
    try:
        yield
    finally:
        # Still locked: a lock on a file without a name is not taken for one.
        with suppress(OSError):
            path.unlink(missing_ok=True)
        lock.release()


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
        apart: Bytes of its problems, where these are written apart.
    """

    rows: int
    settled: int
    open: int
    contested: int
    bad: int
    problems: Mapping[str, int] = attrs.field(factory=dict)
    routes: Mapping[str, int] = attrs.field(factory=dict)
    size: int = 0
    apart: int = 0


@attrs.frozen
class Journal:
    """The folder of a run.

    Attributes:
        folder: The folder.
        drafts: Where this run writes what does not count yet.
    """

    folder: Path
    drafts: Path = attrs.field()

    @drafts.default
    def _same(self) -> Path:
        return self.folder

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
        with writing(folder):
            # First what makes the parts count, so that none is left under another stamp.
            (folder / _MANIFEST).unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(exist_ok=True)
        journal = cls(folder)
        journal._write(_MANIFEST, dict(stamp))
        return journal._drafting()

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
        return journal._drafting()

    def _drafting(self) -> "Journal":
        """The journal with a folder for the drafts of this run; those of earlier ones are gone."""
        for path in self.folder.glob(f"{_DRAFTS}*"):
            shutil.rmtree(path, ignore_errors=True)
        with writing(self.folder):
            return attrs.evolve(self, drafts=Path(mkdtemp(prefix=_DRAFTS, dir=self.folder)))

    def part(self, number: int) -> Path:
        """Where a part stands."""
        return self.folder / f"{number:06d}.part"

    def problems_part(self, number: int) -> Path:
        """Where the problems of a part stand, if it has any."""
        return self.folder / f"{number:06d}.problems"

    def draft(self, number: int) -> Path:
        """Where a part is written."""
        return self.drafts / self.part(number).name

    def problems_draft(self, number: int) -> Path:
        """Where the problems of a part are written."""
        return self.drafts / self.problems_part(number).name

    def whole_parts(self) -> dict[int, Record]:
        """The parts that are whole, by number."""
        found = {}
        for path in sorted(self.folder.glob("[0-9]*.json")):
            number = int(path.stem)
            record = self._record(path.name)
            if record is not None and self.change(number, record) is None:
                found[number] = record
        return found

    def change(self, number: int, record: Record) -> Problem | None:
        """The problem of a part that is not, or no longer, as long as it was written."""
        parts = (self.part(number), record.size), (self.problems_part(number), record.apart)
        for path, size in parts:
            found = path.stat().st_size if path.is_file() else 0
            if found != size:
                details = {"found": str(found), "expected": str(size)}
                return Problem("batch-part-changed", Location(str(path)), details)
        return None

    def _record(self, name: str) -> Record | None:
        data = self._read(name)
        known = {field.name for field in attrs.fields(Record)}
        return Record(**cast("dict[str, Any]", data)) if data and data.keys() == known else None

    def finish_part(self, number: int, record: Record) -> None:
        """Let a part count; its draft must have been written, and that of its problems.

        Raises:
            DocumentError: If it cannot be put in its place.
        """
        with replacing(self.part(number), self.draft(number)):
            pass
        if record.apart:
            with replacing(self.problems_part(number), self.problems_draft(number)):
                pass
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
