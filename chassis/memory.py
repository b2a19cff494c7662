"""What Python's garbage collector looks through: what work makes, not what a process is made of."""

import gc

NEW_OBJECTS = 10_000
"""So many objects that hold others are made before it looks again, instead of 700: a command of a thousand
records makes more than that.
"""


def settle() -> None:
    """Keep all that is loaded by now out of every later look; for a process that is about to work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
