"""Cases and earlier violations in other encodings than UTF-8."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from batch.tables import case_rows, comparable, one_by_one, read, small_engine, write
from bizrules.batch._encodings import MARK, _unmarked, as_utf_8, encoding_named
from bizrules.batch.files import BatchSummary, Progress, evaluate_file
from bizrules.errors import DocumentError

ROWS = case_rows(24)
HEAD = "id,region,violation,goods_value\n"
PLACE = Path("cases.csv")


def run(source: Path, target: Path, **given: object) -> BatchSummary:
    """Evaluate a file under the small engine."""
    return evaluate_file(source, target, engine=small_engine(), lang="en", **given)  # type: ignore[arg-type]


def recoded(path: Path, encoding: str) -> Path:
    """The file of text with its content in the encoding."""
    packed = {".gz": "gzip"}.get(path.suffix)
    with pa.input_stream(path, compression=packed) as stream:
        text = stream.read().decode()
    with pa.output_stream(path, compression=packed) as stream:
        stream.write(text.encode(encoding))
    return path


def problems(error: pytest.ExceptionInfo[DocumentError]) -> list[tuple[str, int, str, str]]:
    """Code, line, text and help of each problem."""
    found = error.value.problems
    return [(one.code, one.location.line, one.text("en"), one.help("en")) for one in found]


@pytest.mark.parametrize("name", ["cases.csv", "cases.csv.gz", "cases.jsonl", "nested.jsonl"])
@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "GB 18030", "utf-16", "utf-8-sig"])
def test_every_encoding_leads_to_what_utf_8_leads_to(
    name: str, encoding: str, tmp_path: Path
) -> None:
    """The outcomes of a file do not depend on how its characters are written."""
    source = recoded(write(ROWS, tmp_path / name), encoding.replace(" ", ""))
    run(source, tmp_path / "out.parquet", encoding=encoding, chunk=10)
    assert comparable(read(tmp_path / "out.parquet")) == one_by_one(ROWS)


@pytest.mark.parametrize("name", ["cases.csv", "cases.csv.gz", "cases.jsonl"])
def test_a_byte_order_mark_is_enough(name: str, tmp_path: Path) -> None:
    """A file with the byte order mark of UTF-8, as spreadsheets write it, is UTF-8."""
    source = recoded(write(ROWS, tmp_path / name), "utf-8-sig")
    for encoding in ("utf-8", "gb18030"):
        run(source, tmp_path / "out.parquet", encoding=encoding, overwrite=True)
        assert comparable(read(tmp_path / "out.parquet")) == one_by_one(ROWS)


@pytest.mark.parametrize("name", ["priors.csv", "priors.jsonl"])
def test_earlier_violations_are_read_in_the_same_encoding(name: str, tmp_path: Path) -> None:
    """An earlier violation finds its case by a Chinese id, when both files have the encoding."""
    row = {"case": "案-1", "violation": "stall.street", "decided": "2021-05-01"}
    text = f"{','.join(row)}\n{','.join(row.values())}\n" if "csv" in name else json.dumps(row)
    (tmp_path / name).write_text(text, encoding="gb18030")
    source = recoded(write(ROWS, tmp_path / "cases.csv"), "gb18030")
    target = tmp_path / "out.parquet"
    summary = run(source, target, priors=tmp_path / name, encoding="gb18030")
    assert summary.priors is not None
    assert (summary.priors.rows, summary.priors.stray) == (1, 0)
    assert comparable(read(target)) == one_by_one(ROWS, [row])


def test_rows_that_are_not_of_the_encoding_keep_their_place(tmp_path: Path) -> None:
    """What is not GB 18030 is a problem of its row, and the rows around it are read."""
    rows = [f"案{at},530103,stall.street,66\n".encode("gb18030") for at in range(4)]
    rows[1] = b"\x81\xff,530103,stall.street,66\n"
    rows[2] = rows[2].replace(b"stall", b"st\x80ll")
    (tmp_path / "cases.csv").write_bytes(HEAD.encode() + b"".join(rows) + b"\x81")
    target, bad = tmp_path / "out.jsonl", tmp_path / "bad.csv"
    run(tmp_path / "cases.csv", target, problems=bad, encoding="gb18030", chunk=2)
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["case"] for line in lines] == ["案0", None, "案2", "案3", None]
    with bad.open(encoding="utf-8", newline="") as file:
        found = [(row["row"], row["code"], row["text"]) for row in csv.DictReader(file)]
    assert found == [
        ("2", "row-encoding", "the row is not GB18030"),
        ("3", "row-encoding", "the row is not GB18030"),
        ("5", "row-encoding", "the row is not GB18030"),
        ("5", "ragged-row", "the row has 1 cells, not 4"),
    ]


@pytest.mark.parametrize(
    ("raw", "seems"),
    [("昆明市".encode("gb18030"), "; it reads well as GB 18030"), (b"caf\xe9", "")],
)
@pytest.mark.parametrize("name", ["cases.csv", "cases.jsonl"])
def test_what_may_be_gb_18030_is_told(name: str, raw: bytes, seems: str, tmp_path: Path) -> None:
    """A row that is not UTF-8 says so, and whether it reads well as GB 18030."""
    row = {"id": "a", "region": "530103", "violation": "@"}
    cells = HEAD + "a,530103,@,\n" if "csv" in name else json.dumps(row)
    (tmp_path / name).write_bytes(cells.encode().replace(b"@", raw))
    run(tmp_path / name, tmp_path / "out.jsonl")
    (problem,) = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["problems"]
    assert (problem["code"], problem["text"]) == ("row-encoding", f"the row is not UTF-8{seems}")


def test_names_of_columns_that_are_not_of_the_encoding(tmp_path: Path) -> None:
    """Names in another encoding stop the run before it begins, and the help names GB 18030."""
    source = tmp_path / "cases.csv"
    source.write_bytes("id,region,violation,案由\n".encode("gb18030"))
    with pytest.raises(DocumentError) as error:
        run(source, tmp_path / "out.csv")
    ((code, line, text, help_),) = problems(error)
    assert (code, line) == ("header-encoding", 1)
    assert text == "the names of the columns are not UTF-8; it reads well as GB 18030"
    assert "--encoding" in help_
    assert "gb18030" in help_
    with pytest.raises(DocumentError) as error:
        run(source, tmp_path / "out.csv", encoding="gb18030")
    assert [(code, "案由" in text) for code, _, text, _ in problems(error)] == [
        ("unknown-column", True)
    ]


@pytest.mark.parametrize("name", ["cases.csv", "cases.jsonl"])
def test_utf_8_is_never_read_as_other_chinese(name: str, tmp_path: Path) -> None:
    """A file of cases or of earlier violations in UTF-8 is refused where it is said to be another.

    Its ids would be other Chinese, and a party might be taken for a first offender.
    """
    source = write(ROWS, tmp_path / name)
    for encoding in ("gb18030", "gbk", "big5"):
        with pytest.raises(DocumentError) as error:
            run(source, tmp_path / "out.csv", encoding=encoding)
        assert [code for code, *_ in problems(error)] == ["file-in-utf-8"]
    (tmp_path / "priors.csv").write_text("case,decided\n案-1,2021-05-01\n", encoding="utf-8")
    with pytest.raises(DocumentError) as error:
        run(
            recoded(source, "gb18030"),
            tmp_path / "out.csv",
            priors=tmp_path / "priors.csv",
            encoding="gb18030",
        )
    assert [code for code, *_ in problems(error)] == ["file-in-utf-8"]
    (place,) = {one.location.source for one in error.value.problems}
    assert place == str(tmp_path / "priors.csv")


def test_earlier_violations_that_are_not_of_the_encoding(tmp_path: Path) -> None:
    """They stop the run: whose they are cannot be told. Not all of a long file are listed."""
    source = write(ROWS, tmp_path / "cases.csv")
    rows = "".join(f"案-{at},2021-05-01\n" for at in range(99))
    (tmp_path / "priors.csv").write_text(f"case,decided\n{rows}", encoding="gb18030")
    lines = "".join('{"case": "案-1"}\n' for _ in range(99))
    (tmp_path / "priors.jsonl").write_text(lines, encoding="gb18030")
    for name in ("priors.csv", "priors.jsonl"):
        with pytest.raises(DocumentError) as error:
            run(source, tmp_path / "out.csv", priors=tmp_path / name, overwrite=True)
        found = problems(error)
        assert {code for code, *_ in found} == {"row-encoding"}
        assert len(found) == 20
        assert "reads well as GB 18030" in found[0][2]


@pytest.mark.parametrize(
    ("name", "near"),
    [("gb18303", "`gb18030`"), ("hex", "`utf-8`"), ("idna", "`utf-8`"), ("a\0b", "`utf-8`")],
)
def test_an_encoding_that_is_not_there(name: str, near: str, tmp_path: Path) -> None:
    """An unknown encoding is told with those that are near, beside every other problem."""
    write(ROWS[:1], tmp_path / "cases.csv")
    with pytest.raises(DocumentError) as error:
        run(tmp_path / "cases.csv", tmp_path / "out.csv", encoding=name, columns=["grad"])
    first, second = problems(error)
    assert (first[0], second[0]) == ("unknown-encoding", "unknown-outcome-column")
    assert near in first[3]
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize("name", ["utf8", "UTF-8", "utf_8_sig", "utf-8"])
def test_utf_8_has_one_name(name: str) -> None:
    """UTF-8 is one encoding, however it is spelt, so that a run can be resumed."""
    assert encoding_named(name, PLACE) == "utf-8"


def test_another_encoding_is_another_run(tmp_path: Path) -> None:
    """A run is resumed in the encoding in which it began, and in no other."""
    source = tmp_path / "cases.csv"
    rows = b"".join(b"\xc2\xa1-%d,530103,stall.street,66\n" % at for at in range(4))
    source.write_bytes(HEAD.encode() + rows)

    def stop(progress: Progress) -> None:
        if progress.rows == 2:
            raise KeyboardInterrupt

    target = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        run(source, target, encoding="gb18030", chunk=2, progress=stop)
    with pytest.raises(DocumentError, match="the encoding changed"):
        run(source, target, chunk=2, resume=True)
    summary = run(source, target, encoding="GB-18030", chunk=2, resume=True)
    assert (summary.rows, summary.kept) == (4, 2)
    lines = target.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["case"] for line in lines] == [f"隆-{at}" for at in range(4)]


@given(
    text=st.text(st.characters(exclude_categories=["Cs"])),
    encoding=st.sampled_from(["gb18030", "utf-8", "utf-16", "utf-16-be"]),
    data=st.data(),
)
def test_pieces_change_nothing(text: str, encoding: str, data: st.DataObject) -> None:
    """However a text is cut into pieces, it reads the same, a byte order mark aside."""
    raw = text.encode(encoding)
    assume(encoding == "utf-8" or not raw.startswith(b"\xef\xbb\xbf"))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=4)))
    ends = [*cuts, len(raw)]

    def pieces() -> Iterator[bytes]:
        for start, end in zip([0, *cuts], ends, strict=True):
            if start < end:
                yield raw[start:end]

    found = list(as_utf_8(pieces(), encoding))
    assert all(found)
    assert b"".join(found) == text.encode()


@given(raw=st.binary(), encoding=st.sampled_from(["gb18030", "utf-8"]))
def test_what_is_not_of_the_encoding_is_marked(raw: bytes, encoding: str) -> None:
    """Marks stand just where text is not of its encoding, and no line break is lost or made."""
    assume(not raw.startswith(b"\xef\xbb\xbf"))
    found = b"".join(as_utf_8(iter([raw] if raw else []), encoding)).decode()
    try:
        assert found == raw.decode(encoding)
    except UnicodeDecodeError:
        assert MARK in found
        assert found.count("\n") == raw.count(b"\n")
        if encoding == "utf-8":
            assert _unmarked(found) == raw
