"""docs/data-package.md says what the code does."""

import re
from pathlib import Path

import pytest

from canlian.package import reader
from canlian.package.kinds import KINDS, PUBLISHED, Kind
from canlian.package.reader import Package, Record
from tests.unit.canlian.packages import write_package

DOCUMENT = (Path(__file__).parents[3] / "docs" / "data-package.md").read_text("utf-8")
SECTIONS = {
    match[1]: match[2]
    for match in re.finditer(r"^### (\S+)\n(.*?)(?=^##)", DOCUMENT, re.MULTILINE | re.DOTALL)
}


def test_every_kind_has_its_section_in_the_order_of_loading() -> None:
    assert list(SECTIONS) == [kind.file for kind in KINDS]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.file)
def test_the_columns_are_those_of_the_code(kind: Kind) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in SECTIONS[kind.file].splitlines()
        if line.startswith("|")
    ]
    told = [row[:4] for row in rows[2:]]
    assert told == [
        [column.name, "yes" if column.required else "no", column.form, ", ".join(column.values)]
        for column in kind.columns
    ]
    assert all(row[4] for row in rows[2:])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.file)
def test_where_and_when_it_is_loaded_is_that_of_the_code(kind: Kind) -> None:
    if kind.command:
        assert f"To `{kind.service}.{kind.method}`, stage {kind.stage}." in SECTIONS[kind.file]
    elif kind is PUBLISHED:
        assert "never sent" in SECTIONS[kind.file]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.file)
def test_the_example_is_a_good_record(tmp_path: Path, kind: Kind) -> None:
    example = re.search(r"```csv\n(.*?)```", SECTIONS[kind.file], re.DOTALL)
    assert example
    package = Package(write_package(tmp_path, **{kind.file.removesuffix(".csv"): example[1]}))
    (record,) = package.records(kind)
    assert isinstance(record, Record)
    identified = {column.field: "0" * 32 for column in kind.columns if column.identifies}
    kind.record.model_validate({**record.values, **identified})


def test_every_code_of_the_reader_is_explained() -> None:
    codes = set(re.findall(r'"((?:file|row|field)\.[a-z_]+)"', Path(reader.__file__).read_text("utf-8")))
    assert codes
    assert all(code in DOCUMENT for code in codes)
