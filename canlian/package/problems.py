"""What is wrong in a package: where, and by a stable code. Never the value itself, which may be personal."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """line: 1 for the header, 0 for the file as a whole. field: the column at fault, where there is one."""

    file: str
    line: int
    field: str | None
    code: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {self.field}" if self.field else ""
        return f"{place}{field}: {self.message} [{self.code}]"


class PackageError(Exception):
    """The package as a whole cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.code = problem.code
