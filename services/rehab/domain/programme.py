"""A rehabilitation programme as its dated rules describe it, and who may be taken into it."""

from dataclasses import dataclass
from datetime import date

from kernel.ages import AgeBand
from kernel.disability import Category
from kernel.errors import Conflict, Invalid, NotFound, Refusal
from kernel.rulebook import RuleView
from services.rehab.domain.people import Certificate, Person
from services.rehab.domain.records import Enrolment


@dataclass(frozen=True, slots=True)
class Programme:
    """The rules of one programme on one day.

    categories: certificates of these categories are accepted at any grade; severe_categories: at grade 1 or 2
    only. Where neither is stated, a certificate of any category and grade suffices.
    diagnosis_level_max: the mildest level (1 is the most severe) a diagnosis may state; None asks for none.
    item_max_per_year: how often one person may receive the same item in a year; None sets no limit.
    """

    key: str
    items: tuple[str, ...]
    bases: tuple[str, ...]
    ages: AgeBand
    categories: tuple[Category, ...] = ()
    severe_categories: tuple[Category, ...] = ()
    modes: tuple[str, ...] = ()
    diagnosis_level_max: int | None = None
    guardian_applies: bool = False
    item_max_per_year: int | None = None

    @classmethod
    def on(cls, rules: RuleView, key: str) -> "Programme":
        """Read programme.<key>.* . Raises NotFound("rehab.unknown_programme") when it is not in force."""
        name = f"programme.{key}."
        if f"{name}items" not in rules:
            raise NotFound(
                "rehab.unknown_programme",
                "No programme of that name is in force on that day; check its name and the date, or add it "
                "to the rule files.",
                field="programme",
            )

        def texts(rule: str) -> tuple[str, ...]:
            return rules[name + rule].texts if name + rule in rules else ()

        def number(rule: str) -> int | None:
            return rules[name + rule].integer if name + rule in rules else None

        return cls(
            key=key,
            items=texts("items"),
            bases=texts("basis"),
            ages=AgeBand(number("age_min_years") or 0, number("age_max_years")),
            categories=tuple(Category(text) for text in texts("categories")),
            severe_categories=tuple(Category(text) for text in texts("severe_categories")),
            modes=texts("modes"),
            diagnosis_level_max=number("diagnosis_level_max"),
            guardian_applies=f"{name}guardian_applies" in rules and rules[f"{name}guardian_applies"].switch,
            item_max_per_year=number("item_max_per_year"),
        )

    def admit(self, person: Person, enrolment: Enrolment) -> None:
        """Raises Refusal or Invalid with a "rehab.…" code when the person may not be enrolled like this."""
        if enrolment.basis not in self.bases:
            raise Refusal(
                "rehab.basis",
                f"Programme {self.key} takes persons in by {' or '.join(self.bases)} only.",
                field="basis",
                programme=self.key,
            )
        if enrolment.basis == "certificate":
            self._check_certificate(person.certificate, enrolment.enrolled_on)
        else:
            self._check_diagnosis(enrolment)
        if not self.ages.holds(person.birth_month, enrolment.enrolled_on):
            raise Refusal(
                "rehab.age",
                f"The person is not of the age that programme {self.key} is for on the day of enrolment; "
                "check the day, or the programme's age rule if the office extends it.",
                field="enrolled_on",
                programme=self.key,
            )
        self._check_mode(enrolment.mode)

    def check_item(self, item: str, given: int) -> None:
        """Whether the item may be given to a person who has received it `given` times this year.

        Raises Refusal("rehab.item") for a foreign item, Conflict("rehab.item_limit") for one too many.
        """
        if item not in self.items:
            raise Refusal(
                "rehab.item",
                f"Programme {self.key} has no such item, only {', '.join(self.items)}.",
                field="item",
                programme=self.key,
            )
        if self.item_max_per_year is not None and given >= self.item_max_per_year:
            raise Conflict(
                "rehab.item_limit",
                f"The person has received this item {given} times this year, as often as programme "
                f"{self.key} allows; a record sent before keeps its reference.",
                field="item",
                programme=self.key,
            )

    def _check_certificate(self, certificate: Certificate | None, day: date) -> None:
        if certificate is None or not certificate.valid_on(day):
            hint = "; enrol by diagnosis if there is one" if "diagnosis" in self.bases else ""
            raise Refusal(
                "rehab.certificate",
                f"The person holds no certificate valid on the day of enrolment{hint}, or wait until the "
                "registry has recorded it.",
                field="basis",
                programme=self.key,
            )
        if not self.categories and not self.severe_categories:
            return
        severe = certificate.category in self.severe_categories and certificate.severe_on(day)
        if certificate.category not in self.categories and not severe:
            raise Refusal(
                "rehab.category",
                f"The certificate's category and grade are not among those that programme {self.key} is for.",
                field="person_id",
                programme=self.key,
            )

    def _check_diagnosis(self, enrolment: Enrolment) -> None:
        level, mildest = enrolment.diagnosis_level, self.diagnosis_level_max
        if mildest is not None and (level is None or level > mildest):
            raise Refusal(
                "rehab.diagnosis_level",
                f"Without a certificate, programme {self.key} needs a hospital's diagnosis of level "
                f"{mildest} or more severe; state the level on the diagnosis.",
                field="diagnosis_level",
                programme=self.key,
            )
        if self.guardian_applies and not enrolment.guardian_applied:
            raise Refusal(
                "rehab.guardian_application",
                f"Without a certificate, programme {self.key} needs the guardian's application; "
                "have it filed first.",
                field="guardian_applied",
                programme=self.key,
            )

    def _check_mode(self, mode: str | None) -> None:
        if mode not in (self.modes or (None,)):
            expected = f"one of the modes {', '.join(self.modes)}" if self.modes else "no mode"
            raise Invalid(
                "rehab.mode", f"Programme {self.key} needs {expected}.", field="mode", programme=self.key
            )
