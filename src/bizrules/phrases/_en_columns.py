"""Problems with columns of cases, in English."""

from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "problem.unknown-column": "no case has a column `{found}`",
    "problem.unknown-column.help": "{near}; a column is a part of a case or a declared fact",
    "problem.missing-column": "the column `{column}` is missing",
    "problem.missing-column.help": "add it: without it there is no case",
    "problem.double-column": "there are several columns `{found}`",
    "problem.double-column.help": "keep one of them",
    "problem.column-type": "the column `{column}` holds {found}, expected {expected}",
    "problem.column-type.help": "convert it first; amounts are never read from binary fractions, nor days from moments",
}
