"""`canlian load` and its neighbours: damaged packages, other offices, an office that runs elsewhere."""

import csv
import json
import re
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from tests.e2e.cli import canlian, running
from tests.support import servers

pytestmark = pytest.mark.timeout(300)

APPROVED = ("--as", "wang", "--approve-as", "li", "--practice-bank")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The small sample's package."""
    folder = tmp_path / "package"
    canlian("sample", "xinghe-2023", str(folder))
    return folder


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The data folder of an office whose package was loaded, and what was printed. Only to be read."""
    folder = tmp_path_factory.mktemp("loaded")
    canlian("sample", "xinghe-2023", str(folder / "package"))
    return folder / "data", canlian(
        "load", str(folder / "package"), "--data-dir", str(folder / "data"), *APPROVED
    )


def snapshot(data: Path, *more: str, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    where = () if env else ("--data-dir", str(data))
    office = ("--office", "990101", "--period", "2023")
    document: dict[str, Any] = json.loads(
        canlian("snapshot", *where, *office, "--format", "json", *more, env=env)
    )
    return document


def value(document: dict[str, Any], code: str) -> Any:
    return next(
        row["value"] for row in document["indicators"] if row["code"] == code and not row["dimensions"]
    )


def counts(output: str) -> dict[str, tuple[int, int, int]]:
    """Created, unchanged, rejected by file."""
    rows = re.findall(r"^│ (\S+)\.csv \S+\s*│\s*(\d+) │\s*(\d+) │\s*(\d+) │$", output, re.MULTILINE)
    return {
        name: (int(created), int(unchanged), int(rejected)) for name, created, unchanged, rejected in rows
    }


def test_a_second_office_is_loaded_and_reported(loaded: tuple[Path, str]) -> None:
    data, output = loaded
    assert counts(output)["persons"] == (139, 0, 0)
    assert "disbursement fuel 2023: paid, 5 lines, 1300.00 yuan" in output
    document = snapshot(data)
    assert document["office"] == "990101"
    assert document["as_of"] == "2023-12-31"
    assert value(document, "registry.persons.certified") == 120
    assert value(document, "subsidy.fuel.persons") == 5
    township = snapshot(data, "--region", "990101100000")
    assert 0 < value(township, "registry.persons.certified") < 120


def test_a_figure_opens_into_its_events(loaded: tuple[Path, str]) -> None:
    data = ("--data-dir", str(loaded[0]))
    arguments = ("trace", "rehab.care.persons", *data, "--period", "2023", "--dimensions", "mode=home")
    found = json.loads(canlian(*arguments, "--format", "json"))
    assert found["total"] == 3
    assert {event["type"] for event in found["events"]} == {"rehab.person_enrolled.v1"}
    assert "rehab.care.persons: 3 events" in canlian(*arguments)
    page = canlian(*arguments, "--limit", "2")
    mark = re.search(r"more: --after (\S+)", page)
    assert mark
    assert "more:" not in canlian(*arguments, "--limit", "2", "--after", mark[1])


def test_files_of_a_snapshot_hold_the_same_figures(tmp_path: Path, loaded: tuple[Path, str]) -> None:
    data = ("--data-dir", str(loaded[0]))
    base = ("snapshot", *data, "--period", "2023", "--format")
    document = json.loads(canlian(*base, "json"))
    canlian(*base, "xlsx", "--output", str(tmp_path / "x.xlsx"))
    canlian(*base, "csv", "--output", str(tmp_path / "x.csv"))
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    in_sheet = [(row[0].value, row[4].value) for row in sheet.iter_rows(min_row=2)]
    assert in_sheet == [(row["code"], row["value"]) for row in document["indicators"]]
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        in_csv = [(row[0], row[4]) for row in list(csv.reader(file))[1:]]
    assert in_csv == [(code, "" if figure is None else str(figure)) for code, figure in in_sheet]
    assert "needs a file" in canlian(*base, "xlsx", code=2)
    canlian(*base, "docx", "--output", str(tmp_path / "x.docx"))
    in_word = [row.cells[2].text for row in docx.Document(str(tmp_path / "x.docx")).tables[0].rows[1:]]
    assert in_word == ["" if figure is None else str(figure) for _, figure in in_sheet]


NOTICE = ("notice", "--on", "2023-08-08")


def test_a_notice_names_who_claimed_with_a_part_of_the_name_hidden(
    tmp_path: Path, loaded: tuple[Path, str]
) -> None:
    data = ("--data-dir", str(loaded[0]))
    shown = canlian(*NOTICE, *data)
    assert "星河县残疾人补贴申请公示" in shown
    assert "残疾人机动轮椅车燃油补贴" in shown
    assert "没有正在公示" in canlian("notice", "--on", "2023-08-03", *data)
    file = tmp_path / "notice.docx"
    assert "1 named, 0 counted" in canlian(*NOTICE, *data, "--format", "docx", "--output", str(file))
    [table] = docx.Document(str(file)).tables
    heading, row = ([cell.text for cell in line.cells] for line in table.rows)
    assert heading == ["序号", "姓名", "住址", "类别", "补贴标准", "公示期"]
    assert re.fullmatch(r"\w{1,2}＊\w?", row[1])
    assert row[3:] == ["机动轮椅车", "260.00元/年", "2023年8月4日至2023年8月15日"]
    book = tmp_path / "notice.xlsx"
    canlian(*NOTICE, *data, "--format", "xlsx", "--output", str(book), "--language", "en")
    cells = [cell.value for line in openpyxl.load_workbook(book).worksheets[0].iter_rows() for cell in line]
    assert {"260.00 yuan a year", "2023-08-04 to 2023-08-15", row[1], row[2]} <= {*cells}
    assert "needs a file" in canlian(*NOTICE, *data, "--format", "docx", code=2)


def damage(package: Path) -> list[str]:
    """Break one thing in each of several files, at persons whom no other service knows.

    Returns the two lines of persons.csv, and the citizen numbers, which must not be shown.
    """
    persons = (package / "persons.csv").read_bytes().splitlines(keepends=True)
    services = (package / "services.csv").read_bytes()
    others = b"".join((package / f"{name}.csv").read_bytes() for name in ("enrolments", "trainees", "awards"))
    alone = [place for place, line in enumerate(persons) if place and line.split(b",")[0] not in others]
    encoding, checksum = alone[:2]
    numbers = [persons[place].split(b",")[0].decode() for place in (encoding, checksum)]
    numbers.append(numbers[1][:-1] + ("1" if numbers[1][-1] != "1" else "2"))
    persons[encoding] = persons[encoding].replace(b",", ",王".encode("gbk"), 1)
    persons[checksum] = persons[checksum].replace(numbers[1].encode(), numbers[2].encode())
    (package / "persons.csv").write_bytes(b"".join(persons))
    (package / "services.csv").write_bytes(services[:-12])
    courses = (package / "courses.csv").read_text("utf-8").replace("capacity", "places", 1)
    (package / "courses.csv").write_text(courses, "utf-8")
    households = (package / "households.csv").read_bytes() + b"H\0,990101100201,,2020-01-01\n"
    (package / "households.csv").write_bytes(households)
    (package / "person.csv").write_text("x\n", "utf-8")
    return [str(encoding + 1), str(checksum + 1), *numbers]


def test_a_damaged_package_keeps_what_is_good_and_goes_on_once_repaired(
    tmp_path: Path, package: Path
) -> None:
    data, report = tmp_path / "data", tmp_path / "rejected.csv"
    canlian("sample", "xinghe-2023", str(tmp_path / "repaired"))
    encoding, checksum, *numbers = damage(package)
    arguments = ("--data-dir", str(data), *APPROVED)
    output = canlian("load", str(package), *arguments, "--report", str(report), code=3)
    found = counts(output)
    assert found["persons"] == (137, 0, 2)
    assert found["households"] == (82, 0, 1)
    assert found["services"] == (32, 0, 1)
    assert found["courses"] == (0, 0, 1)
    assert found["trainees"] == (0, 0, 10)
    assert found["fund_allotments"] == (1, 0, 0)
    with report.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    told = {(row["file"], row["line"], row["code"]) for row in rows}
    assert {
        ("person.csv", "0", "file.unknown"),
        ("persons.csv", encoding, "row.encoding"),
        ("persons.csv", checksum, "citizen_id.checksum"),
        ("households.csv", "84", "row.nul"),
        ("services.csv", "34", "row.half_written"),
        ("courses.csv", "1", "file.unknown_column"),
    } <= told
    assert ("certificate_acts.csv", "package.unknown_person") in {(row["file"], row["code"]) for row in rows}
    shown = output + report.read_text("utf-8-sig")
    assert not any(number in shown for number in numbers)
    repaired = counts(canlian("load", str(tmp_path / "repaired"), *arguments))
    assert repaired["persons"] == (2, 137, 0)
    assert repaired["households"] == (0, 82, 0)
    assert repaired["services"] == (1, 32, 0)
    assert repaired["courses"] == (2, 0, 0)
    assert repaired["trainees"] == (10, 0, 0)
    assert value(snapshot(data), "registry.persons.certified") == 120


def test_payments_wait_for_somebody_to_approve_them(tmp_path: Path, package: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    output = canlian("load", str(package), *data, "--as", "wang")
    frozen = re.search(r"run ([0-9a-f]{32}), list hash ([0-9a-f]{64})", output)
    assert frozen
    approval = json.dumps({"run_id": frozen[1], "list_hash": frozen[2]})
    call = ("rpc", "subsidy", "approve_disbursement", approval, *data, "--role", "checker")
    assert "subsidy.maker_is_checker" in canlian(*call, "--as", "wang", code=1)
    assert json.loads(canlian(*call, "--as", "li"))["state"] == "approved"
    assert "for the bank: canlian bank send" in canlian("load", str(package), *data, "--as", "wang")
    output = canlian("load", str(package), *data, "--as", "wang", "--practice-bank")
    assert "disbursement fuel 2023: paid" in output
    assert value(snapshot(tmp_path / "data"), "subsidy.fuel.persons") == 3
    canlian("load", str(package), *data, *APPROVED)
    assert value(snapshot(tmp_path / "data"), "subsidy.fuel.persons") == 5  # two more, whose claims waited


def test_an_office_that_runs_already_is_used_and_stops_when_asked(tmp_path: Path, package: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    with running("up", *data, "--office", "990101") as office:
        office.wait_for("health/ready")
        assert counts(canlian("load", str(package), *data, *APPROVED))["persons"] == (139, 0, 0)
        assert value(snapshot(tmp_path / "data"), "registry.persons.certified") == 120
        assert "all is well" in canlian("doctor", *data)
        assert "in use" in canlian("up", *data, code=1)
        office.process.send_signal(signal.SIGTERM)
        assert office.process.wait(60) == 0
    assert "all is well" in canlian("doctor", *data)


def test_over_rabbitmq_the_same_package_gives_the_same_snapshot(
    tmp_path: Path, package: Path, loaded: tuple[Path, str], rabbitmq_server: servers.RabbitMQServer
) -> None:
    data = tmp_path / "data"
    canlian("doctor", "--data-dir", str(data), "--office", "990101")  # makes databases and keys
    with rabbitmq_server.vhost() as broker_url:
        env = {
            "CANLIAN_OFFICE": "990101",
            "CANLIAN_BROKER_URL": broker_url,
            "CANLIAN_DATABASE_URL": f"sqlite:///{data}/{{service}}.db",
            "CANLIAN_KEY_FILE": str(data / "keys.json"),
            "CANLIAN_TOKEN_KEY_DIR": str(data / "tokens"),
        }
        with running("up", env=env) as office:
            office.wait_for("health/ready")
            assert counts(canlian("load", str(package), *APPROVED, env=env))["persons"] == (139, 0, 0)
            assert snapshot(data, env=env)["hash"] == snapshot(loaded[0])["hash"]
            assert canlian(*NOTICE, env=env) == canlian(*NOTICE, "--data-dir", str(loaded[0]))


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("load", "/nonexistent"), 1, "package.no_manifest"),
        (("sample", "atlantis-1", "x"), 2, "xinghe-2023"),
        (("rpc", "registry", "show_status", "{"), 2, "not JSON"),
        (("rpc", "registry", "show_status", "[]"), 2, "object"),
        (("snapshot", "--office", "12", "--period", "2024"), 1, "settings.invalid"),
        (("rpc", "registry", "no_such_method"), 1, "request.unknown_method"),
        (("rpc", "registry", "find_person", '{"person_id": "x"}'), 1, "request.invalid"),
        (("trace", "a.b.c", "--period", "2024"), 1, "reporting.unknown_indicator"),
        (("snapshot", "--period", "2024-13"), 1, "period.malformed"),
    ],
)
def test_an_error_is_one_clear_line_with_its_code(
    tmp_path: Path, arguments: tuple[str, ...], code: int, told: str
) -> None:
    output = canlian(*arguments, code=code, env={"CANLIAN_DATA_DIR": str(tmp_path)})
    assert told in output
    assert "Traceback" not in output
    if code == 1:
        assert len(output.strip().splitlines()) == 1
