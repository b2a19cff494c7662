"""The samples add up to what they must, and are made the same every time."""

import csv
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from canlian.package.kinds import KINDS
from canlian.package.reader import Package, Record
from canlian.sample.generate import is_whole, make_rows, write_sample
from canlian.sample.shape import names, read_shape, scaled
from kernel.certificate_number import CertificateNumber
from kernel.citizen_id import CitizenId


@pytest.fixture(scope="module")
def jinzhai(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    """The rows of the Jinzhai sample by file."""
    folder = write_sample("jinzhai-2024", tmp_path_factory.mktemp("sample") / "jinzhai")
    rows = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows[path.stem] = list(csv.DictReader(file))
    return rows


@pytest.mark.parametrize("name", names())
def test_a_sample_is_the_same_every_time(tmp_path: Path, name: str) -> None:
    def digest(folder: Path) -> dict[str, str]:
        return {
            path.name: sha256(path.read_bytes()).hexdigest() for path in write_sample(name, folder).iterdir()
        }

    assert digest(tmp_path / "a") == digest(tmp_path / "b")


@pytest.mark.parametrize("name", names())
def test_no_row_of_a_sample_is_of_a_file_that_packages_do_not_have(name: str) -> None:
    assert make_rows(read_shape(name)).keys() <= {kind.file for kind in KINDS}


@pytest.mark.parametrize("name", names())
def test_every_row_of_a_sample_is_a_good_record(tmp_path: Path, name: str) -> None:
    package = Package(write_sample(name, tmp_path / name))
    for kind in KINDS:
        if package.has(kind):
            entries = list(package.records(kind))
            assert entries
            assert all(isinstance(entry, Record) for entry in entries), kind.file


def test_numbers_are_of_the_made_up_area_valid_and_of_one_person_each(
    jinzhai: dict[str, list[dict[str, str]]],
) -> None:
    numbers = [row["id_number"] for row in jinzhai["persons"]]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("999999") and CitizenId(number) for number in numbers)


def first_certificates_applied_for(rows: dict[str, list[dict[str, str]]]) -> dict[str, dict[str, str]]:
    """The assessment of each application for a first certificate that was issued."""
    new = {row["ref"] for row in rows["applications"] if row["kind"] == "new"}
    steps = [step for step in rows["application_acts"] if step["application_ref"] in new]
    assert {step["application_ref"] for step in steps if step["action"] == "issue"} == new
    return {step["application_ref"]: step for step in steps if step["action"] == "assess"}


def test_certificates_at_the_year_s_end_are_those_published(jinzhai: dict[str, list[dict[str, str]]]) -> None:
    held: dict[str, tuple[str, int]] = {}
    for act in jinzhai["certificate_acts"]:
        if act["acted_on"] > "2024-12-31":
            continue
        if act["action"] == "cancel":
            del held[act["id_number"]]
        else:
            number = CertificateNumber.parse(act["certificate_number"])
            held[act["id_number"]] = (number.category.value, number.grade)
    for ref, assessed in first_certificates_applied_for(jinzhai).items():
        held[ref] = (assessed["category"], int(assessed["grade"]))
    assert len(held) == 27066
    assert Counter(grade <= 2 for _, grade in held.values()) == {True: 17397, False: 9669}
    assert Counter(category for category, _ in held.values()) == {
        "visual": 2690,
        "hearing": 4162,
        "speech": 578,
        "physical": 13587,
        "intellectual": 2305,
        "mental": 2572,
        "multiple": 1172,
    }


def test_acts_of_the_year_are_those_published(jinzhai: dict[str, list[dict[str, str]]]) -> None:
    acts = [act for act in jinzhai["certificate_acts"] if act["acted_on"].startswith("2024")]
    assessed = first_certificates_applied_for(jinzhai).values()
    counted = Counter(act["action"] for act in acts if act["action"] != "cancel")
    counted["new"] += len(assessed)
    assert counted == {"new": 1524, "renewal": 812, "change": 314, "cross_province": 30}
    assert sum(act["mode"] == "home_visit" for act in acts) + len(assessed) == 111
    assert {(step["place"], step["campaign"], step["acted_on"]) for step in assessed} == {
        ("home", "disability_day", "2024-05-19")
    }
    assert len(assessed) == 30


def test_there_are_records_that_must_not_count(jinzhai: dict[str, list[dict[str, str]]]) -> None:
    years = Counter(act["acted_on"][:4] for act in jinzhai["certificate_acts"])
    assert years["2023"] > 100
    assert years["2025"] > 10
    assert Counter(row["enrolled_on"][:4] for row in jinzhai["enrolments"])["2023"] > 100
    drugs = [
        row["id_number"]
        for row in jinzhai["services"]
        if row["item"] == "drug" and row["completed_on"] > "2024"
    ]
    assert len(drugs) > len(set(drugs)) == 1384


def test_nobody_is_told_of_in_two_parts_and_places_have_their_codes(
    jinzhai: dict[str, list[dict[str, str]]],
) -> None:
    concerned = [row["id_number"] for file in ("cases", "disputes", "pairs") for row in jinzhai[file]]
    assert len(concerned) == len(set(concerned))
    homes = {row["id_number"]: row["household_ref"] for row in jinzhai["persons"]}
    assert all(row["household_ref"] == homes[row["id_number"]] for row in jinzhai["pairs"])
    villages = {row["id_number"]: row["region"] for row in jinzhai["persons"]}
    assert all(row["region"] == villages[row["id_number"]] for row in jinzhai["cases"])
    assert [row["region"] for row in jinzhai["handling_units"]] == [
        "341524000000",
        "341524109000",
        "341524109201",
    ]


def test_each_step_names_its_record_and_has_a_number_of_its_own(
    jinzhai: dict[str, list[dict[str, str]]],
) -> None:
    refs = {row["ref"] for row in jinzhai["cases"]}
    assert {step["case_ref"] for step in jinzhai["case_acts"]} < refs
    for file, rows in jinzhai.items():
        if file.endswith("_acts"):
            assert len({row["ref"] for row in rows}) == len(rows), file


def test_lists_of_a_department_are_of_the_persons_that_the_runs_are_to_find(
    jinzhai: dict[str, list[dict[str, str]]],
) -> None:
    kinds = {row["ref"]: row["kind"] for row in jinzhai["department_lists"]}
    on: dict[str, set[str]] = {}
    for row in jinzhai["department_rows"]:
        on.setdefault(kinds[row["list_ref"]], set()).add(row["id_number"])
    assert len(on["dibao"] - on["living_subsidy"]) == 12
    assert len(on["extreme_poverty"] & on["living_subsidy"]) == 3
    assert len(on["deaths"]) == 2


def test_so_much_is_lacking_in_the_network_as_is_told(jinzhai: dict[str, list[dict[str, str]]]) -> None:
    divisions = len(jinzhai["regions"])
    townships = len(read_shape("jinzhai-2024").townships)
    organised = [
        row for row in jinzhai["organisations"] if row["kind"] in {"federation", "village_association"}
    ]
    assert len(organised) == divisions - 2
    commissioners = [row for row in jinzhai["appointments"] if row["post"] == "commissioner"]
    assert len(commissioners) == len(organised) - 1 - 3
    assert sum(row["kind"] == "home" for row in jinzhai["facilities"]) == townships - 4


def test_a_sample_without_enough_fitting_persons_is_refused_by_name() -> None:
    shape = read_shape("xinghe-2023")
    greedy = shape.model_copy(update={"awards": [shape.awards[0].model_copy(update={"persons": 1000})]})
    with pytest.raises(ValueError, match="1000 persons for fuel:vehicle:2023"):
        make_rows(greedy)


def test_a_scaled_sample_has_so_many_times_the_persons() -> None:
    shape = read_shape("xinghe-2023")
    once, thrice = make_rows(shape), make_rows(scaled(shape, 3))
    for file in ("persons.csv", "certificate_acts.csv", "enrolments.csv", "retrofits.csv", "awards.csv"):
        assert len(thrice[file]) == 3 * len(once[file])
    for file in ("regions.csv", "screening_rounds.csv"):
        assert thrice[file] == once[file]


def test_a_package_is_whole_or_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    assert not is_whole(folder)
    write_sample("xinghe-2023", folder)
    assert is_whole(folder)
    (folder / "package.yaml").unlink()
    assert not is_whole(folder)


def test_an_unknown_sample_is_refused() -> None:
    with pytest.raises(KeyError):
        read_shape("atlantis-1")
