"""`counterpoint status`: what has changed, what needs a decision, what is out of date, and how much has been read."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.core import environment, prose, store
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import audit_trail, ledger, reading_ledger, screen, states
from pipeline.decisions.ledger import Decision
from pipeline.decisions.screen import Screen

SHOWN = 8

# What DVC says of the study stage, which runs every time.
ALWAYS_CHANGED = "always changed"


def lines(study: Path, *, root: Path = Path(), whole: bool = False) -> list[str]:
    """The lines to print; `whole` shows every question instead of the first few."""
    if not store.path(study, "theme_questions").exists():
        return [f"{study} has no themes yet. Run `counterpoint run` first."]
    stale = _stale(root)
    taken = ledger.load(Places(study).decisions)
    shown = screen.read(study, taken)
    said = [_first(study, shown)]
    said += _section("Changes since your decisions", _changed(study, shown, taken), whole)
    said += _section("To decide", _waiting(shown), whole)
    said += _section("Out of date", stale or ["Nothing: all results are up to date."], whole)
    return said + _section("Read", _read(study, shown, taken), whole)


def _section(title: str, found: Sequence[str], whole: bool) -> list[str]:
    kept = list(found) if whole else list(found[:SHOWN])
    more = [f"… and {len(found) - len(kept)} more: counterpoint status --all"] if len(found) > len(kept) else []
    return ["", title, *(f"  {line}" for line in [*kept, *more])]


def _first(study: Path, shown: Screen) -> str:
    size = (
        f"{prose.count(len(set(shown.documents.values())), 'document')}, {prose.count(shown.count.segments, 'segment')}"
    )
    outside = states.outside_in_words(shown.count)
    return f"{study}: {size}. {states.shown_in_words(shown.count)}.{f' {outside}' if outside else ''}"


def _changed(study: Path, shown: Screen, taken: Sequence[Decision]) -> list[str]:
    """New documents, how they compare with each accepted theme, and the latest decision."""
    standing = ledger.standing(taken)
    anchored = [decision for decision in standing if decision.documents and decision.action != "move"]
    if not anchored:
        return ["No theme has been accepted yet, so there is nothing to compare with."]
    known = {document for decision in anchored for document in decision.documents}
    present = set(shown.documents.values())
    said = [f"New documents: {', '.join(sorted(present - known))}."] if present - known else ["No new documents."]
    if known - present:
        said.append(f"No longer in the study, or without usable segments: {', '.join(sorted(known - present))}.")
    news = store.read(study, "theme_news")
    accepted = [theme for theme, state in shown.statuses.items() if state == "accepted"]
    said += [str(sentence) for sentence in news.loc[news["theme_id"].isin(accepted), "sentence"]]
    return [*said, f"{audit_trail.counted(taken)} Latest: {audit_trail.trail(taken, shown.labels)[-1].sentence}"]


def _waiting(shown: Screen) -> list[str]:
    """Questions that no decision has answered yet, and themes that are neither accepted nor rejected."""
    said = [question.sentence for question in shown.questions]
    for state, (noun, why) in states.WAITS.items():
        waiting = [theme for theme, own in shown.statuses.items() if own == state]
        if waiting:
            named = "; ".join(states.named(theme, shown.labels) for theme in waiting)
            said.append(f"{prose.count(len(waiting), noun)} {why}: {named}.")
    return said or ["Nothing."]


def _read(study: Path, shown: Screen, taken: Sequence[Decision]) -> list[str]:
    shares = reading_ledger.shares(shown.themes, reading_ledger.load(Places(study).reading), taken)
    whole, count = reading_ledger.overall(shares), shown.count
    said = [
        f"{prose.percent(whole.share)} of the segments in themes have been opened or cited in a decision "
        f"({whole.n_read:,} of {whole.n_segments:,}).",
        states.decided_in_words(count),
    ]
    themes = sorted((share.share, theme) for theme, share in shares.items() if theme != UNASSIGNED)
    if themes and whole.n_read:
        share, theme = themes[0]
        said.append(f"Least read: {states.named(theme, shown.labels)}, {prose.percent(share)}.")
    return said


def _stale(root: Path) -> list[str]:
    """One line for each stage that DVC would re-run, with the files that changed."""
    if not (root / ".dvc").is_dir():
        return ["Unknown: this folder has no DVC repository. Clone the project with `git clone`, or run `dvc init`."]
    command = [sys.executable, "-m", "dvc", "status", "--json"]
    env = environment.variables()
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    if done.returncode != 0:
        return [f"Unknown: `dvc status` failed: {' '.join(done.stderr.split())}"]
    changes = json.loads(done.stdout or "{}")
    lines = [line for stage, entries in changes.items() for line in _because(stage, entries)]
    return [*lines, "Run `counterpoint run` to update the results."] if lines else []


def _because(stage: str, found: Sequence[Any]) -> list[str]:
    causes: list[str] = []
    for entry in found:
        for what, changed in entry.items() if isinstance(entry, Mapping) else [(entry, {})]:
            if what in ("changed deps", "changed outs"):
                causes += [f"{Path(name).name} {state}" for name, state in changed.items()]
            elif what != ALWAYS_CHANGED:
                causes.append(str(what))
    return [f"{stage}: {', '.join(sorted(causes))}"] if causes else []
