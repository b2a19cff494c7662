"""What the office did for its persons: programmes, retrofits, trainings, awards."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from canlian.sample import shape as shapes
from canlian.sample.households import Household
from canlian.sample.people import Crowd, Person, chance, day_in
from canlian.sample.shape import Shape

Row = dict[str, Any]

HARDSHIP = {"hardship", "dibao", "dibao_edge", "extreme_poverty", "poverty_monitored"}
_OLD = 60
_TRAINABLE = (18, 53)


@dataclass
class Records:
    """Rows of a package by file."""

    shape: Shape
    crowd: Crowd
    rows: dict[str, list[Row]] = field(default_factory=dict)
    _awarded: set[tuple[str, int, str]] = field(default_factory=set)

    def add(self, file: str, **values: Any) -> None:
        """One more row; fields that are empty are left out of the file."""
        self.rows.setdefault(file, []).append(values)

    def ref(self, file: str, mark: str, year: int) -> str:
        """The office's own number for the next row of a file."""
        return f"{mark}{year}-{len(self.rows.get(file, ())) + 1:06d}"

    def random(self, topic: str) -> Random:
        """A source of chance for one topic, so that a change of another one leaves it alone."""
        return chance(self.shape, topic)

    def holders(self, year: int, ages: tuple[int, int], accept: Callable[[Person], bool]) -> list[Person]:
        """Persons with a settled certificate from before the year."""
        youngest, oldest = ages
        return [
            person
            for person in self.crowd.persons
            if person.certified_before(year)
            and youngest <= year - person.born.year <= oldest
            and accept(person)
        ]

    def choose(self, topic: str, random: Random, candidates: list[Person], count: int) -> list[Person]:
        """Raises ValueError when there are too few."""
        if len(candidates) < count:
            raise ValueError(
                f"the shape asks for {count} persons for {topic}, and only {len(candidates)} fit"
            )
        return random.sample(candidates, count)

    # programmes ---------------------------------------------------------------------------------

    def programme(self, told: shapes.Programme) -> None:
        """Enrolments of a programme and year, and the services given."""
        topic = f"{told.programme}:{told.year}"
        random = self.random(topic)
        enrolled = [(person, "certificate") for person in self._certified(topic, random, told)]
        enrolled += [(person, "diagnosis") for person in self._diagnosed(random, told)]
        random.shuffle(enrolled)
        modes = [mode for mode, count in told.modes.items() for _ in range(count)] or [""] * len(enrolled)
        days: dict[str, date] = {}
        for (person, basis), mode in zip(enrolled, modes, strict=True):
            day = day_in(random, max(date(told.year, 1, 8), person.registered_on), date(told.year, 6, 30))
            days[person.id_number] = day
            diagnosed = basis == "diagnosis" and told.diagnosis_levels is not None
            self.add(
                "enrolments.csv",
                ref=self.ref("enrolments.csv", "E", told.year),
                programme=told.programme,
                id_number=person.id_number,
                basis=basis,
                mode=mode,
                diagnosis_level=random.randint(*told.diagnosis_levels)
                if diagnosed and told.diagnosis_levels
                else "",
                guardian_applied="true" if basis == "diagnosis" else "",
                provider=told.provider,
                enrolled_on=day,
            )
        for given in told.items:
            people = [person for person, _ in (enrolled if given.of == "first" else enrolled[::-1])][
                : given.persons
            ]
            self._services(random, told, given, [*people, *people[: given.twice]], days)

    def _certified(self, topic: str, random: Random, told: shapes.Programme) -> list[Person]:
        def fits(person: Person) -> bool:
            category = person.acts[-1].category
            if not told.categories and not told.severe_categories:
                return True
            return category in told.categories or (category in told.severe_categories and person.severe)

        return self.choose(topic, random, self.holders(told.year, told.ages, fits), told.certificate)

    def _diagnosed(self, random: Random, told: shapes.Programme) -> Iterator[Person]:
        for _ in range(told.diagnosis):
            registered_on = day_in(random, date(told.year, 1, 4), date(told.year, 5, 31))
            yield self.crowd.add(told.year - random.randint(*told.ages), registered_on)

    def _services(
        self,
        random: Random,
        told: shapes.Programme,
        given: shapes.Given,
        people: list[Person],
        days: dict[str, date],
    ) -> None:
        for person in people:
            self.add(
                "services.csv",
                ref=self.ref("services.csv", "S", told.year),
                programme=told.programme,
                id_number=person.id_number,
                item=given.item,
                free="true",
                completed_on=day_in(
                    random, days[person.id_number] + timedelta(days=3), date(told.year, 12, 31)
                ),
            )

    # homes --------------------------------------------------------------------------------------

    def retrofits(self, told: Iterable[shapes.Retrofit], households: list[Household]) -> None:
        """Homes retrofitted; each once for a kind."""
        done: dict[str, list[Household]] = {}
        for entry in told:
            random = self.random(f"retrofit:{entry.kind}:{entry.batch}:{entry.year}")
            taken = {household.ref for household in done.get(entry.kind, ())}
            offered = done[entry.with_kind] if entry.with_kind else households
            prefixes = tuple(self.shape.township(name)[:9] for name in entry.townships) or (
                self.shape.office,
            )
            fitting = [
                household
                for household in offered
                if household.ref not in taken
                and household.village.startswith(prefixes)
                and _may_have(household, entry)
            ]
            if len(fitting) < entry.households:
                raise ValueError(
                    f"the shape asks for {entry.households} {entry.kind} homes, {len(fitting)} fit"
                )
            chosen = random.sample(fitting, entry.households)
            done.setdefault(entry.kind, []).extend(chosen)
            for household in chosen:
                self.add(
                    "retrofits.csv",
                    ref=self.ref("retrofits.csv", "R", entry.year),
                    household_ref=household.ref,
                    batch=entry.batch,
                    kind=entry.kind,
                    contractor=entry.contractor,
                    accepted_on=day_in(random, date(entry.year, 4, 1), date(entry.year, 12, 10)),
                )

    # training and awards ------------------------------------------------------------------------

    def training(self, told: shapes.Training) -> None:
        """Needs, courses, trainees and completions, township by township."""
        random = self.random(f"training:{told.type}:{told.year}")
        names = told.townships or [township.name for township in self.shape.townships]
        for place, name in enumerate(names):
            # An even share, so that no township is left out.
            count = told.persons // len(names) + (place < told.persons % len(names))
            town = self.shape.township(name)
            candidates = [
                person
                for person in self.holders(told.year, _TRAINABLE, lambda _: True)
                if person.village[:9] == town[:9]
            ]
            people = self.choose(f"training in {name}", random, candidates, count)
            for first in range(0, count, told.class_size):
                self._course(random, told, town, people[first : first + told.class_size])

    def _course(self, random: Random, told: shapes.Training, town: str, people: list[Person]) -> None:
        ref = self.ref("courses.csv", "C", told.year)
        starts_on = day_in(random, date(told.year, 4, 10), date(told.year, 10, 20))
        ends_on = starts_on + timedelta(days=6)
        self.add(
            "courses.csv",
            ref=ref,
            title=told.title,
            type=told.type,
            region=town,
            starts_on=starts_on,
            ends_on=ends_on,
            capacity=told.class_size,
        )
        for person in people:
            self.add(
                "training_needs.csv",
                ref=self.ref("training_needs.csv", "N", told.year),
                id_number=person.id_number,
                type=told.type,
                registered_on=day_in(random, date(told.year, 2, 1), date(told.year, 3, 31)),
            )
            done = len(self.rows.get("completions.csv", ()))
            self.add("trainees.csv", course_ref=ref, id_number=person.id_number, enrolled_on=starts_on)
            self.add(
                "completions.csv",
                course_ref=ref,
                id_number=person.id_number,
                certified="true" if done < told.certified else "false",
                completed_on=ends_on,
            )

    def award(self, told: shapes.Award) -> None:
        """Awards of a scheme; one for a person and year."""
        random = self.random(f"{told.scheme}:{told.variant}:{told.year}")
        for person in self.granted(told, random):
            self.add(
                "awards.csv",
                ref=self.ref("awards.csv", "A", told.year),
                scheme=told.scheme,
                variant=told.variant,
                id_number=person.id_number,
                period=str(told.year),
                granted_on=day_in(random, date(told.year, 5, 1), date(told.year, 10, 31)),
            )

    def granted(self, told: shapes.Award, random: Random) -> list[Person]:
        """Who is granted it; nobody twice in a year."""

        def fits(person: Person) -> bool:
            free = (told.scheme, told.year, person.id_number) not in self._awarded
            return free and (not told.categories or person.acts[-1].category in told.categories)

        topic = f"{told.scheme}:{told.variant}:{told.year}"
        people = self.choose(topic, random, self.holders(told.year, told.ages, fits), told.persons)
        self._awarded |= {(told.scheme, told.year, person.id_number) for person in people}
        return people

    def pay_accounts(self) -> None:
        """Accounts of all who are paid in one of the disbursements."""
        schemes = {run.scheme for run in self.shape.disbursements}
        granted = (row for file in ("awards.csv", "claims.csv") for row in self.rows.get(file, ()))
        paid = {row["id_number"] for row in granted if row["scheme"] in schemes}
        paid |= {
            row["id_number"] for row in self.rows.get("enrolments.csv", ()) if row["programme"] in schemes
        }
        for person in self.crowd.persons:
            if person.id_number in paid:
                self.add(
                    "pay_accounts.csv",
                    ref=self.ref("pay_accounts.csv", "K", self.shape.year),
                    id_number=person.id_number,
                    holder=person.name,
                    number=person.bank_account,
                )


def _may_have(household: Household, entry: shapes.Retrofit) -> bool:
    if household.registered_on.year >= entry.year:
        return False
    if entry.kind == "age_friendly":
        return any(entry.year - member.born.year > _OLD for member in household.members)
    severe = any(member.severe and member.certified_before(entry.year) for member in household.members)
    return severe and not HARDSHIP.isdisjoint(household.flags)
