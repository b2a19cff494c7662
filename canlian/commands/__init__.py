"""What can be typed. Each command is a thin layer over the package that does the work."""

from canlian.commands.app import run

__all__ = ["run"]
