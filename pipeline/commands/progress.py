"""How far a run is: what DVC reports of its stages, said as a researcher would want to know it."""

import json
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.core import atomic_files

# How long each stage of each study took when it last ran, in seconds. DVC keeps this folder out of Git.
TIMES = Path(".dvc/tmp/counterpoint/times.json")

_RUNNING = re.compile(r"Running stage '([^']+)':")
_UNCHANGED = re.compile(r"(?:Stage )?'([^']+)' didn't change, skipping")
_KEPT = re.compile(r"Stage '([^']+)' is cached - skipping run, checking out outputs")
# Empty folders human_codes/ and imported/ are no fault.
_EMPTY = re.compile(r"'[^']+' is empty\.")
# What DVC says for those who work on the pipeline itself.
_NOISE = ("> ", "Generating lock file", "Updating lock file", "To track the changes with git", "To enable auto staging")


class Progress(logging.Filter):
    """Says in the place of DVC's lines which stage runs, of how many, and for about how long.

    `stages`: their names in the order of dvc.yaml. `before`: how long each took last time, in seconds. `took`: how long
    those of this run took, once they are over. `named`: those that ran or were kept, in order.
    """

    def __init__(self, stages: Sequence[str], before: Mapping[str, float], say: Callable[[str], None]) -> None:
        """Begin a run in which nothing has happened yet."""
        super().__init__()
        self.stages, self.before, self.say = list(stages), dict(before), say
        self.took: dict[str, float] = {}
        self.named: list[str] = []
        self._running = ""
        self._since = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether DVC is to show a line itself."""
        line = record.getMessage()
        if running := _RUNNING.fullmatch(line):
            self.over()
            self._running, self._since = running[1], time.monotonic()
            self.named.append(running[1])
            self.say(announcement(running[1], self.stages, self.before))
        elif unchanged := _KEPT.fullmatch(line):
            self.over()
            self.named.append(unchanged[1])
            self.say(f"{_place(unchanged[1], self.stages)}: kept from an earlier run")
        elif _UNCHANGED.fullmatch(line):
            self.over()
        else:
            noise = line.lstrip().startswith(_NOISE) or _EMPTY.fullmatch(line)
            return bool(line.strip() or record.exc_info) and not noise
        return False

    def over(self, *, failed: bool = False) -> None:
        """Note how long the stage took that ran last; a stage that failed says nothing of that."""
        if self._running and not failed:
            self.took[self._running] = round(time.monotonic() - self._since, 1)
        self._running = ""

    @property
    def running(self) -> str:
        """The stage that runs, or empty."""
        return self._running


def announcement(stage: str, stages: Sequence[str], before: Mapping[str, float]) -> str:
    """What is said as a stage begins: which of how many, and about how long it and all that may follow will take."""
    heading = _place(stage, stages)
    if stage not in before or stage not in stages:
        return heading
    remaining = sum(before.get(later_stage, 0.0) for later_stage in stages[stages.index(stage) :])
    return f"{heading}: about {duration(before[stage])}, at most {duration(remaining)} to the end"


def duration(seconds: float) -> str:
    """A time as people say it: seconds up to a minute and a half, then minutes, then hours."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def load(study: Path, *, path: Path = TIMES) -> dict[str, float]:
    """How long each stage of a study took when it last ran, in seconds; empty where that is not known."""
    with suppress(OSError, ValueError, AttributeError):
        seconds_of = json.loads(path.read_text(encoding="utf-8")).get(study.as_posix(), {})
        return {str(name): float(took) for name, took in seconds_of.items()}
    return {}


def note(study: Path, took: Mapping[str, float], *, path: Path = TIMES) -> None:
    """Keep how long stages took for the next run; where that cannot be written, the next run knows nothing of it."""
    if not took:
        return
    all_times: dict[str, dict[str, float]] = {}
    with suppress(OSError, ValueError):
        stored = json.loads(path.read_text(encoding="utf-8"))
        all_times = stored if isinstance(stored, dict) else {}
    all_times[study.as_posix()] = {**load(study, path=path), **took}
    with suppress(OSError):
        atomic_files.write(path, json.dumps(all_times, indent=1, sort_keys=True) + "\n")


def _place(stage: str, stages: Sequence[str]) -> str:
    number = f"{stages.index(stage) + 1}/{len(stages)}" if stage in stages else "-"
    return f"[{number}] {stage}"
