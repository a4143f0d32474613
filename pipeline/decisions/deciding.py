"""Record a decision on the themes as currently shown: it is tied to their segments and added to decisions.yaml."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.core import entry_files, store, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.names import written
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import ledger, screen, states
from pipeline.decisions.ledger import Decision
from pipeline.decisions.screen import Screen

# What follows the theme in `counterpoint decide ACTION THEME …`.
REST = {
    "accept": "",
    "rename": "NEW LABEL",
    "merge": "THEME… (the themes to merge into the first)",
    "split": "LABEL SEGMENT… (the segments of the new theme)",
    "reject": "",
    "move": "SEGMENT…",
    "pin": "SEGMENT…",
    "memo": "TEXT",
}


class DecidingError(CounterpointError):
    """A decision cannot be taken as asked."""


class StaleError(DecidingError):
    """What the decision was taken on has changed since."""


def _fresh(study: Path, seen: str | None) -> None:
    if seen is not None and seen != screen.state(study):
        raise StaleError(
            "The themes or decisions have changed since this page was opened, so nothing was saved. Reload the page, "
            "check what has changed, and decide again."
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
        raise DecidingError(f"Unknown action '{action}'. Use one of: {', '.join(REST)}.")
    with study_lock.locked(study):
        _fresh(study, seen)
        taken = ledger.load(Places(study).decisions)
        made = decided(screen.read(study, taken), taken, action, theme, rest, who=who, why=why, now=now)
        ledger.save(Places(study).decisions, [*taken, made])
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
        "called": tuple(shown.labels.get(theme, "") for theme in (own, *others)) if own != UNASSIGNED else (),
        **said,
        "members": tuple(sorted(members)),
        "documents": tuple(sorted(set(shown.documents.values()))) if own != UNASSIGNED else (),
        "answers": shown.settling.get(own, ()) if action in ("accept", "reject") else (),
    }
    return _made(taken, fields, who=who, why=why, now=now)


def undo(
    study: Path, decision: str, *, who: str, why: str = "", now: datetime | None = None, seen: str | None = None
) -> Decision:
    """Take a decision back, by its id or the beginning of it; undoing an undo brings the first decision back."""
    with study_lock.locked(study):
        _fresh(study, seen)
        taken = ledger.load(Places(study).decisions)
        fields = {"action": "undo", "undoes": _undone(study, taken, decision).key}
        made = _made(taken, fields, who=who, why=why, now=now)
        ledger.save(Places(study).decisions, [*taken, made])
    return made


def _undone(study: Path, taken: Sequence[Decision], decision: str) -> Decision:
    """The one decision that an id, or the beginning of one, means, if it can be undone."""
    fitting = [held for held in taken if held.key.startswith(decision)]
    exact = [held for held in taken if held.key == decision]
    found = exact or fitting
    if not decision or len(found) != 1:
        count = "several decisions have an id that starts" if found else "no decision has an id that starts"
        raise DecidingError(
            f"{Places(study).decisions}: {count} with '{decision}'. List all ids with `counterpoint decisions`."
        )
    if found[0].action != "undo" and found[0] not in ledger.standing(taken):
        raise DecidingError(f"Decision {found[0].key} has already been undone. To restore it, undo the undo.")
    return found[0]


def known(study: Path, segments: Sequence[str]) -> list[str]:
    """The segments as given; raise DecidingError where one is not in the study."""
    unknown = sorted(set(segments) - set(store.read(study, "segments")["segment_id"]))
    if unknown:
        raise DecidingError(f"Unknown segment id: {', '.join(unknown)}. The table segments lists all ids.")
    return list(segments)


def _made(
    taken: Sequence[Decision], fields: Mapping[str, object], *, who: str, why: str, now: datetime | None
) -> Decision:
    if not written(who):
        raise DecidingError("Name the person deciding: add --who NAME or set COUNTERPOINT_WHO.")
    when = _after(taken, now or datetime.now(UTC))
    said = {**fields, "who": written(who), "why": why.strip(), "when": when}
    made = entry_files.new_entry(Decision, said, error=DecidingError)
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
    if none and wanted.casefold() in ("none", str(UNASSIGNED)):
        return UNASSIGNED
    own = [theme for theme in shown.known if wanted == str(theme)]
    if own:
        return own[0]
    fitting = [theme for theme in shown.known if _called(theme, wanted, shown)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise DecidingError(
            f"Several themes have the label '{wanted}': {', '.join(map(str, fitting))}. Use the id of one of them."
        )
    raise DecidingError(_missing(wanted, shown))


def _called(theme: int, wanted: str, shown: Screen) -> bool:
    return shown.labels[theme].casefold() == wanted.strip().casefold()


def _missing(wanted: str, shown: Screen) -> str:
    """That there is no such theme: what has become of it, where that is known, and which there are."""
    listed = "; ".join(f"{theme} {shown.labels[theme]}".strip() for theme in shown.known) or "none"
    for row in shown.states[shown.states["state"] == "merged"].itertuples():
        if wanted == str(row.theme_id) or _called(int(str(row.theme_id)), wanted, shown):
            into = states.named(int(str(row.into)), shown.labels)
            gone = states.named(int(str(row.theme_id)), shown.labels)
            return f"There is no theme '{wanted}': {gone} was merged into {into}. The themes are: {listed}."
    return f"There is no theme '{wanted}'. The themes are: {listed}."


def _rest(action: str, theme: int, rest: list[str], shown: Screen) -> dict[str, object]:
    """What an action needs beside its theme, checked; raise DecidingError in a sentence where something is missing."""
    if bool(rest) != bool(REST[action]) or (action == "split" and len(rest) < 2):
        needed = f"followed by {REST[action]}" if REST[action] else "and nothing else"
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
    return {"label": shown.labels.get(theme) or None} if action == "accept" else {}


def _others(theme: int, rest: list[str], shown: Screen) -> tuple[int, ...]:
    others = tuple(sorted({_theme(other, shown, none=False) for other in rest}))
    if theme in others:
        raise DecidingError(
            f"{states.named(theme, shown.labels)} cannot be merged into itself. Name the other themes after it."
        )
    return others


def _segments(rest: list[str], shown: Screen) -> tuple[str, ...]:
    unknown = sorted(set(rest) - set(shown.themes))
    if unknown:
        raise DecidingError(
            f"Unknown or unused segment id: {', '.join(unknown)}. The table theme_assignments lists all ids."
        )
    return tuple(sorted(set(rest)))


def _part(theme: int, segments: tuple[str, ...], shown: Screen) -> tuple[str, ...]:
    held, name = set(shown.members(theme)), states.named(theme, shown.labels)
    outside = sorted(set(segments) - held)
    if outside:
        raise DecidingError(f"Segments not in {name} cannot be split off it: {', '.join(outside)}. Move them instead.")
    if set(segments) == held:
        raise DecidingError(
            f"These are all the segments of {name}, so nothing would be left. Rename the theme instead."
        )
    return segments
