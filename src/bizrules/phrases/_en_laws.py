"""Laws that hold for every package of rules, in English."""

from typing import Final

LAWS: Final[dict[str, str]] = {
    "law.broken": "law `{law}` of `{package}` is broken:",
    # What each law says.
    "law.learning": "Learning a fact never changes an outcome that is settled.",
    "law.order": "The order of rules, files and packages has no meaning.",
    "law.irrelevance": "A fact that nothing in the law of the case reads changes nothing.",
    "law.leniency": "Adding a lenient entry never makes an outcome heavier.",
    "law.exemption": "Nothing defeats a ground of law that binds to exempt.",
    "law.fines": "Every fine lies in the statutory range, below its minimum only when mitigated.",
    "law.place": "Rules change nothing outside the place they are for.",
    "law.writing": "What is written is read back the same: conditions, cases, outcomes.",
    "law.replay": "A receipt is enough to reach the same outcome again, and its reasons bear it out.",
    "law.citation": "Every settled outcome rests on articles, and every reason on rules that hold.",
    "law.answers": "What was answered is not asked again.",
    "law.completion": "Whoever answers every question comes to a settled or contested outcome.",
    # What went wrong.
    "law.learning.broken": "Without “{fact}” the outcome was settled ({before}); with it {parts} differ ({after}).",
    "law.order.broken": "With everything in reverse {parts} differ; expected is what comes out then.",
    "law.irrelevance.broken": "No rule, provision or duty reads {facts}, and yet {parts} differ without them.",
    "law.leniency.broken": "With the lenient entry `{rule}` the outcome is heavier ({after}) than without it ({before}); expected is what comes out without it.",
    "law.exemption.broken": "`{rule}` binds to exempt and holds, and yet the outcome is not an exemption that binds ({said}).",
    "law.fines.broken": "The fine is “{fine}” ({said}), and the statutory range does not allow that.",
    "law.place.broken": "The case lies in {region}; without the rules for other places {parts} differ; expected is what comes out without them.",
    "law.writing.broken": "Not read back as it was written: {what}.",
    "law.replay.broken": "Evaluated again from the receipt, {parts} do not agree.",
    "law.citation.broken": "The outcome ({said}) rests on no article, or on rules that do not hold.",
    "law.answers.broken": "Asked again, though the case says it: {facts}.",
    "law.completion.broken": "Nothing is left to ask, and yet the outcome is not complete ({said}): {parts}.",
    "law.said.open": "open",
    "law.said.contested": "contested",
    # What a case may have said only later, besides facts.
    "law.learnt.priors": "the search for earlier violations",
    "law.learnt.kind": "the kind of party",
    "law.learnt.age": "the age of the party",
    "law.learnt.birth_date": "the date of birth",
    "law.learnt.committed": "the exact date of the act",
    "law.learnt.discovered": "the exact date of discovery",
    "law.learnt.filed": "the exact date of filing",
    "law.learnt.notified": "the exact date of notification",
    "law.learnt.decided": "the exact date of decision",
    # Whether the cases come to the rules.
    "law.reach": "The cases drawn come to the rules of the package, and some of them hold.",
    "law.reach.none": "`{package}` has no rules of its own to reach.",
    "law.reach.unspoken": "No rule of `{package}` was a candidate in any of {count} cases, so the laws said nothing about it: {rules}.",
    "law.reach.unheld": "No rule of `{package}` held in any of {count} cases, so the laws said little about it; not reached: {rules}.",
}
