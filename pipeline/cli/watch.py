"""The verb that runs again when returns come: says what came, and what became of it; stops when told to."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline import run
from pipeline.catalogue import load_campaign
from pipeline.cli import screen, verbs
from pipeline.cli.ending import Ending, Status, tell_failure
from pipeline.cli.status import tell_set_aside
from pipeline.errors import OutputBusy, OutputRefused, WrongUse
from pipeline.reading import News, Snapshot, snapshot, watch

if TYPE_CHECKING:
    from pipeline.cli.options import Common

Sleep = Callable[[float], None]


def watch_verb(common: Common, interval: float, end: Ending, sleep: Sleep = time.sleep) -> None:
    """Do the main job now and whenever files have settled, until interrupted. ``interval`` is in seconds."""
    words = load_campaign(common.campaign).words[common.lang]
    screen.tell(words["cli.watch.begin"].format(folder=common.inputs))
    again = _Again(common, words)
    try:
        watch(again.look, again.do, lambda: sleep(interval))
    except KeyboardInterrupt:
        screen.tell(words["cli.watch.end"])
    end.status = Status.DONE


@dataclass(slots=True)
class _Again:
    """One run after the other; ``told`` is the failure that was told last, "" where all is well."""

    common: Common
    words: Mapping[str, Any]
    told: str = ""
    has_looked: bool = False

    def look(self) -> Snapshot:
        """The files as they are now; none while an address that did answer does not. Raises WrongUse."""
        try:
            seen = snapshot(self.common.inputs)
        except WrongUse as error:
            if not self.has_looked:
                raise
            self._tell(error, "retry")
            return {}
        self.has_looked = True
        return seen

    def do(self, found: News) -> bool:
        """Do the main job; false where it is to be tried again without any news from the folder.

        That is where outputs cannot be written, because a workbook is open; told once, not at each trial.
        """
        try:
            report = self._report(found)
        except BrokenPipeError:
            raise
        except Exception as error:
            is_open = isinstance(error, OutputRefused | OutputBusy)
            self._tell(error, "retry" if is_open else "wait")
            self.told = self.told if is_open else ""
            return not is_open
        self.told = ""
        self._say(report)
        return True

    def _tell(self, error: Exception, then: str) -> None:
        if str(error) != self.told:
            tell_failure(error, self.common.lang, self.common.outputs)
            screen.tell(self.words[f"cli.watch.{then}"])
        self.told = str(error)

    def _say(self, report: run.Report) -> None:
        if report.set_aside is not None:
            tell_set_aside(report.set_aside, self.common.outputs, self.words)
        if self.common.json:
            screen.say_json({"summary": str(report.summary), **verbs.content(report.results)})
        else:
            campaign = load_campaign(self.common.campaign)
            verbs.say_outcome(campaign, report.summary, report.results, self.words)
        sys.stdout.flush()

    def _report(self, found: News) -> run.Report:
        if not self.told:
            clock = time.strftime("%H:%M:%S")
            gaps = {"time": clock, "added": found.added, "changed": found.changed, "gone": found.gone}
            screen.tell(self.words["cli.watch.news"].format(**gaps))
        with screen.progress_bar(self.words, quiet=self.common.quiet) as progress:
            return run.aggregate(verbs.options_of(self.common), progress)
