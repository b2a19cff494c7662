"""A database from before names were sealed: nothing of it is lost on the way to the newest version."""

import shutil
from pathlib import Path
from typing import ClassVar

import sqlalchemy as sa

from chassis.database import Database
from chassis.migrating import upgrade
from services.registry.service import RegistryService
from tests.support.platform import Harness

HOUSEHOLD, OTHER, PERSON = "a" * 32, "c" * 32, "b" * 32
OLD = (
    """
    insert into households (id, ref, region, flags, registered_on, recorded_at) values
    (:household, 'H-1', '341524103206', 'dibao,old_carer', '2010-01-01', '2024-01-01 00:00:00'),
    (:other, 'H-2', '341524103206', 'dibao_edge', '2010-01-01', '2024-01-01 00:00:00')
    """,
    """
    insert into persons (id, id_number, id_number_index, name, sex, birth_date, region, household_id,
                         registered_on, recorded_at) values
    (:person, 'v1', 'i1.0', '张小明', 'male', '1960-05-17', '341524103206', :household,
     '2010-01-01', '2024-01-01 00:00:00')
    """,
)


class Earlier(RegistryService):
    """The registry with the migrations of the folder that a test sets."""

    folder: ClassVar[Path]

    @classmethod
    def directory(cls) -> Path:
        """Where its migrations lie."""
        return cls.folder


def test_names_and_flags_of_an_old_database_are_kept(database_url: str, tmp_path: Path):
    Earlier.folder = tmp_path
    files = sorted((RegistryService.directory() / "migrations").glob("*.py"))
    [sealing] = (number for number, file in enumerate(files) if file.stem.endswith("seal_names_and_search"))
    (tmp_path / "migrations").mkdir()
    for file in files[:sealing]:
        shutil.copy(file, tmp_path / "migrations")
    old = Database(database_url)
    upgrade(Earlier, old)
    with old.write() as connection:
        connection.execute(sa.text(OLD[0]), {"household": HOUSEHOLD, "other": OTHER})
        connection.execute(sa.text(OLD[1]), {"household": HOUSEHOLD, "person": PERSON})
    old.close()

    registry = Harness(RegistryService, database_url)
    with registry.runtime.database.read() as connection:
        flags = connection.execute(sa.text("select flag, household_id from household_flags order by flag"))
        assert [tuple(row) for row in flags] == [
            ("dibao", HOUSEHOLD),
            ("dibao_edge", OTHER),
            ("old_carer", HOUSEHOLD),
        ]
        [row] = connection.execute(sa.text("select id, name, name_words, household_id from persons"))
        assert tuple(row) == (PERSON, "张小明", None, HOUSEHOLD)
    registry.close()
