"""Problems with columns of cases, in Chinese."""

from typing import Final

COLUMNS: Final[dict[str, str]] = {
    "problem.unknown-column": "案件没有“{found}”这一列",
    "problem.unknown-column.help": "{near}；列名只能是案件的组成部分或者已声明的事实",
    "problem.missing-column": "缺少“{column}”列",
    "problem.missing-column.help": "请补上该列，否则不成其为案件",
    "problem.double-column": "“{found}”列重复",
    "problem.double-column.help": "只保留其中一列",
    "problem.column-type": "“{column}”列的类型是 {found}，应为 {expected}",
    "problem.column-type.help": "请先转换类型；金额不从二进制小数读取，日期不从时刻读取",
}
