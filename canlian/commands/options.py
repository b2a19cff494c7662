"""Options that several commands share."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

OfficeOption = Annotated[
    str | None,
    typer.Option(
        "--office",
        metavar="CODE",
        help="Division code of the office, 6 digits. Default: CANLIAN_OFFICE, else the data folder's office.",
    ),
]
DataDirOption = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        metavar="DIR",
        help="Databases and keys of the embedded office. Default: CANLIAN_DATA_DIR, else var.",
    ),
]
AsOption = Annotated[
    str,
    typer.Option(
        "--as", metavar="ACCOUNT", envvar="CANLIAN_ACCOUNT", help="Account in whose name calls are made."
    ),
]
OPERATOR = "operator"

# Where the output goes into a file or a pipe, nobody's window limits the tables.
console = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else 120)
errors = Console(stderr=True)
