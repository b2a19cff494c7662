"""The parts of a sample's shape that are about the registry alone."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from contracts.message import Message

Count = Annotated[int, Field(ge=0)]


class AssessmentDay(Message):
    """First certificates of the year, made at home, that come from applications taken to an assessment day.

    persons: how many. campaign, assessor: codes. The notice of the result ends before issued_on.
    """

    persons: Count
    campaign: str
    assessor: str
    applied_on: date
    day: date
    issued_on: date


class Lacking(Message):
    """In how many villages there is no association, in how many more no commissioner, in how many townships
    no home.
    """

    organisations: Count
    commissioners: Count
    homes: Count


class Network(Message):
    """The organisation network, one of each for each division but for what is lacking."""

    established_on: date
    appointed_on: date
    homes_opened_on: date
    lacking: Lacking


class Part(Message):
    """Persons of whom records tell. ages: in the sample's year, youngest and oldest. township: its name."""

    persons: Count
    ages: tuple[int, int]
    township: str | None = None


class Told(Message):
    """Records one by one. cast: their persons. files: entries by file name without .csv, in the columns of
    the file and these words of ours:

    person: part of the cast whose next person it is about. persons_of: part and span, one record for each of
    them. times: so many records alike, for so many persons. steps: action, day, and further columns of the
    steps, which stand in the file of the same noun with _acts or _steps.
    """

    cast: dict[str, Part] = Field(default_factory=dict)
    files: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
