"""What is in force when, and what changed: rulesets compared as lawyers compare them.

Nothing here evaluates a case; conditions are compared by what follows from them.
"""

from bizrules.analysis._changes import (
    Change,
    ChangeKind,
    Difference,
    Direction,
    LegalDiff,
    Part,
)
from bizrules.analysis._diff import diff_rulesets
from bizrules.analysis._rendering import diff_data, render_diff
from bizrules.analysis._views import View, view_on

__all__ = [
    "Change",
    "ChangeKind",
    "Difference",
    "Direction",
    "LegalDiff",
    "Part",
    "View",
    "diff_data",
    "diff_rulesets",
    "render_diff",
    "view_on",
]
