"""Speed, as ratios within one interleaved run: ``make bench``, or ``python -m benchmarks --sizes 37``.

Every contender runs once in each round, so that what the machine does meanwhile hits all of them; medians are
compared. Nothing is ever measured by the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks import inputs, report
from benchmarks.measure import Ran, ran

PYTHON = sys.executable
COMMAND = Path(PYTHON).with_name("aggregate")
CORES = os.cpu_count() or 1
SCRATCH = inputs.CACHE / "scratch"
ENDS_WELL = (0, 3)
"""Invented returns have mistakes: some cell is refused."""

NAIVE = ("sheet", "file", "calamine")

_LARGE = 1000
"""Up to so many units the stages are timed, which takes one run more."""

_SMALL = 100
"""So many units are run in several rounds, and written with all detail."""


def _nothing() -> None:
    """What nobody asks for."""


@dataclass
class Contest:
    """Contenders by name, and what each of their runs came to."""

    contenders: dict[str, Callable[[], Ran]] = field(default_factory=dict)
    runs: dict[str, list[Ran]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def hold(self, rounds: int, after: Callable[[], object] = _nothing) -> None:
        """All contenders in turn, as often as there are rounds; the first of all starts cold.

        ``after`` is called after each run: large ones take long, and what is known is to be kept.
        """
        for number in range(rounds):
            for name, run in self.contenders.items():
                try:
                    done = run()
                except RuntimeError as error:  # what it said; the others go on
                    self.failed[name] = str(error)
                    print(f"{number + 1}/{rounds} {name} failed: {error}", file=sys.stderr)
                    continue
                self.runs.setdefault(name, []).append(done)
                print(
                    f"{number + 1}/{rounds} {name}: {done.seconds:.2f} s, {done.peak:.0f} MiB",
                    file=sys.stderr,
                )
                after()

    def seconds(self, name: str) -> float | None:
        """The median; None for who did not take part."""
        return median(r.seconds for r in self.runs[name]) if name in self.runs else None

    def told(self, name: str) -> float | None:
        """The median of what a run itself printed."""
        return median(float(r.out) for r in self.runs[name]) if name in self.runs else None

    def peak(self, name: str) -> float | None:
        """The highest of all runs."""
        return max(r.peak for r in self.runs[name]) if name in self.runs else None


def ours(campaign: Path, returns: Path, *options: str, keep: str = "", verb: Sequence[str] = ()) -> Ran:
    """One run of the command; into an empty folder, unless it is to find what an earlier run left."""
    outputs = SCRATCH / (keep or "outputs")
    if not keep:
        shutil.rmtree(outputs, ignore_errors=True)
    folders = ("--inputs", returns, "--outputs", outputs, "--campaign", campaign, "--quiet")
    return ran([COMMAND, *verb, *folders, *options], ENDS_WELL)


def add_ours(contest: Contest, size: int, lean: Sequence[str], *, also_full: bool) -> None:
    """The whole job, the same without detail, and the summary alone: also nothing made for the units."""
    campaign, returns = inputs.units(size)
    if also_full:
        contest.contenders[f"ours {size}"] = lambda: ours(campaign, returns)
    contest.contenders[f"ours lean {size}"] = lambda: ours(campaign, returns, *lean)
    contest.contenders[f"ours summary {size}"] = lambda: ours(campaign, returns, *lean, "--no-returns")


def add_naive(contest: Contest, size: int) -> None:
    """The three scripts."""
    _, returns = inputs.units(size)
    for method in NAIVE:
        call = [PYTHON, "-m", "benchmarks.naive", method, returns, SCRATCH / "naive.xlsx"]
        contest.contenders[f"naive {method} {size}"] = lambda call=call: ran(call)  # type: ignore[misc]


def add_floors(contest: Contest, size: int) -> None:
    """Reading alone, on as many cores."""
    _, returns = inputs.units(size)
    call = [PYTHON, "-m", "benchmarks.floors", "read", returns, str(CORES)]
    contest.contenders[f"floor read {size}"] = lambda: ran(call)


def add_writing(contest: Contest, size: int, *options: str) -> None:
    """The cells of our own summary, written by a bare loop; a whole one also by us, reading left out."""
    campaign, returns = inputs.units(size)
    kept, pickled = SCRATCH / f"written-{size}", SCRATCH / f"cells-{size}.pickle"
    shutil.rmtree(kept, ignore_errors=True)
    ours(campaign, returns, *options, keep=kept.name)
    floors = [PYTHON, "-m", "benchmarks.floors"]
    ran([*floors, "cells", kept / "tong-hop.xlsx", pickled])
    contest.contenders[f"floor write {size}"] = lambda: ran(
        [*floors, "write", pickled, SCRATCH / f"bare-{size}.xlsx"]
    )
    if options:
        return
    contest.contenders[f"ours write {size}"] = lambda: ran(
        [PYTHON, "-m", "benchmarks.writing", returns, campaign, SCRATCH / "written.xlsx"]
    )


def add_again(contest: Contest, size: int, lean: Sequence[str]) -> None:
    """A second run on the same returns, and one after a single return has changed."""
    campaign, returns = inputs.units(size)
    copied = SCRATCH / f"again-{size}"
    shutil.rmtree(copied, ignore_errors=True)
    shutil.copytree(returns, copied)
    shutil.rmtree(SCRATCH / "kept", ignore_errors=True)
    ours(campaign, copied, *lean, keep="kept")
    files = sorted(copied.glob("*.xlsx"))
    swap = [files[-1].read_bytes(), _other(files[-1])]

    def changed() -> Ran:
        swap.reverse()
        files[-1].write_bytes(swap[0])
        return ours(campaign, copied, *lean, keep="kept")

    contest.contenders[f"ours again {size}"] = lambda: ours(campaign, copied, *lean, keep="kept")
    contest.contenders[f"ours one changed {size}"] = changed


def _other(path: Path) -> bytes:
    """The same return with every figure twice as large."""
    from benchmarks.multiplied import multiplied, read_pattern

    pattern = read_pattern(path.read_bytes(), path.stem, path.stem, [f"form{n}" for n in range(9)])
    return multiplied(pattern, path.stem, path.stem, 2)


def add_size(contest: Contest, size: int, lean: Sequence[str], naive_most: int) -> None:
    """Everybody who takes part with so many units."""
    add_ours(contest, size, lean, also_full=size <= _SMALL)
    add_floors(contest, size)
    if size <= naive_most:
        add_naive(contest, size)
    if size <= _SMALL:
        add_writing(contest, size)
    elif size <= naive_most:
        add_again(contest, size, lean)
        add_writing(contest, size, *lean)


def add_starts(contest: Contest) -> None:
    """What cannot be had for less: the imports, and the start of Python itself."""
    contest.contenders["import pandera"] = lambda: ran([PYTHON, "-c", "import pandera.pandas"])
    contest.contenders["pass"] = lambda: ran([PYTHON, "-c", "pass"])
    contest.contenders["help"] = lambda: ran([COMMAND, "--help"])


def stages_of(size: int) -> dict[str, float]:
    """Seconds of each stage of one run, by its own clock; with detail only where there are few units."""
    campaign, returns = inputs.units(size)
    outputs = SCRATCH / "stages"
    shutil.rmtree(outputs, ignore_errors=True)
    call = [PYTHON, "-m", "benchmarks.stages", returns, outputs, campaign]
    done = ran(call if size <= _SMALL else [*call, "lean"])
    found: dict[str, float] = json.loads(done.out.splitlines()[-1])
    return found


def opening(size: int) -> dict[str, float]:
    """Size of the summary in MB, and how long LibreOffice takes to open it beside the same cells bare."""
    office = shutil.which("soffice")
    made, bare = SCRATCH / f"written-{size}" / "tong-hop.xlsx", SCRATCH / f"bare-{size}.xlsx"
    found = {"megabytes": made.stat().st_size / 1e6}
    if office:
        profile = f"-env:UserInstallation=file://{(SCRATCH / 'office').resolve()}"
        call = [office, profile, "--headless", "--convert-to", "ods", "--outdir", SCRATCH / "opened"]
        ran([*call, bare])  # the first start makes the profile
        found["ours"], found["bare"] = ran([*call, made]).seconds, ran([*call, bare]).seconds
    return found


def asked(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="37,300", help="numbers of units, such as 37,300,1000,3000")
    parser.add_argument("--rounds", type=int, default=3, help="runs of every contender up to 100 units")
    parser.add_argument("--large-rounds", type=int, default=1, help="runs of every contender above 100 units")
    parser.add_argument("--naive-most", type=int, default=300, help="largest size for the pandas scripts")
    parser.add_argument("--communes", type=int, default=0, help="communes in one flat run, such as 11000")
    parser.add_argument("--lean", default="--no-detail", help="options of the run without detail sheets")
    parser.add_argument("--no-office", action="store_true", help="do not open the summary with LibreOffice")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/RESULTS.md"))
    return parser.parse_args(arguments)


def main() -> None:
    """Hold the contests, small ones first, and write what was reached."""
    wish = asked()
    SCRATCH.mkdir(parents=True, exist_ok=True)
    sizes, lean = [int(size) for size in wish.sizes.split(",")], wish.lean.split()
    contest = Contest()
    add_starts(contest)
    for size in (size for size in sizes if size <= _SMALL):
        add_size(contest, size, lean, wish.naive_most)
    contest.hold(wish.rounds)
    stages = {size: stages_of(size) for size in sizes if size <= _LARGE}
    opened = opening(37) if 37 in sizes and not wish.no_office else {}

    def write() -> None:
        wish.out.write_text(report.page(contest, stages, opened), encoding="utf-8")

    large = Contest(runs=contest.runs, failed=contest.failed)
    for size in (size for size in sizes if size > _SMALL):
        add_size(large, size, lean, wish.naive_most)
    if wish.communes:
        campaign, returns = inputs.communes(wish.communes)
        large.contenders["communes"] = lambda: ours(campaign, returns, *lean, verb=["rollup"])
    large.hold(wish.large_rounds, write)
    write()
    print(wish.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
