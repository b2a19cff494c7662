"""The organisation network: a federation or association, a commissioner and a home, with what is lacking."""

from canlian.sample.records import Records
from canlian.sample.registry_shape import Network

_COUNTY, _TOWNSHIP = "000000", "000"
_HOME_AREA, _HOME_ROOMS = (120, 420), (3, 9)


def make_network(records: Records, told: Network) -> None:
    """The county and each township has a federation, each village an association; a commissioner serves in
    each but the county's, and each township has a home (残疾人之家). Of each something is lacking in so many
    as are told.
    """
    random = records.random("network")
    names = {row["code"]: row["name"] for row in records.rows["regions.csv"]}
    county = f"{records.shape.office}{_COUNTY}"
    townships = [code for code in names if code.endswith(_TOWNSHIP) and code != county]
    villages = [code for code in names if not code.endswith(_TOWNSHIP)]
    unorganised = set(random.sample(villages, told.lacking.organisations))
    associations = [code for code in villages if code not in unorganised]
    without_commissioner = {county, *random.sample(associations, told.lacking.commissioners)}
    without_home = set(random.sample(townships, told.lacking.homes))
    for code in (county, *townships, *associations):
        _organise(records, told, code, names[code])
        if code not in without_commissioner:
            _appoint(records, told, code)
    for code in townships:
        if code not in without_home:
            area, rooms = random.randint(*_HOME_AREA), random.randint(*_HOME_ROOMS)
            _open_home(records, told, code, names[code], area, rooms)


def _organise(records: Records, told: Network, code: str, name: str) -> None:
    village = not code.endswith(_TOWNSHIP)
    records.add(
        "organisations.csv",
        ref=f"O-{code}",
        organisation=f"{name}{'残疾人协会' if village else '残疾人联合会'}",
        kind="village_association" if village else "federation",
        region=code,
        established_on=told.established_on,
    )


def _appoint(records: Records, told: Network, code: str) -> None:
    records.add(
        "appointments.csv",
        ref=f"P-{code}",
        organisation_ref=f"O-{code}",
        post="commissioner",
        appointed_on=told.appointed_on,
        full_time="true" if code.endswith(_TOWNSHIP) else "false",
    )


def _open_home(records: Records, told: Network, code: str, name: str, area: int, rooms: int) -> None:
    records.add(
        "facilities.csv",
        ref=f"B-{code}",
        facility=f"{name}残疾人之家",
        kind="home",
        region=code,
        opened_on=told.homes_opened_on,
        area=area,
        rooms=rooms,
    )
