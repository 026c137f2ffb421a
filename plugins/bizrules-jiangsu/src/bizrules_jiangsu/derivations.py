"""Derived facts of Jiangsu."""

from typing import Final

from bizrules.derivation import Derivation, Known
from bizrules.facts import Value
from bizrules.values import Money

AMOUNT_PER_WORKER: Final = "jiangsu.amount_per_worker"
AMOUNT_TAKEN: Final = "jiangsu.amount_taken"
WORKERS: Final = "workers_affected"


def amount_per_worker(known: Known) -> Value | None:
    """Amount taken a head (人均收取金额): what was taken in all, over the number of workers.

    A part of a fen counts as a whole one, so that a mean just above the limit stays above it.

    *Unit*: fen. *Source*: 江苏省劳动保障轻微违法行为不予处罚清单（第一版）4.
    """
    taken, workers = known.stated.get(AMOUNT_TAKEN), known.stated.get(WORKERS)
    if not isinstance(taken, Money) or not isinstance(workers, int) or workers < 1:
        return None
    return Money(-(-taken.fen // workers))


DERIVATIONS: Final = (
    Derivation(name=AMOUNT_PER_WORKER, reads=(AMOUNT_TAKEN, WORKERS), compute=amount_per_worker),
)
