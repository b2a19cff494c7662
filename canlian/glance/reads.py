"""One person, masked, and the log of who read what of them (查阅记录)."""

from collections.abc import Iterator
from uuid import uuid4

from canlian.glance.waiting import Ask, pages
from kernel.disability import Category

PURPOSE = "示例：核对信访人联系方式"


def read_person(ask: Ask, day: str) -> Iterator[tuple[str, str]]:
    """Whoever a case is about, read in plain once and never again, and what the log says of that."""
    concerned = (case["person_id"] for case in pages(ask, "list_cases", "cases") if case["person_id"])
    person_id = next(concerned, None)
    if person_id is None:
        return
    person = ask("find_person", person_id=person_id)
    held = person["certificate"]
    rating = f"{Category(held['category']).zh}{held['grade']}级" if held else "无残疾人证"
    travels = ask("list_transport_entitlements", day=day, person_id=person_id)["entitled"]
    yield "人员 person", f"{person['name']} {person['id_number']} {rating}{'，免费乘车' if travels else ''}"
    if not ask("list_person_reads", person_id=person_id)["reads"]:
        fields = {"person_id": person_id, "fields": ["phone"], "purpose": PURPOSE}
        ask("reveal_person", idempotency_key=uuid4().hex, **fields)
    for read in ask("list_person_reads", person_id=person_id)["reads"]:
        yield "查阅记录 access log", f"{read['actor']} {'、'.join(read['fields'])}：{read['purpose']}"
