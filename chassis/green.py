"""Lets eventlet take over what blocks. Import nothing else before it in a process that serves or calls."""

import warnings


def patch() -> None:
    """Patch the standard library for green threads."""
    # eventlet is in maintenance; docs/decisions says why it is used. Who types a command need not read it.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet  # noqa: PLC0415 - after the filter
    from eventlet.support import greendns  # noqa: PLC0415

    eventlet.monkey_patch()
    # It would keep an address for as long as the name server says, 10 minutes in a network of containers: for
    # so long a process would look for a server where it no longer is.
    greendns.resolver._resolver.cache = None  # noqa: SLF001 - there is no other way in
