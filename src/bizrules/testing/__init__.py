"""What authors of rules test them with: golden cases and the scoreboard of published cases.

Nothing here needs pytest or the command line.
"""

from bizrules.testing._goldens import Difference, GoldenResult, run_golden, run_goldens
from bizrules.testing._matters import MatterResult, run_matter, run_matters
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
    "MatterResult",
    "ScoreRow",
    "Scoreboard",
    "Standing",
    "judge",
    "run_golden",
    "run_goldens",
    "run_matter",
    "run_matters",
    "scoreboard",
]
