"""Makes a sample's package: the same shape gives the same files, byte for byte."""

import csv
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import yaml

from canlian.package.kinds import BULK, DISBURSEMENTS, KINDS, PUBLISHED
from canlian.package.manifest import FILE, FORMAT
from canlian.sample.assessments import assess_at_home
from canlian.sample.certificates import Certificates
from canlian.sample.claims import claim_awards
from canlian.sample.households import make_households
from canlian.sample.network import make_network
from canlian.sample.people import Crowd, chance
from canlian.sample.records import Records, Row
from canlian.sample.shape import VILLAGES_FROM, Shape, published, read_shape, scaled
from canlian.sample.told import Teller

_DIVISIONS_SINCE = date(1990, 1, 1)


def write_sample(name: str, directory: Path, scale: int = 1) -> Path:
    """Write a sample's package to a folder, which appears at once and whole. One that is there is replaced.

    scale: so many times the persons and records; the published figures then no longer fit and are left out.
    Raises KeyError for a name that is no sample.
    """
    shape = scaled(read_shape(name), scale)
    rows = make_rows(shape)
    half = directory.with_name(f".{directory.name}.half-written")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    for kind in KINDS:
        if kind.file in rows:
            _write(half / kind.file, [column.name for column in kind.columns], rows[kind.file])
    if scale == 1 and (told := published(name)):
        shutil.copyfile(told, half / PUBLISHED.file)
    manifest = {
        "format": FORMAT,
        "name": shape.name,
        "office": shape.office,
        "period": shape.period,
        "zh": shape.zh,
        "en": shape.en,
    }
    # Written last, and without it the folder is no package.
    (half / FILE).write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), "utf-8")
    shutil.rmtree(directory, ignore_errors=True)
    half.rename(directory)
    return directory


def make_rows(shape: Shape) -> dict[str, list[Row]]:
    """All rows of the package by file, in the order in which they stand there."""
    regions, villages = _divisions(shape)
    crowd = Crowd(shape, villages)
    Certificates(shape, crowd).make()
    records = Records(shape, crowd, {"regions.csv": regions})
    if shape.assessment_day:
        assess_at_home(records, shape.assessment_day)
    for programme in shape.programmes:
        records.programme(programme)
    households = make_households(shape, crowd.persons)
    for household in households:
        records.add(
            "households.csv",
            ref=household.ref,
            region=household.village,
            flags=";".join(household.flags),
            registered_on=household.registered_on,
        )
    refs = [household.ref for household in households]
    _persons(records, refs)
    if shape.network:
        make_network(records, shape.network)
    Teller(records, shape.told, refs).tell()
    records.retrofits(shape.retrofits, households)
    for training in shape.trainings:
        records.training(training)
    for award in shape.awards:
        if award.claimed:
            claim_awards(records, award, award.claimed)
        else:
            records.award(award)
    records.pay_accounts()
    _office(records)
    return records.rows


def _divisions(shape: Shape) -> tuple[list[Row], list[str]]:
    random = chance(shape, "divisions")
    named = [(f"{shape.office}000000", shape.county)]
    villages: list[str] = []
    for township in shape.townships:
        named.append((shape.township(township.name), township.name))
        count = random.randint(*shape.villages)
        for place, name in enumerate(random.sample(shape.village_names, count), start=1):
            villages.append(f"{shape.office}{township.code}{VILLAGES_FROM + place}")
            named.append((villages[-1], f"{name}村"))
    return [{"code": code, "name": name, "valid_from": _DIVISIONS_SINCE} for code, name in named], villages


def _persons(records: Records, households: list[str]) -> None:
    persons = sorted(records.crowd.persons, key=lambda person: (person.registered_on, person.id_number))
    for person in persons:
        records.add(
            "persons.csv",
            id_number=person.id_number,
            name=person.name,
            region=person.village,
            household_ref=households[person.household],
            phone=person.phone,
            bank_account=person.bank_account,
            registered_on=person.registered_on,
        )
    acts = [
        (act.day, person.id_number, place, person, act)
        for person in persons
        for place, act in enumerate(person.acts)
        if not act.applied
    ]
    for day, id_number, _, person, act in sorted(acts, key=lambda entry: entry[:3]):
        records.add(
            "certificate_acts.csv",
            ref=records.ref("certificate_acts.csv", "Z", day.year),
            id_number=id_number,
            action=act.action,
            mode=act.mode,
            certificate_number=person.certificate_number(act),
            acted_on=day,
            reason=act.reason,
        )


def _office(records: Records) -> None:
    shape = records.shape
    county = f"{shape.office}000000"
    for allotment in shape.allotments:
        records.add(
            "fund_allotments.csv",
            ref=records.ref("fund_allotments.csv", "F", allotment.year),
            scheme=allotment.scheme,
            source=allotment.source,
            region=county,
            year=str(allotment.year),
            amount=allotment.amount,
            document=allotment.document,
            allotted_on=date(allotment.year, 3, 15),
        )
    for run in shape.disbursements:
        pay_on = date(run.year, 12, 16)
        records.add(DISBURSEMENTS.file, scheme=run.scheme, period=str(run.year), region=county, pay_on=pay_on)
    for target in shape.targets:
        records.add(
            "targets.csv",
            indicator=target.indicator,
            dimensions=";".join(f"{key}={value}" for key, value in sorted(target.dimensions.items())),
            region=county,
            period=shape.period,
            value=target.value,
            set_on=date(shape.year, 1, 20),
        )


def _write(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def is_whole(directory: Path) -> bool:
    """Whether a folder holds a package that was written to its end."""
    return (directory / FILE).is_file() and any((directory / kind.file).is_file() for kind in BULK)
