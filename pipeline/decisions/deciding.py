"""Record a decision on the themes as currently shown: it is tied to their segments and added to decisions.yaml."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.core import entry_files, names, prose, store, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import ledger, screen, states
from pipeline.decisions.ledger import Decision
from pipeline.decisions.screen import Screen

# What follows the theme in `counterpoint decide ACTION THEME …`.
ARGUMENTS = {
    "accept": "",
    "rename": "NEW LABEL",
    "merge": "THEME… (the themes to merge into the first)",
    "split": "LABEL SEGMENT… (the segments of the new theme)",
    "reject": "",
    "move": "SEGMENT…",
    "pin": "SEGMENT…",
    "memo": "TEXT",
}


# Ids that a message names.
MOST_NAMED = 5


class DecidingError(CounterpointError):
    """The decision cannot be made as requested."""


class StaleError(DecidingError):
    """The themes or decisions have changed since the page was opened."""


class LabelError(DecidingError):
    """A new label has nothing visible, is too long, or another theme has it."""


def _fresh(study: Path, seen_state: str | None) -> None:
    if seen_state is not None and seen_state != screen.state(study):
        raise StaleError(
            "The themes or decisions have changed since this page was opened, so nothing was saved. Reload the page, "
            "check what has changed, and decide again."
        )


def decide(
    study: Path,
    action: str,
    theme: str,
    arguments: Sequence[str] = (),
    *,
    who: str,
    why: str = "",
    now: datetime | None = None,
    seen_state: str | None = None,
) -> Decision:
    """Add a decision about a theme, given by id or label, to the study's decisions.yaml; return it.

    `arguments`: further arguments of the action (see ARGUMENTS); `now`: the time of the decision, by default the
    present, in UTC; `seen_state`: the `state` of the page on which the decision was taken, if it was taken on one.

    Raises DecidingError if the theme or a segment does not exist or nobody is named, and StaleError if the state has
    changed; nothing is written then.
    """
    if action not in ARGUMENTS:
        raise DecidingError(f"Unknown action '{action}'. Use one of: {', '.join(ARGUMENTS)}.")
    with study_lock.locked(study):
        _fresh(study, seen_state)
        decisions = ledger.load(Places(study).decisions)
        decision = decided(
            screen.read(study, decisions), decisions, action, theme, arguments, who=who, why=why, now=now
        )
        ledger.save(Places(study).decisions, [*decisions, decision])
    return decision


def decided(
    shown: Screen,
    decisions: Sequence[Decision],
    action: str,
    theme: str,
    arguments: Sequence[str],
    *,
    who: str,
    why: str = "",
    now: datetime | None = None,
) -> Decision:
    """Return the decision that `decide` would add after `decisions`, given what is `shown`; nothing is written."""
    theme_id = _theme(theme, shown, none=action == "move")
    extra_fields = _arguments(action, theme_id, list(arguments), shown)
    members = set(shown.members(theme_id)) if theme_id != UNASSIGNED else set()
    others = _others(theme_id, list(arguments), shown) if action == "merge" else ()
    members |= {segment for other in others for segment in shown.members(other)}
    fields = {
        "action": action,
        "theme": theme_id,
        "others": others,
        "called": tuple(shown.labels.get(theme, "") for theme in (theme_id, *others)) if theme_id != UNASSIGNED else (),
        **extra_fields,
        "members": tuple(sorted(members)),
        "documents": tuple(sorted(set(shown.documents.values()))) if theme_id != UNASSIGNED else (),
        "answers": shown.settling.get(theme_id, ()) if action in ("accept", "reject") else (),
    }
    return _new_decision(decisions, fields, who=who, why=why, now=now)


def undo(
    study: Path, decision: str, *, who: str, why: str = "", now: datetime | None = None, seen_state: str | None = None
) -> Decision:
    """Undo a decision, given by its id or the start of it; undoing an undo restores the first decision.

    Raises DecidingError if no decision, or several, match or it has already been undone, and StaleError as `decide`
    does.
    """
    with study_lock.locked(study):
        _fresh(study, seen_state)
        decisions = ledger.load(Places(study).decisions)
        fields = {"action": "undo", "undoes": _decision_to_undo(study, decisions, decision).key}
        undo_decision = _new_decision(decisions, fields, who=who, why=why, now=now)
        ledger.save(Places(study).decisions, [*decisions, undo_decision])
    return undo_decision


def _decision_to_undo(study: Path, decisions: Sequence[Decision], decision: str) -> Decision:
    """Return the decision with an id, or the start of one, if it can be undone."""
    fitting = [candidate for candidate in decisions if candidate.key.startswith(decision)]
    exact = [candidate for candidate in decisions if candidate.key == decision]
    matching = exact or fitting
    if not decision or len(matching) != 1:
        count = "several decisions have an id that starts" if matching else "no decision has an id that starts"
        raise DecidingError(
            f"{Places(study).decisions}: {count} with '{decision}'. List all ids with `counterpoint decisions`."
        )
    if matching[0].action != "undo" and matching[0] not in ledger.standing(decisions):
        raise DecidingError(f"Decision {matching[0].key} has already been undone. To restore it, undo the undo.")
    return matching[0]


def known(study: Path, segments: Sequence[str]) -> list[str]:
    """Return the segments as given. Raises DecidingError if one is not in the study."""
    unknown = sorted(set(segments) - set(store.read(study, "segments")["segment_id"]))
    if unknown:
        raise DecidingError(f"Unknown segment id: {_some(unknown)}. The table segments lists all ids.")
    return list(segments)


def _new_decision(
    decisions: Sequence[Decision], fields: Mapping[str, object], *, who: str, why: str, now: datetime | None
) -> Decision:
    if not names.written(who):
        raise DecidingError("Name the person deciding: add --who NAME or set COUNTERPOINT_WHO.")
    when = _after(decisions, now or datetime.now(UTC))
    complete = {**fields, "who": names.written(who), "why": why.strip(), "when": when}
    decision = entry_files.new_entry(Decision, complete, error=DecidingError)
    return decision.model_copy(update={"id": decision.key})


def _after(decisions: Sequence[Decision], now: datetime) -> str:
    """Return the time to the second, but later than all decisions so far, so that their order does not change."""
    stamp = now.strftime("%Y-%m-%dT%H:%M:%S")
    last = max((decision.when.replace(" ", "T") for decision in decisions), default="")
    if stamp > last:
        return stamp
    # A time given by hand may lack its seconds, or be a day alone, which counts as its beginning.
    full = datetime.fromisoformat(last) + timedelta(seconds=1)
    return full.strftime("%Y-%m-%dT%H:%M:%S")


def _theme(id_or_label: str, shown: Screen, *, none: bool) -> int:
    if none and id_or_label.casefold() in ("none", str(UNASSIGNED)):
        return UNASSIGNED
    with_id = [theme for theme in shown.known if id_or_label == str(theme)]
    if with_id:
        return with_id[0]
    with_label = [theme for theme in shown.known if _called(theme, id_or_label, shown)]
    if len(with_label) == 1:
        return with_label[0]
    if with_label:
        raise DecidingError(
            f"Several themes have the label '{id_or_label}': {', '.join(map(str, with_label))}. Use the id of one "
            "of them."
        )
    raise DecidingError(_missing(id_or_label, shown))


def _called(theme: int, wanted: str, shown: Screen) -> bool:
    return shown.labels[theme].casefold() == wanted.strip().casefold()


def _missing(id_or_label: str, shown: Screen) -> str:
    """Return the message that there is no such theme: what it was merged into, if known, and which themes exist."""
    listed = "; ".join(f"{theme} {shown.labels[theme]}".strip() for theme in shown.known) or "none"
    for merged in shown.states[shown.states["state"] == "merged"].itertuples():
        if id_or_label == str(merged.theme_id) or _called(int(str(merged.theme_id)), id_or_label, shown):
            into = states.named(int(str(merged.into)), shown.labels)
            merged_name = states.named(int(str(merged.theme_id)), shown.labels)
            return f"There is no theme '{id_or_label}': {merged_name} was merged into {into}. The themes are: {listed}."
    return f"There is no theme '{id_or_label}'. The themes are: {listed}."


def _arguments(action: str, theme: int, arguments: list[str], shown: Screen) -> dict[str, object]:
    """Return the fields that the action's arguments give. Raises DecidingError if an argument is missing or wrong."""
    if bool(arguments) != bool(ARGUMENTS[action]) or (action == "split" and len(arguments) < 2):
        needed = f"followed by {ARGUMENTS[action]}" if ARGUMENTS[action] else "and nothing else"
        raise DecidingError(f"`counterpoint decide {action}` takes a theme {needed}.")
    match action:
        case "rename":
            return {"label": _label(" ".join(arguments), shown, but=theme)}
        case "memo":
            return {"text": " ".join(arguments)}
        case "split":
            segments = _split_off(theme, _segments(arguments[1:], shown), shown)
            return {"label": _label(arguments[0], shown), "segments": segments}
        case "move" | "pin":
            return {"segments": _segments(arguments, shown)}
    return {"label": shown.labels.get(theme) or None} if action == "accept" else {}


def _label(text: str, shown: Screen, *, but: int = UNASSIGNED) -> str:
    """Return a new label as it is kept. Raises LabelError if it is none, is too long, or another theme has it.

    `but`: the theme that gets it, if it is there already.
    """
    label = ledger.clean_label(text)
    if not label:
        raise LabelError("A label needs at least one visible character. Type a name for the theme.")
    if len(label) > ledger.LONGEST_LABEL:
        raise LabelError(
            f"A label has at most {ledger.LONGEST_LABEL} characters, and this one has {len(label)}. Shorten it; a memo "
            "holds longer text."
        )
    for theme in shown.known:
        if theme != but and shown.statuses[theme] != "rejected" and names.key(shown.labels[theme]) == names.key(label):
            raise LabelError(f"Another theme is called {states.named(theme, shown.labels)}; choose another name.")
    return label


def _some(segments: Sequence[str]) -> str:
    """Return the first ids of a list, and how many there are beside."""
    further = len(segments) - MOST_NAMED
    named = [segment[:40] for segment in segments[:MOST_NAMED]]
    return ", ".join(named) if further <= 0 else f"{', '.join(named)} and {prose.count(further, 'other')}"


def _others(theme: int, arguments: list[str], shown: Screen) -> tuple[int, ...]:
    others = tuple(sorted({_theme(other, shown, none=False) for other in arguments}))
    if theme in others:
        raise DecidingError(
            f"{states.named(theme, shown.labels)} cannot be merged into itself. Name the other themes after it."
        )
    return others


def _segments(rest: list[str], shown: Screen) -> tuple[str, ...]:
    unknown = sorted(set(rest) - set(shown.themes))
    if unknown:
        raise DecidingError(
            f"Unknown or unused segment id: {_some(unknown)}. The table theme_assignments lists all ids."
        )
    return tuple(sorted(set(rest)))


def _split_off(theme: int, segments: tuple[str, ...], shown: Screen) -> tuple[str, ...]:
    members, name = set(shown.members(theme)), states.named(theme, shown.labels)
    outside = sorted(set(segments) - members)
    if outside:
        raise DecidingError(f"Segments not in {name} cannot be split off it: {_some(outside)}. Move them instead.")
    if set(segments) == members:
        raise DecidingError(
            f"These are all the segments of {name}, so nothing would be left. Rename the theme instead."
        )
    return segments
