import re

import bench_scale
from results import read


def test_the_page_has_the_figures_of_the_last_run() -> None:
    """Figures are measured and added up by `make bench`, not typed."""
    page = bench_scale.PAGE.read_text(encoding="utf-8")
    found = read(bench_scale.RESULTS)
    assert bench_scale.filled(page, found) == page, "run `make bench`"
    assert re.findall(r"<!-- table: (\S+) -->", page) == list(bench_scale.tables(found))
