"""Taking a decision on what is on the screen now: anchored on the theme's segments, it is added to decisions.yaml."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd

from pipeline import decisions, entries, store
from pipeline.core import people_files
from pipeline.core.names import written
from pipeline.core.places import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import Decision
from pipeline.errors import CounterpointError
from pipeline.inductive import replay
from pipeline.views import decide_view

# What follows the theme in `counterpoint decide ACTION THEME …`.
REST = {
    "accept": "",
    "rename": "NEW LABEL",
    "merge": "THEME… (those that go into the first)",
    "split": "LABEL SEGMENT… (the segments that leave)",
    "reject": "",
    "move": "SEGMENT…",
    "pin": "SEGMENT…",
    "memo": "TEXT",
}


class DecidingError(CounterpointError):
    """A decision cannot be taken as asked."""


class StaleError(DecidingError):
    """What the decision was taken on has changed since."""


@dataclass(frozen=True)
class Screen:
    """What a person sees: each substantive segment's theme and document, the themes' labels, and the open questions.

    Decisions taken since the last run are already replayed, so that they can build on each other.
    `questions`: a row each, as in the table theme_questions.
    """

    themes: Mapping[str, int]
    documents: Mapping[str, str]
    labels: Mapping[int, str]
    statuses: Mapping[int, str]
    anchors: Mapping[int, frozenset[str]]
    answers: Mapping[int, frozenset[str]]
    questions: pd.DataFrame

    def members(self, theme: int) -> tuple[str, ...]:
        """The segments of a theme; of a rejected one, which shows none, those it was anchored on."""
        here = tuple(sorted(segment for segment, own in self.themes.items() if own == theme))
        return here or tuple(sorted(self.anchors.get(theme, frozenset())))


def screen(study: Path, taken: Sequence[Decision]) -> Screen:
    """Read the last run's themes and replay the decisions on them."""
    assigned = store.read(study, "theme_assignments")
    segments = store.read(study, "segments")
    themes = store.read(study, "themes")
    document_of = dict(zip(segments["segment_id"], segments["document"], strict=True))
    clusters = {str(row.segment_id): int(str(row.theme_id)) for row in assigned.itertuples()}
    documents = {segment: str(document_of[segment]) for segment in clusters}
    done = replay.replay(clusters, documents, decisions.standing(taken), shift_share=1.0)
    first = themes[themes["level"] == 1]
    labels = {int(theme): str(label) for theme, label in zip(first["theme_id"], first["label"], strict=True)}
    labels |= {theme: held.label for theme, held in done.held.items() if held.label}
    return Screen(
        themes=done.themes,
        documents=documents,
        labels=labels,
        statuses={theme: held.status for theme, held in done.held.items()},
        anchors={theme: frozenset(held.anchor) for theme, held in done.held.items()},
        answers={theme: held.answers for theme, held in done.held.items()},
        questions=store.read(study, "theme_questions"),
    )


def state(study: Path) -> str:
    """A fingerprint of what one decides on: the themes of the last run and the decisions taken so far."""
    made = decide_view.basis(store.read(study, "themes"), store.read(study, "theme_assignments"))
    file = Places(study).decisions
    said = file.read_bytes() if file.exists() else b""
    return hashlib.sha256(made.encode() + said).hexdigest()[:16]


def _fresh(study: Path, seen: str | None) -> None:
    if seen is not None and seen != state(study):
        raise StaleError(
            "The themes or the decisions have changed since this page was opened, so nothing was written. Reload the "
            "page, look at what has changed, and decide again."
        )


def decide(
    study: Path,
    action: str,
    theme: str,
    rest: Sequence[str] = (),
    *,
    who: str,
    why: str = "",
    now: datetime | None = None,
    seen: str | None = None,
) -> Decision:
    """Take a decision about a theme (its id or its label) and add it to the study's decisions.yaml; return it.

    `rest` is what the action needs beside (see REST). `now`: the present unless told, written in UTC. `seen`: the
    `state` that the decision was taken on, where that is not the present by itself.
    Raises DecidingError, and writes nothing, where the theme or a segment is not there or nobody is named; StaleError
    where the state is another by now.
    """
    if action not in REST:
        raise DecidingError(f"'{action}' is nothing that can be decided. There are: {', '.join(REST)}.")
    with people_files.locked(study):
        _fresh(study, seen)
        taken = decisions.load(Places(study).decisions)
        made = decided(screen(study, taken), taken, action, theme, rest, who=who, why=why, now=now)
        decisions.save(Places(study).decisions, [*taken, made])
    return made


def decided(
    shown: Screen,
    taken: Sequence[Decision],
    action: str,
    theme: str,
    rest: Sequence[str],
    *,
    who: str,
    why: str = "",
    now: datetime | None = None,
) -> Decision:
    """A decision on what is shown, after those that were `taken`, as `decide` makes it; nothing is written."""
    own = _theme(theme, shown, none=action == "move")
    said = _rest(action, own, list(rest), shown)
    members = set(shown.members(own)) if own != UNASSIGNED else set()
    others = _others(own, list(rest), shown) if action == "merge" else ()
    members |= {segment for other in others for segment in shown.members(other)}
    fields = {
        "action": action,
        "theme": own,
        "others": others,
        **said,
        "members": tuple(sorted(members)),
        "documents": tuple(sorted(set(shown.documents.values()))) if own != UNASSIGNED else (),
        "answers": _answers(own, shown.questions) if action == "accept" else (),
    }
    return _made(taken, fields, who=who, why=why, now=now)


def undo(
    study: Path, decision: str, *, who: str, why: str = "", now: datetime | None = None, seen: str | None = None
) -> Decision:
    """Take a decision back, by its id or the beginning of it; undoing an undo brings the first decision back."""
    with people_files.locked(study):
        _fresh(study, seen)
        taken = decisions.load(Places(study).decisions)
        fields = {"action": "undo", "undoes": _undone(study, taken, decision).key}
        made = _made(taken, fields, who=who, why=why, now=now)
        decisions.save(Places(study).decisions, [*taken, made])
    return made


def _undone(study: Path, taken: Sequence[Decision], decision: str) -> Decision:
    """The one decision that an id, or the beginning of one, means, if it can be undone."""
    fitting = [held for held in taken if held.key.startswith(decision)]
    exact = [held for held in taken if held.key == decision]
    found = exact or fitting
    if not decision or len(found) != 1:
        count = "several decisions begin" if found else "no decision begins"
        raise DecidingError(
            f"{Places(study).decisions}: {count} with '{decision}'. See their ids with `counterpoint decisions`."
        )
    if found[0].action != "undo" and found[0] not in decisions.standing(taken):
        raise DecidingError(f"Decision {found[0].key} is undone already. To bring it back, undo the undo.")
    return found[0]


def known(study: Path, segments: Sequence[str]) -> list[str]:
    """The segments as given; raise DecidingError where one is not in the study."""
    unknown = sorted(set(segments) - set(store.read(study, "segments")["segment_id"]))
    if unknown:
        raise DecidingError(f"{', '.join(unknown)}: no segment has such an id. The report shows each segment's id.")
    return list(segments)


def _made(
    taken: Sequence[Decision], fields: Mapping[str, object], *, who: str, why: str, now: datetime | None
) -> Decision:
    if not written(who):
        raise DecidingError("Nobody is named as deciding. Say who decides: --who NAME, or set COUNTERPOINT_WHO.")
    when = _after(taken, now or datetime.now(UTC))
    said = {**fields, "who": written(who), "why": why.strip(), "when": when}
    made = entries.made(Decision, said, error=DecidingError)
    return made.model_copy(update={"id": made.key})


def _after(taken: Sequence[Decision], now: datetime) -> str:
    """The time to the second, but later than every decision so far, whose order it would otherwise change."""
    stamp = now.strftime("%Y-%m-%dT%H:%M:%S")
    last = max((decision.when.replace(" ", "T") for decision in taken), default="")
    if stamp > last:
        return stamp
    # A time given by hand may lack its seconds, or be a day alone, which counts as its beginning.
    full = datetime.fromisoformat(last) + timedelta(seconds=1)
    return full.strftime("%Y-%m-%dT%H:%M:%S")


def _theme(wanted: str, shown: Screen, *, none: bool) -> int:
    known = sorted((set(shown.themes.values()) | set(shown.statuses)) - {UNASSIGNED})
    if none and wanted.casefold() in ("none", str(UNASSIGNED)):
        return UNASSIGNED
    if wanted.isdecimal() and int(wanted) in known:
        return int(wanted)
    fitting = [theme for theme in known if shown.labels.get(theme, "").casefold() == wanted.strip().casefold()]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise DecidingError(
            f"Several themes are called '{wanted}': {', '.join(map(str, fitting))}. Name one by its id."
        )
    listed = "; ".join(f"{theme} {shown.labels.get(theme, '')}".strip() for theme in known) or "none"
    raise DecidingError(f"There is no theme '{wanted}'. The themes are: {listed}.")


def _rest(action: str, theme: int, rest: list[str], shown: Screen) -> dict[str, object]:
    """What an action needs beside its theme, checked; raise DecidingError in a sentence where something is missing."""
    if bool(rest) != bool(REST[action]) or (action == "split" and len(rest) < 2):
        needed = f"and then {REST[action]}" if REST[action] else "and nothing else"
        raise DecidingError(f"`counterpoint decide {action}` takes a theme {needed}.")
    match action:
        case "rename":
            return {"label": " ".join(rest)}
        case "memo":
            return {"text": " ".join(rest)}
        case "split":
            return {"label": rest[0], "segments": _part(theme, _segments(rest[1:], shown), shown)}
        case "move" | "pin":
            return {"segments": _segments(rest, shown)}
    return {"label": shown.labels.get(theme)} if action == "accept" else {}


def _others(theme: int, rest: list[str], shown: Screen) -> tuple[int, ...]:
    others = tuple(sorted({_theme(other, shown, none=False) for other in rest}))
    if theme in others:
        raise DecidingError(f"Theme {theme} cannot be merged into itself. Name other themes after it.")
    return others


def _segments(rest: list[str], shown: Screen) -> tuple[str, ...]:
    unknown = sorted(set(rest) - set(shown.themes))
    if unknown:
        raise DecidingError(
            f"{', '.join(unknown)}: no segment in themes has such an id. The report shows each segment's id."
        )
    return tuple(sorted(set(rest)))


def _part(theme: int, segments: tuple[str, ...], shown: Screen) -> tuple[str, ...]:
    held = set(shown.members(theme))
    outside = sorted(set(segments) - held)
    if outside:
        raise DecidingError(
            f"{', '.join(outside)}: not in theme {theme}, so not to be split off it. Move them instead."
        )
    if set(segments) == held:
        raise DecidingError(
            f"These are all the segments of theme {theme}; nothing would be left of it. Rename it instead."
        )
    return segments


def _answers(theme: int, questions: pd.DataFrame) -> tuple[str, ...]:
    own = questions[questions["theme_id"] == theme]
    return tuple(sorted(f"{row.kind} {row.n_segments}" for row in own.itertuples()))
