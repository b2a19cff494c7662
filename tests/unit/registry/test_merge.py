"""Whom merged records lead to, whatever the order of merges and their undoing."""

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.merge import Family

PEOPLE = "abcdef"


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))))
def test_what_is_told_of_each_step_is_where_everybody_ends_up(moves: list[tuple[bool, str, str]]):
    family, led = Family({}), {each: each for each in PEOPLE}
    for forward, one, other in moves:
        heads = [each for each in PEOPLE if family.stands_for(each) == each]
        if forward and one != other and one in heads and other in heads:
            led |= family.merge(one, other)
        elif not forward and one not in heads:
            led |= family.unmerge(one)
        assert {each: family.stands_for(each) for each in PEOPLE} == led


def test_undoing_the_steps_backwards_leads_everybody_to_themselves():
    family = Family({})
    for one, other in ("ab", "bc", "dc", "ce"):
        family.merge(one, other)
    assert {family.stands_for(each) for each in "abcde"} == {"e"}
    for one in "cdba":
        family.unmerge(one)
    assert [family.stands_for(each) for each in "abcde"] == list("abcde")
