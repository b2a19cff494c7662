from itertools import pairwise

from chassis.clock import new_id


def test_identifiers_made_one_after_the_other_stand_in_that_order():
    made = [new_id() for _ in range(10_000)]
    assert all(earlier < later for earlier, later in pairwise(made))
    assert {len(each) for each in made} == {32}
    assert {digit for each in made for digit in each} <= set("0123456789abcdef")
