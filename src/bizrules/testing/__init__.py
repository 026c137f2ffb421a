"""What authors of rules test them with: golden cases and the scoreboard of published cases.

Nothing here needs pytest or the command line.
"""

from bizrules.testing._goldens import Difference, GoldenResult, run_golden, run_goldens
from bizrules.testing._scoreboard import (
    Judgement,
    Scoreboard,
    ScoreRow,
    Standing,
    judge,
    scoreboard,
)

__all__ = [
    "Difference",
    "GoldenResult",
    "Judgement",
    "ScoreRow",
    "Scoreboard",
    "Standing",
    "judge",
    "run_golden",
    "run_goldens",
    "scoreboard",
]
