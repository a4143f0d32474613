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
from pipeline.deductive import learning_curve

SHOWN = 8

HOW_TO_DECIDE = (
    "Decide in the browser with `counterpoint review`, or here: `counterpoint decide accept ID --who NAME` (or rename, "
    "merge, split, reject, memo). Ids stand in brackets."
)
KAPPA = "Kappa is 1 where codes are identical, and 0 where they agree as often as by chance."
# What DVC says of the study stage, which runs every time.
ALWAYS_CHANGED = "always changed"
CHANGED = {"modified": "changed", "deleted": "is missing", "new": "is new"}


def lines(study: Path, *, root: Path = Path(), show_all: bool = False, reflexive: bool = False) -> list[str]:
    """The lines to print; `show_all` shows every question instead of the first few; `reflexive` leaves out figures."""
    if not store.path(study, "theme_questions").exists():
        return [f"{study} has no themes yet. Run `counterpoint run` first."]
    stale = _stale(root)
    decisions = ledger.load(Places(study).decisions)
    shown = screen.read(study, decisions)
    output = [_first(study, shown)]
    output += _section("Changes since your decisions", _changed(study, shown, decisions), show_all)
    waiting = _waiting(shown, most=None if show_all else SHOWN)
    output += [*_section("To decide", waiting or ["Nothing."], show_all), *([f"  {HOW_TO_DECIDE}"] if waiting else [])]
    learned = [] if reflexive else _learned(study)
    output += _section("Codes", learned, show_all) if learned else []
    output += _section("Out of date", stale or ["Nothing: all results are up to date."], show_all)
    return output + _section("Read", _read(study, shown, decisions), show_all)


def _section(title: str, items: Sequence[str], show_all: bool) -> list[str]:
    shown = list(items) if show_all else list(items[:SHOWN])
    more = [f"… and {len(items) - len(shown)} more: counterpoint status --all"] if len(items) > len(shown) else []
    return ["", title, *(f"  {line}" for line in [*shown, *more])]


def _first(study: Path, shown: Screen) -> str:
    size = (
        f"{prose.count(len(set(shown.documents.values())), 'document')}, {prose.count(shown.count.segments, 'passage')}"
    )
    outside = states.outside_in_words(shown.count)
    return f"{study}: {size}. {states.shown_in_words(shown.count)}.{f' {outside}' if outside else ''}"


def _changed(study: Path, shown: Screen, decisions: Sequence[Decision]) -> list[str]:
    """New documents, how they compare with each accepted theme, and the latest decision."""
    standing = ledger.standing(decisions)
    anchored = [decision for decision in standing if decision.documents and decision.action != "move"]
    if not anchored:
        return ["No theme has been accepted yet, so there is nothing to compare with."]
    known_documents = {document for decision in anchored for document in decision.documents}
    present = set(shown.documents.values())
    sentences = (
        [f"New documents: {', '.join(sorted(present - known_documents))}."]
        if present - known_documents
        else ["No new documents."]
    )
    if known_documents - present:
        sentences.append(
            f"No longer in the study, or without usable passages: {', '.join(sorted(known_documents - present))}."
        )
    news = store.read(study, "theme_news")
    accepted = [theme for theme, state in shown.statuses.items() if state == "accepted"]
    sentences += [str(sentence) for sentence in news.loc[news["theme_id"].isin(accepted), "sentence"]]
    return [
        *sentences,
        f"{audit_trail.counted(decisions)} Latest: {audit_trail.trail(decisions, shown.labels)[-1].sentence}",
    ]


def _waiting(shown: Screen, *, most: int | None) -> list[str]:
    """Questions that no decision has answered yet, and themes that are neither accepted nor rejected.

    `most`: so many themes are named in a sentence; None: all.
    """
    sentences = [question.sentence for question in shown.questions]
    for state, (noun, why) in states.WAITS.items():
        waiting = [theme for theme, state_of_theme in shown.statuses.items() if state_of_theme == state]
        if waiting:
            named = [states.named(theme, shown.labels) for theme in waiting]
            more = [] if most is None or len(named) <= most else [f"and {len(named) - most} more"]
            sentences.append(f"{prose.count(len(waiting), noun)} {why}: {'; '.join([*named[:most], *more])}.")
    return sentences


def _learned(study: Path) -> list[str]:
    """How well codes were learned and what more coded documents would add, or nothing."""
    if not all(store.path(study, name).exists() for name in ("learning_curve", "agreement")):
        return []
    said = learning_curve.sentence(store.read(study, "learning_curve"), store.read(study, "agreement"))
    return [said, KAPPA] if said else []


def _read(study: Path, shown: Screen, decisions: Sequence[Decision]) -> list[str]:
    shares = reading_ledger.shares(shown.themes, reading_ledger.load(Places(study).passages_read), decisions)
    overall, count = reading_ledger.overall(shares), shown.count
    sentences = [
        prose.sentence(
            f"{prose.percent(overall.share)} of the passages in themes have been opened or cited in a decision "
            f"({overall.n_read:,} of {overall.n_segments:,})"
        ),
        states.decided_in_words(count),
    ]
    themes = sorted((share.share, theme) for theme, share in shares.items() if theme != UNASSIGNED)
    if themes and overall.n_read:
        share, theme = themes[0]
        sentences.append(f"Least read: {states.named(theme, shown.labels)}, {prose.percent(share)}.")
    return sentences


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
    head = "`counterpoint run` will run these steps, and those that follow from them, because of what changed:"
    return [head, *(f"  {line}" for line in lines)] if lines else []


def _because(stage: str, entries: Sequence[Any]) -> list[str]:
    causes: list[str] = []
    for entry in entries:
        for cause, changed in entry.items() if isinstance(entry, Mapping) else [(entry, {})]:
            if cause in ("changed deps", "changed outs"):
                causes += [_cause(Path(name).name, state) for name, state in changed.items()]
            elif cause != ALWAYS_CHANGED:
                causes.append(str(cause))
    return [f"{stage}: {', '.join(sorted(causes))}"] if causes else []


def _cause(name: str, state: object) -> str:
    """What changed, in words; of a file of settings, DVC says which of its sections did."""
    if isinstance(state, Mapping):
        return f"{', '.join(map(str, state))} in {name} changed"
    return f"{name} {CHANGED.get(str(state), state)}"
