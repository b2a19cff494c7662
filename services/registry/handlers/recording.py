"""Recording what the organisation network consists of: each kind is described, one function records it.

A record names others by reference or identifier, has sealed words and amounts of money, and may be of a kind
of which only one stands at a time. Its later steps are recorded by filing.record_steps.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from chassis.bulk import Bulk, Entry
from chassis.fields import reading
from chassis.rows import Row, rows_among, rows_by
from chassis.sealing import Sealed
from chassis.transaction import Transaction
from contracts.message import BulkCommand, BulkReply, Event
from kernel.errors import Conflict, NotFound
from kernel.ladder import Standing
from kernel.money import Money
from kernel.regions import RegionRow
from kernel.rulebook import RuleView
from services.registry import repository
from services.registry.case_repository import opened, sealed
from services.registry.domain.record import check_alike
from services.registry.domain.region import check_known
from services.registry.handlers.lookup import check_unmerged, mine
from services.registry.homes import held
from services.registry.tables import persons
from services.registry.telling import told

Named = Mapping[str, Row]
"""The rows that a record names, by its field; what it leaves out is absent."""


@dataclass(frozen=True)
class Link:
    """Another record that a record names. noun: what it is, as a word of a code. key: the column of its name.

    states: where it must stand; empty: anywhere. copies: columns that are taken over from it, by their names
    here, because events tell them.
    """

    table: sa.Table
    noun: str
    key: str = "ref"
    states: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sole:
    """Of some records only one stands at a time. by: the columns that tell them apart, that of a link first.

    ended: the states in which a record no longer stands. code: of the refusal. asked: the field at fault.
    among: whether a record is one of these, by the rules of its day. The link has states, so that its row is
    locked; or else the database has a unique key of these columns.
    """

    by: tuple[str, ...]
    code: str
    asked: str
    ended: tuple[str, ...] = ()
    among: Callable[[Row, RuleView], bool] = lambda _row, _rules: True


@dataclass(frozen=True)
class Kind:
    """One kind of record. noun: as a word of a code, and of `<noun>_id` in its event.

    day: the field whose day the rules are asked for, and its division must exist on. begin: the rules of its
    beginning, from its columns, the rows that it names and the rules of its day; None for a kind without
    steps. tell: what its event tells otherwise than its columns do. place: the link whose division it has;
    None: its own. words: sealed columns. indexed: words that are found again, by their blind index in
    `<field>_index`, with the form in which they are compared. money: fields with yuan, kept as whole fen in
    `<field>_fen`.
    """

    noun: str
    table: sa.Table
    day: str
    begin: Callable[[Row, Named, RuleView], Standing | None]
    event: type[Event]
    links: Mapping[str, Link] = field(default_factory=dict)
    place: str | None = None
    words: Mapping[str, Sealed] = field(default_factory=dict)
    indexed: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    money: tuple[str, ...] = ()
    soles: tuple[Sole, ...] = ()
    tell: Callable[[Row], Row] = lambda _row: {}

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Fields that are not columns of the same name, with their columns."""
        by_ref = {name: f"{name.removesuffix('_ref')}_id" for name in self.links if name.endswith("_ref")}
        return by_ref | {name: f"{name}_fen" for name in self.money}


@dataclass
class Desk:
    """What is known when the command begins, kept up with each record.

    known: rows by reference. named: rows by the field that names them and its value. standing: for each Sole
    of the kind, the keys of the records that stand.
    """

    known: dict[str, Row]
    named: dict[str, dict[str, Row]]
    histories: Mapping[str, Mapping[date, RegionRow]]
    standing: list[set[tuple[Any, ...] | None]]
    rows: list[Row] = field(default_factory=list)


def record(tx: Transaction, message: BulkCommand, kind: Kind) -> BulkReply:
    """Record each item of a bulk command; the office's reference is the key."""
    tx.no_scope("each record is checked against its own region, or that of what it names")
    bulk = Bulk(message)
    desk = _desk(tx, bulk, kind)
    for entry in bulk:
        with entry.deciding():
            named = {name: _named(tx, desk, link, name, entry.item) for name, link in kind.links.items()}
            _decide(tx, desk, kind, entry, {name: row for name, row in named.items() if row is not None})
    tx.insert(kind.table, desk.rows)
    return bulk.reply()


def _desk(tx: Transaction, bulk: Bulk, kind: Kind) -> Desk:
    items = list(bulk.items())
    named: dict[str, dict[str, Row]] = {}
    for name, link in kind.links.items():
        keys = {getattr(item, name) for item in items} - {None}
        query = sa.select(link.table).order_by(link.table.c.id)
        if link.table is persons:
            query = held(query)
        elif link.states:
            # It stays where it stands; and commands of which one only may succeed see each other's records.
            alone = any(kind.columns.get(name, name) == sole.by[0] for sole in kind.soles)
            query = query.with_for_update(read=not alone)
        named[name] = rows_by(tx, query, link.table.c[link.key], keys)
    places = set() if kind.place else {item.region for item in items}
    return Desk(
        rows_by(tx, sa.select(kind.table), kind.table.c.ref, {item.ref for item in items}),
        named,
        repository.region_histories(tx, places),
        [_standing(tx, kind, sole, items, named) for sole in kind.soles],
    )


def _standing(
    tx: Transaction, kind: Kind, sole: Sole, items: list[Any], named: Mapping[str, Mapping[str, Row]]
) -> set[tuple[Any, ...] | None]:
    first = sole.by[0]
    link = next((name for name in kind.links if kind.columns.get(name, name) == first), None)
    word = next((name for name in kind.indexed if f"{name}_index" == first), None)
    stored: dict[str, str] = {}
    if link is not None:
        keys = {row["id"] for row in named[link].values()}
    elif word is not None:
        for item in items:
            indexes = _indexes(tx, kind, word, getattr(item, word))
            stored.update((index, indexes[0]) for index in indexes)
        keys = set(stored)
    else:
        keys = {getattr(item, first) for item in items}
    rows = rows_among(tx, sa.select(kind.table), kind.table.c[first], keys)
    return {
        tuple(stored.get(value, value) for value in (getattr(row, column) for column in sole.by))
        for row in rows
        if not sole.ended or row.state not in sole.ended
    }


def _indexes(tx: Transaction, kind: Kind, word: str, plain: str | None) -> list[str]:
    """The blind indexes of a word, the one to store first; none of an absent one."""
    return [] if plain is None else kind.words[word].indexes(tx.vault, kind.indexed[word](plain))


def _named(tx: Transaction, desk: Desk, link: Link, name: str, item: Any) -> Row | None:
    key = getattr(item, name)
    if key is None:
        return None
    row = desk.named[name].get(key)
    # Saying more of what belongs to another office would tell that it exists.
    if row is None or not mine(tx, row["region"]):
        called = link.noun.replace("_", " ")
        raise NotFound(
            f"registry.unknown_{link.noun}", f"The {called} is not recorded; record it first.", field=name
        )
    check_unmerged(merged=row.get("merged_into") is not None)
    return row


def _decide(tx: Transaction, desk: Desk, kind: Kind, entry: Entry, named: Named) -> None:
    item = entry.item
    region = named[kind.place]["region"] if kind.place else item.region
    with reading("region"):
        tx.within(region)
    content = _content(kind, item, named)
    if same := desk.known.get(item.ref):
        _check_same(tx, kind, same, content)
        entry.unchanged(same["id"])
        return
    day = getattr(item, kind.day)
    if kind.place is None:
        check_known(desk.histories[region].values(), region, day)
    row = {**content, "region": region, **_taken_over(kind, named)}
    row |= {f"{word}_index": next(iter(_indexes(tx, kind, word, row[word])), None) for word in kind.indexed}
    rules = tx.rules.at(day)
    with reading(kind.day):
        begun = kind.begin(row, named, rules)
    _check_alone(desk, kind, row, rules)
    _keep(tx, desk, kind, entry, row, begun)


def _content(kind: Kind, item: Any, named: Named) -> Row:
    """What the reference stands for, by columns."""
    content: Row = item.model_dump(exclude={"ref"})
    for name, column in kind.columns.items():
        value = content.pop(name)
        with reading(name):
            content[column] = Money.yuan(value).fen if name in kind.money else named.get(name, {}).get("id")
    return content


def _check_same(tx: Transaction, kind: Kind, same: Row, content: Row) -> None:
    fields = {column: name for name, column in kind.columns.items()}
    plain = same | {name: opened(tx, word, same["id"], same[name]) for name, word in kind.words.items()}
    check_alike(
        kind.noun, [fields.get(column, column) for column in content if plain[column] != content[column]]
    )


def _taken_over(kind: Kind, named: Named) -> Row:
    """What is copied from the records named. Raises Conflict("registry.<noun>_state") for one not fit."""
    copied: Row = {}
    for name, row in named.items():
        link = kind.links[name]
        if link.states and row["state"] not in link.states:
            raise Conflict(
                f"registry.{link.noun}_state",
                f"The {link.noun.replace('_', ' ')} is {row['state']}; name one that is "
                f"{' or '.join(link.states)}.",
                field=name,
                state=row["state"],
            )
        copied |= {here: row[there] for here, there in link.copies.items()}
    return copied


def _check_alone(desk: Desk, kind: Kind, row: Row, rules: RuleView) -> None:
    keys = [
        tuple(row[column] for column in sole.by) if sole.among(row, rules) else None for sole in kind.soles
    ]
    for sole, key, standing in zip(kind.soles, keys, desk.standing, strict=True):
        if key in standing:
            raise Conflict(
                sole.code,
                "Such a record stands already under another reference; end that one first, or check both.",
                field=sole.asked,
            )
    for key, standing in zip(keys, desk.standing, strict=True):
        if key is not None:
            standing.add(key)


def _keep(
    tx: Transaction, desk: Desk, kind: Kind, entry: Entry, content: Row, begun: Standing | None
) -> None:
    identifier = tx.new_id()
    row = {"id": identifier, "ref": entry.item.ref, **content}
    row |= {name: sealed(tx, word, identifier, row[name]) for name, word in kind.words.items()}
    if begun is not None:
        row |= {**asdict(begun), "steps": 0}
    row |= {"recorded_by": tx.caller.subject, "recorded_at": tx.now}
    desk.known[entry.item.ref] = row
    for name, link in kind.links.items():
        if link.table is kind.table:
            desk.named[name][entry.item.ref] = row
    desk.rows.append(row)
    tx.record(told(kind.event, kind.noun, row | kind.tell(row)))
    entry.created(identifier)
