"""The command `canlian`. Patches the standard library for green threads before anything else is imported."""

import sys

from chassis import green


def main() -> None:
    """Run the command line and end the process with its exit code."""
    green.patch()
    from canlian.commands import run  # noqa: PLC0415 - after the patch

    sys.exit(run())


if __name__ == "__main__":
    main()
