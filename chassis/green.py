"""Lets eventlet take over what blocks. Import nothing else before it in a process that serves or calls."""

import warnings


def patch() -> None:
    """Patch the standard library for green threads."""
    # eventlet is in maintenance; docs/decisions says why it is used. Who types a command need not read it.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet  # noqa: PLC0415 - after the filter

    eventlet.monkey_patch()
