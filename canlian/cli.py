"""The command `canlian`. Patches the standard library for green threads before anything else is imported."""

import sys
import warnings


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # eventlet is in maintenance; docs/decisions says why it is used. Who types a command need not read it.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet  # noqa: PLC0415 - after the filter, before the rest

    eventlet.monkey_patch()
    from canlian.commands import run  # noqa: PLC0415 - after the patch

    sys.exit(run())


if __name__ == "__main__":
    main()
