"""The generated files: up to date, valid, and telling what each message means."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from contracts import documents
from contracts.documents import schemas
from tests.contracts.schema_fields import fields

EVERY = schemas.every()


def test_the_committed_files_are_those_the_contracts_make() -> None:
    stale = [str(path.relative_to(documents.ROOT)) for path in documents.stale()]
    assert stale == [], "the contracts changed: run `make contracts` and commit what it writes"


def test_writing_replaces_what_is_stale_and_removes_what_belongs_to_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(documents.SCHEMAS, tmp_path / "schemas")
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(documents, "SCHEMAS", tmp_path / "schemas")
    monkeypatch.setattr(documents, "ASYNCAPI", tmp_path / "docs" / "asyncapi.yaml")
    gone, altered = (
        tmp_path / "schemas" / "registry.gone.v1.json",
        tmp_path / "schemas" / "stream.status.json",
    )
    for path in (gone, altered):
        path.write_text("{}", encoding="utf-8")
    assert sorted(documents.write()) == sorted([gone, altered, documents.ASYNCAPI])
    assert documents.stale() == []
    assert not gone.exists()


@pytest.mark.parametrize("name", EVERY)
def test_each_schema_is_valid_and_names_and_describes_its_message(name: str) -> None:
    schema = EVERY[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == schemas.identifier(name)
    assert schema["title"]
    assert len(schema["description"]) > 10


@pytest.mark.parametrize("name", EVERY)
def test_each_field_says_what_it_means(name: str) -> None:
    silent = [
        place
        for place, field in fields(EVERY[name]).items()
        if not field.described and not place.endswith(("[]", "{}"))
    ]
    assert silent == []


def test_the_schema_of_a_bulk_command_holds_that_of_its_records() -> None:
    validator = Draft202012Validator(json.loads(schemas.text(EVERY["registry.record_regions"])))
    region = {"code": "341524000000", "name": "金寨县", "valid_from": "1949-10-01"}
    command = {"idempotency_key": "regions-1", "items": [region]}
    assert validator.is_valid(command)
    assert not validator.is_valid(command | {"items": [region | {"code": "3415"}]})
    assert not validator.is_valid(command | {"items": [region | {"capital": "梅山镇"}]})
