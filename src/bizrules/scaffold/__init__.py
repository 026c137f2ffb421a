"""A new package of rules (规则包) for a place, made from the template of the library.

Only the library's own template is ever rendered, with answers that were checked before.
"""

from bizrules.scaffold._answers import Answers, answers_for, fitting_versions, region_of
from bizrules.scaffold._rendering import create_package, template_folder, update_package

__all__ = [
    "Answers",
    "answers_for",
    "create_package",
    "fitting_versions",
    "region_of",
    "template_folder",
    "update_package",
]
