"""Earlier violations from a second table, found for the cases of each chunk.

The table may be in any order and larger than memory. Cases and earlier violations are dealt into
the same buckets by a number made of the id of the case; within a bucket each earlier violation
learns which chunks its case stands in, and is written down in their order.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bizrules.batch._sinks import batches_in, plain_type
from bizrules.errors import Problem
from bizrules.provenance import Location

_BUCKET: Final = 48 << 20
_MOST: Final = 256
_FACTOR: Final = 0x9E3779B97F4A7C15
_STEP: Final = 0x100000001B3
_SHOWN: Final = 5

_Numbers = npt.NDArray[np.int64]


@attrs.frozen(kw_only=True)
class PriorsCount:
    """What a table of earlier violations came to.

    Attributes:
        rows: Its rows.
        stray: Rows that belong to no case.
        examples: Ids of cases named by some of these rows, at most five.
    """

    rows: int = 0
    stray: int = 0
    examples: tuple[str, ...] = ()


@attrs.frozen(eq=False)
class SortedPriors:
    """Earlier violations on disk, in the order of the chunks they belong to.

    Attributes:
        count: What the table came to.
        places: For each bucket its file, and the number of each chunk's batch in it.
    """

    count: PriorsCount
    places: tuple[tuple[Path, dict[int, int]], ...]

    def of_chunk(self, number: int) -> pa.RecordBatch | None:
        """The earlier violations of the cases of a chunk, in the order of the table."""
        found = []
        for path, batches in self.places:
            if number in batches:
                with pa.memory_map(str(path)) as mapped:
                    found.append(pa.ipc.open_file(mapped).get_batch(batches[number]))
        return whole_batch(found)


def whole_batch(batches: Iterable[pa.RecordBatch]) -> pa.RecordBatch | None:
    """The batches as one; None if there are none."""
    found = list(batches)
    if len(found) <= 1:
        return found[0] if found else None
    joined = pa.Table.from_batches(found).combine_chunks().to_batches()
    return joined[0] if joined else found[0]


def bucket_count(size: int) -> int:
    """How many buckets keep each of them small in memory.

    Args:
        size: Bytes of all that is dealt into them.
    """
    return min(_MOST, max(1, -(-size // _BUCKET)))


def sort_priors(
    cases: Iterable[pa.Array],
    priors: Iterator[pa.RecordBatch],
    folder: Path,
    *,
    chunk: int,
    buckets: int,
) -> SortedPriors:
    """Sort earlier violations by the chunks their cases stand in.

    Args:
        cases: The ids of all cases, in the order of the file.
        priors: Earlier violations with the column `case`.
        folder: An empty folder to work in.
        chunk: Cases of a chunk.
        buckets: Into how many buckets to deal them.
    """
    ids = _Deal(folder, "cases", buckets)
    first = 0
    for some in cases:
        numbers = np.arange(first, first + len(some)) // chunk
        ids.add(pa.RecordBatch.from_arrays([some, pa.array(numbers)], ["case", "chunk"]))
        first += len(some)
    ids.close()
    found = _Deal(folder, "priors", buckets)
    rows = 0
    for batch in priors:
        found.add(_without_dictionaries(batch))
        rows += batch.num_rows
    found.close()
    places = []
    counts = []
    for bucket in range(buckets):
        place, count = _sort_bucket(ids.path(bucket), found.path(bucket), folder, bucket)
        places.append(place)
        counts.append(count)
    examples = [one for count in counts for one in count.examples]
    total = PriorsCount(
        rows=rows, stray=sum(count.stray for count in counts), examples=tuple(examples[:_SHOWN])
    )
    return SortedPriors(total, tuple(places))


def _without_dictionaries(batch: pa.RecordBatch) -> pa.RecordBatch:
    return batch.cast(pa.schema([(field.name, plain_type(field.type)) for field in batch.schema]))


class _Deal:
    """Rows dealt into files by the ids of their cases."""

    def __init__(self, folder: Path, name: str, buckets: int) -> None:
        self._folder = folder
        self._name = name
        self._buckets = buckets
        self._writers: dict[int, pa.RecordBatchFileWriter] = {}
        self._files: list[pa.OSFile] = []

    def path(self, bucket: int) -> Path:
        """The file of a bucket; it is there only if the bucket has rows."""
        return self._folder / f"{self._name}-{bucket:03d}.arrow"

    def add(self, batch: pa.RecordBatch) -> None:
        """Deal rows."""
        dealt = buckets_of(batch.column("case"), self._buckets)
        order = np.argsort(dealt, kind="stable")
        ends = np.searchsorted(dealt[order], np.arange(self._buckets + 1))
        ordered = batch if self._buckets == 1 else batch.take(pa.array(order))
        for bucket in range(self._buckets):
            start, end = int(ends[bucket]), int(ends[bucket + 1])
            if start < end:
                self._writer(bucket, batch.schema).write_batch(ordered.slice(start, end - start))

    def _writer(self, bucket: int, schema: pa.Schema) -> pa.RecordBatchFileWriter:
        if bucket not in self._writers:
            file = pa.OSFile(str(self.path(bucket)), "wb")
            self._files.append(file)
            self._writers[bucket] = pa.ipc.new_file(file, schema)
        return self._writers[bucket]

    def close(self) -> None:
        """Finish all files."""
        for writer in self._writers.values():
            writer.close()
        for file in self._files:
            file.close()


def buckets_of(ids: pa.StringArray, buckets: int) -> _Numbers:
    """The bucket of each id: the same for the same text, in any process."""
    count = len(ids)
    if buckets == 1 or count == 0:
        return np.zeros(count, np.int64)
    # Without offset, and without the text behind nulls.
    plain = pa.concat_arrays([pc.fill_null(ids, "")])
    ends = np.frombuffer(plain.buffers()[1], np.int32, count + 1).astype(np.int64)
    data = np.frombuffer(plain.buffers()[2] or b"", np.uint8)[: ends[-1]]
    lengths = np.diff(ends)
    at = np.arange(len(data)) - np.repeat(ends[:-1], lengths)
    factors = np.full(int(lengths.max(initial=0)) + 1, _STEP, np.uint64).cumprod()
    sums = np.cumsum((data + np.uint64(1)) * factors[at], dtype=np.uint64)
    summed = np.concatenate([np.zeros(1, np.uint64), sums])
    # Sums wrap around, and so do their differences.
    hashes = summed[ends[1:]] - summed[ends[:-1]]
    hashes = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(_FACTOR)
    dealt: _Numbers = ((hashes >> np.uint64(33)) % np.uint64(buckets)).astype(np.int64)
    return dealt


def _sort_bucket(
    cases: Path, priors: Path, folder: Path, bucket: int
) -> tuple[tuple[Path, dict[int, int]], PriorsCount]:
    """One bucket: its earlier violations by chunk."""
    target = folder / f"sorted-{bucket:03d}.arrow"
    if not priors.exists():
        return (target, {}), PriorsCount()
    found = pa.Table.from_batches(list(batches_in([priors])))
    if not cases.exists():
        return (target, {}), _strays(found.column("case"))
    rows, chunks, strays = _matches(
        found.column("case"), pa.Table.from_batches(list(batches_in([cases])))
    )
    matched = found.take(pa.array(rows)).combine_chunks()
    numbers, starts = np.unique(chunks, return_index=True)
    ends = np.append(starts, len(chunks))[1:]
    with (
        pa.OSFile(str(target), "wb") as file,
        pa.ipc.new_file(file, matched.schema) as writer,
    ):
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            (batch,) = matched.slice(start, end - start).to_batches()
            writer.write_batch(batch)
    places = {int(number): at for at, number in enumerate(numbers.tolist())}
    return (target, places), _strays(found.column("case").filter(strays))


def _strays(ids: pa.ChunkedArray) -> PriorsCount:
    shown = ids.slice(0, 1000).drop_null().unique().to_pylist()[:_SHOWN]
    return PriorsCount(stray=len(ids), examples=tuple(shown))


def _matches(priors: pa.ChunkedArray, cases: pa.Table) -> tuple[_Numbers, _Numbers, pa.Array]:
    """Rows of earlier violations with the chunk of their case, by chunk; and those without one.

    An id that stands in several chunks has its earlier violations in each of them.
    """
    pairs = cases.group_by(["case", "chunk"], use_threads=False).aggregate([])
    pairs = pairs.filter(pc.is_valid(pairs.column("case")))
    names = pairs.column("case").unique()
    of_pair = pc.index_in(pairs.column("case"), names).to_numpy()
    order = np.argsort(of_pair, kind="stable")
    chunks = pairs.column("chunk").to_numpy()[order]
    starts = np.searchsorted(of_pair[order], np.arange(len(names) + 1))
    at = pc.index_in(priors, names)
    strays = pc.is_null(at)
    known = np.flatnonzero(~strays.to_numpy())
    which = at.drop_null().to_numpy()
    counts = starts[which + 1] - starts[which]
    rows = np.repeat(known, counts)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    found = chunks[np.repeat(starts[which], counts) + within]
    by_chunk = np.argsort(found, kind="stable")
    return rows[by_chunk], found[by_chunk], strays.combine_chunks()


def ownerless(batch: pa.RecordBatch, source: str, first: int = 0) -> list[Problem]:
    """Earlier violations that do not say whose they are: their party might pass for another.

    Args:
        batch: Earlier violations with the column `case`.
        source: What problems call the table.
        first: Rows of the table before these.
    """
    missing = pc.is_null(batch.column("case").cast(pa.string()))
    return [
        Problem("missing-key", Location(source, path=f"$[{first + row}].case"), {"key": "case"})
        for row in pc.indices_nonzero(missing).to_pylist()[:_SHOWN]
    ]


@attrs.frozen(eq=False)
class HeldPriors:
    """Earlier violations held in memory.

    Attributes:
        table: All of them, with the column `case`.
    """

    table: pa.Table

    def of(self, ids: pa.Array) -> pa.RecordBatch | None:
        """The earlier violations of some cases, in the order of the table."""
        found = self.table.filter(pc.is_in(self.table.column("case"), ids.drop_null()))
        return whole_batch(found.to_batches())
