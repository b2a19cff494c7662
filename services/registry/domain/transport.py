"""Free public transport (免费乘坐公共交通): which certificates entitle, by the rules of a day."""

from collections.abc import Mapping

from kernel.disability import GRADES
from kernel.rulebook import RuleView


def entitling(rules: RuleView) -> Mapping[str, tuple[int, ...]]:
    """The grades that travel free, by category: from 1 to the mildest that the rule names.

    Raises NotFound("rule.not_in_force") on a day without such a rule.
    """
    return {
        category: tuple(
            grade for grade in GRADES if grade <= rules[f"transport.free.{category}.mildest_grade"].integer
        )
        for category in rules["transport.free.categories"].texts
    }
