"""Pauses between attempts."""

from chassis.backoff import Backoff


def test_pauses_grow_to_the_longest_and_begin_again_after_success() -> None:
    backoff = Backoff(1, 8)
    for whole in (1, 2, 4, 8, 8, 8):
        assert whole / 2 <= backoff.pause() <= whole
    backoff.reset()
    assert backoff.pause() <= 1


def test_two_who_failed_together_do_not_return_together() -> None:
    assert len({Backoff(1, 8).pause() for _ in range(20)}) > 10
