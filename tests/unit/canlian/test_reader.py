"""Reading a package's files: every kind of damage costs no more than it must."""

from pathlib import Path

import pytest

from canlian.package.kinds import KINDS, Kind
from canlian.package.problems import PackageError, Problem
from canlian.package.reader import LINE_BYTES, Package, Record
from tests.unit.canlian.packages import MANIFEST, write_package

TARGETS = next(kind for kind in KINDS if kind.file == "targets.csv")
HEADER = "ref,region,flags,registered_on\n"
GOOD = "H1,341524100201,dibao;hardship,2024-01-31\n"
HOUSEHOLDS = next(kind for kind in KINDS if kind.file == "households.csv")


def read(folder: Path, content: str | bytes, kind: Kind = HOUSEHOLDS) -> tuple[list[Record], list[Problem]]:
    package = Package(write_package(folder, **{kind.file.removesuffix(".csv"): content}))
    found = list(package.records(kind))
    return (
        [entry for entry in found if isinstance(entry, Record)],
        [entry for entry in found if isinstance(entry, Problem)],
    )


def test_a_good_line_becomes_the_contract_s_fields_with_its_line(tmp_path: Path) -> None:
    records, problems = read(tmp_path, HEADER + GOOD)
    values = {
        "ref": "H1",
        "region": "341524100201",
        "flags": ["dibao", "hardship"],
        "registered_on": "2024-01-31",
    }
    assert records == [Record(2, values)]
    assert problems == []


def test_a_byte_order_mark_windows_line_ends_and_blank_lines_are_forgiven(tmp_path: Path) -> None:
    text = "\ufeff" + HEADER + "\n" + GOOD
    records, problems = read(tmp_path, text.replace("\n", "\r\n"))
    assert [record.line for record in records] == [3]
    assert problems == []


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_left_out(tmp_path: Path) -> None:
    records, _ = read(tmp_path, "registered_on,ref,region\n2024-01-31,H1,341524100201\n")
    assert records[0].values == {"ref": "H1", "region": "341524100201", "registered_on": "2024-01-31"}


def test_an_empty_value_is_absent(tmp_path: Path) -> None:
    records, _ = read(tmp_path, HEADER + "H1,341524100201, ,2024-01-31\n")
    assert "flags" not in records[0].values


def test_dimensions_are_read_as_pairs(tmp_path: Path) -> None:
    header = "indicator,dimensions,region,period,value,set_on\n"
    line = "a.b.c,grade=1-2;category=visual,341524000000,2024,5,2024-01-01\n"
    records, problems = read(tmp_path, header + line + line.replace("grade=1-2", "grade"), TARGETS)
    assert records[0].values["dimensions"] == {"grade": "1-2", "category": "visual"}
    assert [(problem.field, problem.code) for problem in problems] == [("dimensions", "field.malformed")]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        pytest.param(b"H2,341524\xff00201,,2024-01-31\n", "row.encoding", id="a byte that is not UTF-8"),
        pytest.param("H2,中国,,2024-01-31\n".encode("gbk"), "row.encoding", id="GBK"),
        pytest.param(b"H2,34\x0041524100201,,2024-01-31\n", "row.nul", id="NUL"),
        pytest.param(b"H2,341524100201,2024-01-31\n", "row.field_count", id="a field too few"),
        pytest.param(b"H2,341524100201,,2024-01-31,x\n", "row.field_count", id="a field too many"),
        pytest.param(b'H2,"341524100201,,2024-01-31\n', "row.quotes", id="an unclosed quote"),
        pytest.param(b'H2,"3415"24100201,,2024-01-31\n', "row.quotes", id="an undoubled quote"),
        pytest.param(
            b"H2," + b"1" * (LINE_BYTES * 3) + b",,2024-01-31\n", "row.too_long", id="an endless line"
        ),
        pytest.param(b",341524100201,,2024-01-31\n", "field.empty", id="a required value is empty"),
        pytest.param(b"H2,341524100201,,31.1.2024\n", "field.malformed", id="a date written otherwise"),
        pytest.param(b"H2,341524100201,,2024-02-30\n", "field.malformed", id="a day that does not exist"),
        pytest.param(b"H2,341524100201,rich,2024-01-31\n", "field.malformed", id="a value that is none"),
    ],
)
def test_a_bad_line_costs_that_line_alone(tmp_path: Path, bad: bytes, code: str) -> None:
    records, problems = read(tmp_path, (HEADER + GOOD).encode() + bad + GOOD.replace("H1", "H3").encode())
    assert [record.values["ref"] for record in records] == ["H1", "H3"]
    assert [(problem.file, problem.line, problem.code) for problem in problems] == [
        ("households.csv", 3, code)
    ]


def test_a_problem_never_quotes_the_value(tmp_path: Path) -> None:
    secret = "999999199001011234"
    _, problems = read(tmp_path, HEADER + f"H1,341524100201,{secret},{secret}\nH2,{secret},,{secret}\n")
    assert len(problems) == 2
    assert all(secret not in str(problem) for problem in problems)


@pytest.mark.parametrize("tail", ["H2,3415", 'H2,"341524100201,,2024-01-31', "H2"])
def test_a_half_written_last_line_is_named_as_such(tmp_path: Path, tail: str) -> None:
    records, problems = read(tmp_path, HEADER + GOOD + tail)
    assert len(records) == 1
    assert [(problem.line, problem.code) for problem in problems] == [(3, "row.half_written")]


def test_a_whole_last_line_needs_no_newline(tmp_path: Path) -> None:
    records, problems = read(tmp_path, HEADER + GOOD.rstrip())
    assert len(records) == 1
    assert problems == []


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        pytest.param("", "file.empty", None, id="nothing"),
        pytest.param("\n" + GOOD, "file.empty", None, id="a blank first line"),
        pytest.param(
            "ref,flags,registered_on\n" + GOOD, "file.missing_column", "region", id="a column is missing"
        ),
        pytest.param(
            HEADER.replace("flags", "flag") + GOOD, "file.unknown_column", "flag", id="a column is unknown"
        ),
        pytest.param(
            HEADER.replace("flags", "ref") + GOOD, "file.column_twice", "ref", id="a column stands twice"
        ),
        pytest.param("编号".encode("gbk") + GOOD.encode(), "row.encoding", None, id="the header is no UTF-8"),
    ],
)
def test_a_bad_header_rejects_the_file(
    tmp_path: Path, content: str | bytes, code: str, field: str | None
) -> None:
    records, problems = read(tmp_path, content)
    assert records == []
    assert [(problem.code, problem.field) for problem in problems] == [(code, field)]


def test_a_header_alone_is_an_empty_list(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER) == ([], [])


def test_a_csv_file_of_an_unknown_name_is_told(tmp_path: Path) -> None:
    package = Package(write_package(tmp_path, person="x\n", households=HEADER))
    assert [(problem.file, problem.code) for problem in package.strangers()] == [
        ("person.csv", "file.unknown")
    ]


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (None, "package.no_manifest"),
        (b"\xff\xfe", "package.manifest_unreadable"),
        (b"a: [", "package.manifest_unreadable"),
        (b"- a", "package.manifest_invalid"),
        (MANIFEST.replace("341524", "3415").encode(), "package.manifest_invalid"),
        (MANIFEST.replace("format: 1", "format: 2").encode(), "package.manifest_invalid"),
        (MANIFEST.replace("little", "../up").encode(), "package.manifest_invalid"),
    ],
)
def test_a_folder_without_a_good_manifest_is_no_package(
    tmp_path: Path, manifest: bytes | None, code: str
) -> None:
    if manifest is not None:
        (tmp_path / "package.yaml").write_bytes(manifest)
    with pytest.raises(PackageError) as error:
        Package(tmp_path)
    assert error.value.code == code
