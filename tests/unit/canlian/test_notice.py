"""A notice put together from two services: what it asks, what it shows, and what it leaves out."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from rich.console import Console

from canlian.calling import Identity, clerk
from canlian.notice import rendering
from canlian.notice.gathering import Notice, gather
from canlian.notice.wording import CHINESE, ENGLISH

COUNTY, TOWNSHIP, VILLAGE = "990101000000", "990101100000", "990101100201"
DAY = date(2023, 8, 8)


def line(number: int, **changes: Any) -> dict[str, Any]:
    own = {"person_id": f"{number:032x}", "region": VILLAGE, "scheme": "nursing", "title": "护理补贴"}
    amount = {"variant": None, "variant_title": None, "amount": "80.00", "cadence": "month"}
    return own | amount | {"first_day": "2023-08-04", "last_day": "2023-08-15"} | changes


def page(*lines: dict[str, Any], after: str | None = None, minors: int = 0, asked: int = 0) -> dict[str, Any]:
    told = [{"scheme": "nursing", "title": "护理补贴", "minors": minors, "asked": asked}]
    unnamed = told if minors or asked else []
    texts = {"objection": "请向县残联反映。", "grounds": "个人信息保护法"}
    return {"lines": list(lines), "unnamed": unnamed, "after": after, **texts}


class Services:
    """Subsidy has these pages; the registry names everybody but those whom it does not know."""

    def __init__(self, *pages: dict[str, Any], unknown: tuple[str, ...] = ()) -> None:
        self.pages, self.unknown = list(pages), unknown
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, service: str, method: str, fields: dict[str, Any], who: Identity) -> dict[str, Any]:
        assert who.subject == "wang"
        self.asked.append((f"{service}.{method}", fields))
        if method == "list_notices":
            return self.pages.pop(0)
        if method == "reveal_notice_names":
            known = [each for each in fields["person_ids"] if each not in self.unknown]
            return {"names": [{"person_id": each, "name": "=王＊明"} for each in known]}
        called = {COUNTY: "星河县", TOWNSHIP: "天权镇", VILLAGE: "甲村"}
        return {"regions": [{"code": code, "name": called[code]} for code in fields["codes"]]}


def gathered(*pages: dict[str, Any], unknown: tuple[str, ...] = ()) -> Notice:
    return gather(Services(*pages, unknown=unknown), clerk("wang"), COUNTY, DAY)


def test_pages_are_put_together_and_each_person_is_asked_for_once() -> None:
    services = Services(page(line(1), after="x", minors=1), page(line(2), line(1), minors=2, asked=1))
    notice = gather(services, clerk("wang"), COUNTY, DAY)
    [section] = notice.sections
    assert [each.place for each in section.lines] == ["天权镇甲村"] * 3
    assert (section.minors, section.asked, notice.place) == (3, 1, "星河县")
    assert [fields["after"] for method, fields in services.asked if method == "subsidy.list_notices"] == [
        None,
        "x",
    ]
    [names] = [fields for method, fields in services.asked if method == "registry.reveal_notice_names"]
    assert names["person_ids"] == [f"{number:032x}" for number in (1, 2)]


def test_nobody_s_name_is_read_where_nobody_is_named() -> None:
    services = Services(page(minors=2))
    [section] = gather(services, clerk("wang"), COUNTY, DAY).sections
    assert (section.title, section.lines, section.minors) == ("护理补贴", [], 2)
    assert "registry.reveal_notice_names" not in {method for method, _ in services.asked}


def test_the_document_shows_no_kind_where_none_is_told(tmp_path: Path) -> None:
    notice = gathered(page(line(1), line(2), minors=1, asked=2), unknown=(f"{2:032x}",))
    rendering.write(notice, CHINESE, "docx", tmp_path / "x.docx")
    document = docx.Document(str(tmp_path / "x.docx"))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows == [
        ["序号", "姓名", "住址", "补贴标准", "公示期"],
        ["1", "=王＊明", "天权镇甲村", "80.00元/月", "2023年8月4日至2023年8月15日"],
        ["2", "（不具名）", "天权镇甲村", "80.00元/月", "2023年8月4日至2023年8月15日"],
    ]
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[0] == "星河县残疾人补贴申请公示"
    assert "另有3人不公示姓名，其中未成年人（含年龄不详）1人，申请不具名2人。依据：个人信息保护法。" in texts
    assert texts[-2:] == ["请向县残联反映。", "2023年8月8日"]


def test_a_workbook_holds_names_as_texts(tmp_path: Path) -> None:
    rendering.write(gathered(page(line(1))), ENGLISH, "xlsx", tmp_path / "x.xlsx")
    cells = [
        cell for row in openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0].iter_rows() for cell in row
    ]
    [name] = [cell for cell in cells if cell.value == "=王＊明"]
    assert name.data_type == "s"
    assert "80.00 yuan a month" in {cell.value for cell in cells}


@pytest.mark.parametrize(
    ("words", "told"), [(CHINESE, "当日没有正在公示的补贴申请。"), (ENGLISH, "No notice runs on that day.")]
)
def test_a_day_without_notices_says_so(words: Any, told: str) -> None:
    console = Console(width=120, file=io.StringIO())
    rendering.show(gathered(page()), words, console)
    assert told in console.file.getvalue()  # type: ignore[attr-defined]
