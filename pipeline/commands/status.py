"""`counterpoint status`: one screen with what changed, what waits for a decision, what is stale, and what was read."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import decisions, store
from pipeline.commands import deciding, purge
from pipeline.commands.deciding import Screen
from pipeline.core.places import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import Decision
from pipeline.reporting import audit, reading

SHOWN = 8


def lines(study: Path, *, root: Path = Path(), whole: bool = False) -> list[str]:
    """The lines of the screen; `whole` shows every question instead of the first few."""
    stale = _stale(root)
    if not store.path(study, "theme_questions").exists():
        return [f"{study} has no themes yet: run `dvc repro`, which finds them.", *stale]
    taken = decisions.load(Places(study).decisions)
    shown = deciding.screen(study, taken)
    said = [_first(study, shown)]
    said += _section("Since the last accepted state", _changed(study, shown, taken), whole)
    said += _section("Waiting for a decision", _waiting(shown), whole)
    said += _section("Stale", stale or ["Nothing: every result is that of the files as they are."], whole)
    return said + _section("Read", _read(study, shown, taken), whole)


def _section(title: str, found: Sequence[str], whole: bool) -> list[str]:
    kept = list(found) if whole else list(found[:SHOWN])
    more = [f"… and {len(found) - len(kept)} more: counterpoint status --all"] if len(found) > len(kept) else []
    return ["", title, *(f"  {line}" for line in [*kept, *more])]


def _first(study: Path, shown: Screen) -> str:
    accepted = sum(status == "accepted" for status in shown.statuses.values())
    rejected = sum(status == "rejected" for status in shown.statuses.values())
    here = set(shown.themes.values()) - {UNASSIGNED}
    size = f"{len(set(shown.documents.values()))} documents, {len(shown.themes)} segments"
    return f"{study}: {size}, {len(here)} themes ({accepted} accepted; {rejected} more were rejected)."


def _changed(study: Path, shown: Screen, taken: Sequence[Decision]) -> list[str]:
    """New documents, and what their talk says of each accepted theme; what was decided since the last run."""
    standing = decisions.standing(taken)
    anchored = [decision for decision in standing if decision.documents and decision.action != "move"]
    if not anchored:
        return ["Nothing has been accepted yet, so there is nothing to compare with."]
    known = {document for decision in anchored for document in decision.documents}
    present = set(shown.documents.values())
    said = [f"New documents: {', '.join(sorted(present - known))}."] if present - known else ["No document is new."]
    if known - present:
        said.append(f"No longer in the study, or without talk of their own: {', '.join(sorted(known - present))}.")
    said += [str(sentence) for sentence in store.read(study, "theme_news")["sentence"]]
    return [*said, f"{len(standing)} decisions stand. The last: {audit.trail(taken, shown.labels)[-1].sentence}"]


def _waiting(shown: Screen) -> list[str]:
    """The open questions that no decision has answered since, and how many themes nobody has decided on."""
    said = [f"{row.sentence} [{row.theme_id}]" for row in shown.questions.itertuples() if not _answered(row, shown)]
    undecided = sorted(set(shown.themes.values()) - set(shown.statuses) - {UNASSIGNED})
    if undecided:
        named = "; ".join(audit.named(theme, shown.labels) for theme in undecided)
        said.append(f"{len(undecided)} candidate themes: {named}.")
    return said or ["Nothing."]


def _answered(row: Any, shown: Screen) -> bool:
    return f"{row.kind} {row.n_segments}" in shown.answers.get(row.theme_id, frozenset())


def _read(study: Path, shown: Screen, taken: Sequence[Decision]) -> list[str]:
    shares = reading.shares(shown.themes, reading.load(Places(study).reading), taken)
    whole = reading.overall(shares)
    of = f"{whole.n_read} of {whole.n_segments}"
    said = [f"{whole.share:.0%} of the segments in themes have been opened or decided on ({of})."]
    themes = sorted((share.share, theme) for theme, share in shares.items() if theme != UNASSIGNED)
    if themes and whole.n_read:
        share, theme = themes[0]
        said.append(f"Least: {audit.named(theme, shown.labels)}, {share:.0%}.")
    return said


def _stale(root: Path) -> list[str]:
    """What DVC would run again and because of which files, a line for each stage whose own inputs changed."""
    if not (root / ".dvc").is_dir():
        return ["DVC is not set up here, so this cannot be told: `git clone` the project, or run `dvc init`."]
    command = [sys.executable, "-m", "dvc", "status", "--json"]
    done = subprocess.run(command, cwd=root, env=purge.environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        return [f"DVC could not tell: {' '.join(done.stderr.split())}"]
    said = [line for stage, found in json.loads(done.stdout or "{}").items() for line in _because(stage, found)]
    return [*said, "Run `dvc repro` to bring everything up to date."] if said else []


def _because(stage: str, found: Sequence[Any]) -> list[str]:
    causes: list[str] = []
    for entry in found:
        for what, changed in entry.items() if isinstance(entry, Mapping) else [(entry, {})]:
            if what in ("changed deps", "changed outs"):
                causes += [f"{Path(name).name} {state}" for name, state in changed.items()]
            else:
                causes.append(str(what))
    return [f"{stage}: {', '.join(sorted(causes))}"] if causes else []
