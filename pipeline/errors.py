"""What can stop a run. Wrong figures never do: they are findings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class CampaignProblem:
    """One contradiction in a campaign's files.

    ``line`` counts from 1 and includes the header. ``column`` is the header's name, followed for an
    expression by the character position in it; it is empty where the whole file or line is meant.
    """

    file: str
    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" + (f" [{self.column}]" if self.column else "")
        return f"{place}: {self.message}"


class StopRun(Exception):
    """Something that the program cannot go on after. Its text names the remedy."""


class CampaignRefused(StopRun):
    """The files in ``folder`` contradict themselves; ``problems`` holds every contradiction found."""

    def __init__(self, folder: Path, problems: tuple[CampaignProblem, ...]) -> None:
        self.folder = folder
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class RuleRefused(StopRun):
    """An expression is not in the rule language; ``position`` counts characters from 1."""

    def __init__(self, message: str, position: int) -> None:
        self.message = message
        self.position = position
        super().__init__(f"{message} (character {position})")


class OutputRefused(StopRun):
    """An output could not be written; the previous one is untouched."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")

    def __reduce__(self) -> tuple[type[OutputRefused], tuple[Path, str]]:
        return OutputRefused, (self.path, self.reason)


class OutputBusy(StopRun):
    """Another run is writing into the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder}: another run is writing here")


class WrongUse(StopRun):
    """The command line asked for something that is not there; ``message_id`` picks the words."""

    def __init__(self, message_id: str, **values: str) -> None:
        self.message_id = message_id
        self.values = values
        super().__init__(f"{message_id}: {values}")
