"""Who holds a certificate, and the acts of many years that led there."""

from collections.abc import Callable
from datetime import date, timedelta

from canlian.sample.people import Act, Crowd, Person, chance, day_in, pick_age
from canlian.sample.shape import Shape
from contracts.registry import CategoryText
from kernel.disability import GRADES

Assessment = tuple[CategoryText, int]

_VALID_YEARS = 10


class Certificates:
    """Gives every holder of a sample the acts of their certificate."""

    def __init__(self, shape: Shape, crowd: Crowd) -> None:
        self._shape = shape
        self._told = shape.certified
        self._year = shape.year
        self._crowd = crowd
        self._random = chance(shape, "certificates")

    def make(self) -> None:
        """Add the holders at the end of the year, and those who were or will be holders at other times."""
        told = self._told
        stock = self._stock()
        ages = [pick_age(self._random, told.ages) for _ in stock]
        # Too young to have had a certificate before the year: theirs is a new one.
        order = sorted(range(len(stock)), key=lambda index: (ages[index] > 1, self._random.random()))
        self._deal(order, stock, ages)
        for _ in range(told.deceased):
            self._add(self._assessment(), self._random.randint(55, 95), self._deceased)
        for _ in range(told.later_new):
            self._add(self._assessment(), self._random.randint(20, 80), self._later_new)
        self._visit_homes()

    def _deal(self, order: list[int], stock: list[Assessment], ages: list[int]) -> None:
        told = self._told
        deals: list[tuple[int, int, Callable[[Person, Assessment], None]]] = [
            (told.new, 0, self._new),
            (told.renewal, _VALID_YEARS + 3, self._renewal),
            (told.change, 4, self._change),
            (told.earlier_renewal, _VALID_YEARS + 4, self._earlier_renewal),
            (told.cross_province, 3, self._cross_province),
            (told.later_cancelled, 3, self._later_cancelled),
        ]
        for count, youngest, history in deals:
            chosen: list[int] = []
            passed: list[int] = []
            for index in order:
                (chosen if len(chosen) < count and ages[index] >= youngest else passed).append(index)
            for index in chosen:
                self._add(stock[index], ages[index], history)
            order = passed
        for index in order:
            self._add(stock[index], ages[index], self._plain)

    def _stock(self) -> list[Assessment]:
        random, told = self._random, self._told
        categories = [category for category, count in told.categories.items() for _ in range(count)]
        grades = [random.choice((1, 2)) for _ in range(told.severe)]
        grades += [random.choice((3, 4)) for _ in range(told.mild)]
        random.shuffle(grades)
        stock = list(zip(categories, grades, strict=True))
        random.shuffle(stock)
        return stock

    def _assessment(self) -> Assessment:
        return self._random.choice(list(self._told.categories)), self._random.randint(1, 4)

    def _add(self, assessment: Assessment, age: int, history: Callable[[Person, Assessment], None]) -> None:
        person = self._crowd.add(self._year - age, date.min)
        history(person, assessment)
        person.registered_on = person.acts[0].day

    # histories ----------------------------------------------------------------------------------

    def _first_day(self, person: Person, last_year: int) -> date:
        first, last = self._told.first_years
        year = self._random.randint(max(first, person.born.year + 1), max(first, min(last, last_year)))
        return day_in(self._random, date(year, 1, 2), date(year, 12, 31))

    def _day_of_year(self) -> date:
        return day_in(self._random, date(self._year, 1, 1), date(self._year, 12, 31))

    def _plain(self, person: Person, assessment: Assessment) -> None:
        person.acts = [Act("new", self._first_day(person, self._year), *assessment)]

    def _new(self, person: Person, assessment: Assessment) -> None:
        person.acts = [Act("new", self._day_of_year(), *assessment)]

    def _renewed(self, person: Person, assessment: Assessment, renewed_on: date) -> None:
        # Within the last of the ten years: the certificate may be renewed from its end of year nine on.
        issued_on = renewed_on - timedelta(days=(_VALID_YEARS - 1) * 366 + self._random.randrange(20, 330))
        person.acts = [Act("new", issued_on, *assessment), Act("renewal", renewed_on, *assessment)]

    def _renewal(self, person: Person, assessment: Assessment) -> None:
        self._renewed(person, assessment, self._day_of_year())

    def _earlier_renewal(self, person: Person, assessment: Assessment) -> None:
        self._renewed(person, assessment, self._day_of_year().replace(year=self._year - 1, day=28))

    def _change(self, person: Person, assessment: Assessment) -> None:
        category, grade = assessment
        others = [other for other in self._told.categories if other != category]
        milder, graver = grade + 1, grade - 1
        before: Assessment = self._random.choice(
            [
                (category, milder if milder in GRADES else graver),
                (category, graver if graver in GRADES else milder),
                (self._random.choice(others), grade),
            ]
        )
        person.acts = [
            Act("new", self._first_day(person, self._year - 2), *before),
            Act("change", self._day_of_year(), *assessment),
        ]
        person.settled = False

    def _cross_province(self, person: Person, assessment: Assessment) -> None:
        self._plain(person, assessment)
        person.acts.append(Act("cross_province", self._day_of_year(), *assessment))

    def _cancel(self, person: Person, assessment: Assessment, day: date, reason: str) -> None:
        person.acts = [
            Act("new", self._first_day(person, self._year - 3), *assessment),
            Act("cancel", day, *assessment, reason=reason),
        ]
        person.settled = False

    def _deceased(self, person: Person, assessment: Assessment) -> None:
        day = day_in(self._random, date(self._year - 2, 1, 1), date(self._year, 12, 31))
        reason = self._random.choices(
            ("death", "standard_not_met", "moved_away", "withdrawn"), (90, 4, 4, 2)
        )[0]
        self._cancel(person, assessment, day, reason)

    def _later_day(self) -> date:
        return day_in(self._random, date(self._year + 1, 1, 1), date(self._year + 1, 2, 28))

    def _later_cancelled(self, person: Person, assessment: Assessment) -> None:
        self._cancel(person, assessment, self._later_day(), "death")

    def _later_new(self, person: Person, assessment: Assessment) -> None:
        person.acts = [Act("new", self._later_day(), *assessment)]

    def _visit_homes(self) -> None:
        """Some acts were done at the holder's home; in the year itself exactly as many as are told."""
        offered: dict[bool, list[Act]] = {True: [], False: []}
        for person in self._crowd.persons:
            for act in person.acts:
                if act.action in {"new", "renewal", "change"}:
                    offered[act.day.year == self._year].append(act)
        visited = self._random.sample(offered[True], self._told.home_visit)
        visited += self._random.sample(offered[False], len(offered[False]) // 25)
        for act in visited:
            act.mode = "home_visit"
