"""A new index key becomes active; records indexed with the old one are still found."""

import base64
import json
from pathlib import Path

from chassis.sealing import KEY_BYTES
from services.registry.service import RegistryService
from services.registry.tables import certificates, persons
from tests.services.registry.factories import act, citizen, regions, registered, results
from tests.support.platform import Harness


def rotate(folder: Path) -> None:
    file = folder / "keys.json"
    keys = json.loads(file.read_text())
    for kind, kid in (("index", "i9"), ("sealing", "k9")):
        keys[kind]["keys"][kid] = base64.b64encode(kid.encode().ljust(KEY_BYTES, b"-")).decode()
        keys[kind]["active"] = kid
    file.write_text(json.dumps(keys))


def test_a_person_and_a_certificate_stay_the_same_when_the_keys_are_rotated(database_url: str):
    before = Harness(RegistryService, database_url)
    before.bulk("record_regions", regions())
    [holder] = registered(before)
    issue = act(holder, "new", "2014-03-15")
    before.bulk("record_certificate_acts", [issue])
    rotate(before.keys)

    after = Harness(RegistryService, database_url, keys=before.keys)
    assert registered(after) == [holder]
    assert after.call("resolve_persons", {"id_numbers": [citizen(1)]})["found"] == {citizen(1): holder}
    acts = [issue, act(holder, "renewal", "2024-03-15")]
    outcomes = after.bulk("record_certificate_acts", acts)
    assert results(outcomes) == [("unchanged", None), ("created", None)]
    assert (len(after.rows(persons)), len(after.rows(certificates))) == (1, 1)
    after.close()
    before.close()
