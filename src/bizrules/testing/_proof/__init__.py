"""What golden cases prove: which rules, conditions and borders they show on both sides."""

from bizrules.testing._proof._data import proof_data
from bizrules.testing._proof._junit import junit_text
from bizrules.testing._proof._page import proof_page, subject_title
from bizrules.testing._proof._points import PARTS, Count, Point, Proof, Shown, Shows, count
from bizrules.testing._proof._proving import prove
from bizrules.testing._proof._suggestions import Suggestion, Suggestions, suggest
from bizrules.testing._proof._text import suggestion_text

__all__ = [
    "PARTS",
    "Count",
    "Point",
    "Proof",
    "Shown",
    "Shows",
    "Suggestion",
    "Suggestions",
    "count",
    "junit_text",
    "proof_data",
    "proof_page",
    "prove",
    "subject_title",
    "suggest",
    "suggestion_text",
]
