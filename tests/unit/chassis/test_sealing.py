import base64
import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chassis.sealing import Keys, SealBroken, Sealed, Vault

COLUMN = Sealed("service.table.column")
OTHER = Sealed("service.table.other")
ROW = "a" * 32
PLAIN = "a secret worth keeping"


def key(fill):
    return base64.b64encode(bytes([fill]) * 32).decode()


def keys(sealing=("k1", {"k1": 1}), index=("i1", {"i1": 2})):
    sets = {"sealing": sealing, "index": index}
    return Keys.model_validate(
        {
            name: {"active": active, "keys": {kid: key(fill) for kid, fill in fills.items()}}
            for name, (active, fills) in sets.items()
        }
    )


VAULT = Vault(keys())


@given(st.text(), st.text(min_size=1))
def test_what_was_sealed_opens_in_its_row(plain, row_id):
    sealed = COLUMN.seal(VAULT, row_id, plain)
    assert COLUMN.open(VAULT, row_id, sealed) == plain


def test_a_sealed_value_shows_its_version_and_key_and_nothing_else():
    first, second = (COLUMN.seal(VAULT, ROW, PLAIN) for _ in range(2))
    assert first.split(".")[:2] == ["v1", "k1"]
    assert first != second
    assert PLAIN not in first


@pytest.mark.parametrize("position", range(len(COLUMN.seal(VAULT, ROW, PLAIN))))
def test_a_value_changed_in_any_character_does_not_open(position):
    sealed = COLUMN.seal(VAULT, ROW, PLAIN)
    for replacement in "AQgw_.1":
        changed = sealed[:position] + replacement + sealed[position + 1 :]
        if changed != sealed:
            with pytest.raises(SealBroken) as broken:
                COLUMN.open(VAULT, ROW, changed)
            assert PLAIN not in str(broken.value)
            assert broken.value.__cause__ is None


@pytest.mark.parametrize("part", range(4))
def test_a_value_with_a_part_taken_out_emptied_or_from_another_value_does_not_open(part):
    parts, others = (COLUMN.seal(VAULT, ROW, plain).split(".") for plain in (PLAIN, "another"))
    spoilt = [
        parts[:part] + parts[part + 1 :],
        [*parts[:part], "", *parts[part + 1 :]],
        [*parts, parts[part]],
    ]
    if part > 1:
        spoilt.append([*parts[:part], others[part], *parts[part + 1 :]])
        spoilt.append([*parts[:part], parts[part] + "=", *parts[part + 1 :]])
        spoilt.append([*parts[:part], parts[part] + "\n", *parts[part + 1 :]])
    for value in spoilt:
        with pytest.raises(SealBroken):
            COLUMN.open(VAULT, ROW, ".".join(value))


@given(st.text())
def test_no_text_opens_by_chance(text):
    with pytest.raises(SealBroken):
        COLUMN.open(VAULT, ROW, text)


def test_a_value_moved_to_another_row_or_column_does_not_open():
    sealed = COLUMN.seal(VAULT, ROW, PLAIN)
    with pytest.raises(SealBroken, match=r"service\.table\.column of row b"):
        COLUMN.open(VAULT, "b", sealed)
    with pytest.raises(SealBroken, match=r"service\.table\.other"):
        OTHER.open(VAULT, ROW, sealed)


def test_a_column_name_cannot_reach_into_the_row_id():
    for name in ("service.table|x", ""):
        with pytest.raises(ValueError, match="column name"):
            Sealed(name)


def test_after_a_rotation_old_values_open_and_new_ones_take_the_new_key():
    old = COLUMN.seal(VAULT, ROW, PLAIN)
    rotated = Vault(keys(sealing=("k2", {"k1": 1, "k2": 3})))
    assert COLUMN.open(rotated, ROW, old) == PLAIN
    assert COLUMN.seal(rotated, ROW, PLAIN).startswith("v1.k2.")
    with pytest.raises(SealBroken, match="not in the key file"):
        COLUMN.open(Vault(keys(sealing=("k2", {"k2": 3}))), ROW, old)


def test_another_key_under_the_same_id_does_not_open():
    with pytest.raises(SealBroken, match="changed"):
        COLUMN.open(Vault(keys(sealing=("k1", {"k1": 9}))), ROW, COLUMN.seal(VAULT, ROW, PLAIN))


def test_a_blind_index_finds_equal_values_of_its_own_column_only():
    index = COLUMN.index(VAULT, PLAIN)
    assert index == COLUMN.index(Vault(keys()), PLAIN)
    kid, digest = index.split(".")
    assert (kid, len(digest)) == ("i1", 64)
    assert len({index, COLUMN.index(VAULT, PLAIN + "x"), OTHER.index(VAULT, PLAIN)}) == 3


def test_while_index_keys_are_rotated_values_are_looked_for_under_both():
    rotated = Vault(keys(index=("i2", {"i1": 2, "i2": 4})))
    assert COLUMN.indexes(rotated, PLAIN) == [COLUMN.index(rotated, PLAIN), COLUMN.index(VAULT, PLAIN)]
    assert COLUMN.index(rotated, PLAIN).startswith("i2.")


def test_a_generated_key_file_is_private_and_stays_the_same(tmp_path):
    path = tmp_path / "deep" / "keys.json"
    sealed = COLUMN.seal(Vault(Keys.generate(path)), ROW, PLAIN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert COLUMN.open(Vault(Keys.generate(path)), ROW, sealed) == PLAIN
    assert COLUMN.open(Vault(Keys.load(path)), ROW, sealed) == PLAIN
    assert [file.name for file in path.parent.iterdir()] == ["keys.json"]


def test_processes_that_start_together_agree_on_the_keys(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: Keys.generate(tmp_path / "keys.json"), range(8)))
    assert all(other == made[0] for other in made)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"sealing": {"active": "k1", "keys": {"k1": key(1)}}},
        {
            "sealing": {"active": "k2", "keys": {"k1": key(1)}},
            "index": {"active": "i1", "keys": {"i1": key(2)}},
        },
        {
            "sealing": {"active": "k.1", "keys": {"k.1": key(1)}},
            "index": {"active": "i1", "keys": {"i1": key(2)}},
        },
        {"sealing": {"active": "k1", "keys": {"k1": key(1)[:24]}}, "index": {"active": "i1", "keys": {}}},
    ],
)
def test_a_wrong_key_file_is_refused_without_showing_keys(tmp_path, document):
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(document))
    with pytest.raises(ValidationError) as refused:
        Keys.load(path)
    assert key(1)[:16] not in str(refused.value)


def test_nothing_shows_a_key_or_a_value_when_printed():
    shown = repr([VAULT, keys(), keys().sealing, COLUMN]) + str(keys())
    for secret in (key(1), key(2), r"\x01\x01", r"\x02\x02", PLAIN):
        assert secret not in shown
