"""The questions of a survey as the rules of a day list them, and what may be answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from kernel.errors import Invalid
from kernel.rulebook import RuleView


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """questions: with their possible answers. required: those that must be answered. needs: possible ones."""

    questions: Mapping[str, frozenset[str]]
    required: frozenset[str]
    needs: frozenset[str]

    @classmethod
    def of(cls, rules: RuleView) -> Self:
        """Raises NotFound("rule.not_in_force") on a day without questions."""
        return cls(
            {
                name: frozenset(rules[f"survey.question.{name}"].texts)
                for name in rules["survey.questions"].texts
            },
            frozenset(rules["survey.required"].texts),
            frozenset(rules["survey.needs"].texts),
        )

    def check(self, answers: Mapping[str, str], needs: Collection[str]) -> None:
        """Refuse an entry that does not fit.

        Raises Invalid("registry.unknown_question"), Invalid("registry.unknown_answer"),
        Invalid("registry.question_unanswered") or Invalid("registry.unknown_need"); each names the question.
        """
        for question, answer in answers.items():
            if question not in self.questions:
                raise _invalid("unknown_question", f"This round has no question {question}.", "answers")
            if answer not in self.questions[question]:
                possible = ", ".join(sorted(self.questions[question]))
                raise _invalid("unknown_answer", f"The answers to {question} are {possible}.", "answers")
        if missing := sorted(self.required - answers.keys()):
            raise _invalid("question_unanswered", f"There is no answer to {missing[0]}.", "answers")
        if not self.needs.issuperset(needs):
            possible = ", ".join(sorted(self.needs))
            raise _invalid("unknown_need", f"The needs that this round asks for are {possible}.", "needs")


def _invalid(what: str, message: str, field: str) -> Invalid:
    return Invalid(f"registry.{what}", message, field=field)
