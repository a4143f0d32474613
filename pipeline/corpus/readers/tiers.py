"""Turns tiers of annotations (ELAN, Praat) into a transcript: which tiers hold speech, and who speaks in them."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.core.names import key
from pipeline.corpus.readers import inline_labels, tier_kinds, voices
from pipeline.corpus.readers.model import Labels, RefusedError, Remark, Transcript, Utterance, compose, without_time
from pipeline.corpus.readers.tier_kinds import Annotation, Kind, Tier

# Two tiers say the same if so many of the annotations of one have the times of the other's, or lie within them.
SAME, WITHIN, SLACK_S = 0.8, 0.9, 0.06
# A tier whose letters are fewer than this share of those of the tiers below it does not hold the speech.
LETTERS = 0.5
# Words that follow each other within this pause are one utterance.
PAUSE_S = 1.0
MOST_LEVELS, MOST_TIERS, SHOWN = 20, 40, 4
_WHAT = {
    "notes": "notes",
    "translation": "a translation",
    "annotation": "annotation",
    "phones": "sounds of speech",
    "ids": "ids",
    "words": "single words",
}


@dataclass
class _Chosen:
    """Tiers that hold speech, those that do not with the reason, and messages."""

    speech: list[Tier] = field(default_factory=list)
    aside: list[tuple[Tier, str]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def put_aside(self, tier: Tier, why: str) -> None:
        self.speech.remove(tier)
        self.aside.append((tier, why))


def transcript(
    tiers: Sequence[Tier], labels: Labels, *, unit: str, what: str, odd: Sequence[tuple[str, str]]
) -> Transcript:
    """Return the talk in tiers, in order of time. `unit`: an annotation; `odd`: invalid times with their location.

    Raises RefusedError if no tier holds text. `what`: what is then missing.
    """
    spoken = [tier for tier in tiers if tier.values()]
    if not spoken:
        raise RefusedError(f"No {what}. Export the file again.")
    roots = _roots(tiers)
    chosen = _chosen(spoken, roots, labels)
    utterances: list[tuple[float, int, Utterance]] = []
    number = 0
    for tier, speaker in _speakers(chosen, roots):
        last = float("inf")
        for said in _utterances(tier):
            number += 1
            at = said.number or number
            last = said.start if said.start is not None else last
            utterances.append((last, at, Utterance(speaker, said.text, said.start, (at, at))))
    ordered = [utterance for _, _, utterance in sorted(utterances, key=lambda one: one[:2])]
    named, remarks = _named(ordered, labels, unit=unit)
    found = compose(named, unit=unit)
    found.remarks.extend([*chosen.remarks, *remarks, *_told(chosen.aside), *without_time(odd)])
    return found


def _speakers(chosen: _Chosen, roots: dict[Tier, Tier]) -> list[tuple[Tier, str]]:
    """Return the tiers of speech with their speakers; tiers that share a name without a participant are two people."""
    speakers = [(tier, tier_kinds.speaker(tier, roots[tier])) for tier in chosen.speech]
    shared = Counter(speaker for tier, speaker in speakers if speaker == tier.name and not tier.participant)
    told = [f"'{name}'" for name, count in shared.items() if count > 1]
    numbers: Counter[str] = Counter()
    for at, (tier, speaker) in enumerate(speakers):
        if shared[speaker] > 1:
            numbers[speaker] += 1
            speakers[at] = tier, f"{speaker} {numbers[speaker]}"
    if told:
        message = f"Several tiers are called {', '.join(told)}; they were numbered, as speakers of their own."
        chosen.remarks.append(Remark("guessed", f"{message} If they are one person, say so in participants.csv."))
    return speakers


def _roots(tiers: Sequence[Tier]) -> dict[Tier, Tier]:
    """Return the tier at the top of each tier's tree."""
    named = {tier.name: tier for tier in tiers}
    roots = {}
    for tier in tiers:
        top = tier
        for _ in range(MOST_LEVELS):
            top = named.get(top.parent, top)
        roots[tier] = top
    return roots


def _chosen(tiers: Sequence[Tier], roots: dict[Tier, Tier], labels: Labels) -> _Chosen:
    """Return the tiers that hold speech: of each tree one, and of tiers that say the same one."""
    kinds = {tier: _kind(tier, tiers, labels) for tier in tiers}
    chosen = _Chosen()
    for root in dict.fromkeys(roots[tier] for tier in tiers):
        tree = [tier for tier in tiers if roots[tier] is root]
        best = _best(tree, root, kinds, chosen)
        chosen.speech += [best] if best else []
        chosen.aside += [(tier, _WHAT.get(kinds[tier], "another version")) for tier in tree if tier is not best]
    if not chosen.speech:
        most = [tier for tier in tiers if kinds[tier] != "ids"] or list(tiers)
        chosen = _Chosen([tier for tier in most if kinds[tier] != "phones"] or most)
        chosen.aside = [(tier, _WHAT.get(kinds[tier], "")) for tier in tiers if tier not in chosen.speech]
        message = f"No tier is named as one of speech; {_names(chosen.speech)} was read, because there is no other."
        chosen.remarks.append(Remark("guessed", message))
    listed = {tier for tier in chosen.speech if key(tier.name) in labels.listed}
    if len(chosen.speech) <= MOST_TIERS:
        _without_copies(chosen, kinds, listed)
    return chosen


def _kind(tier: Tier, tiers: Sequence[Tier], labels: Labels) -> Kind:
    if key(tier.name) in labels.listed:
        return "speech"
    others = {
        part for other in tiers for part in tier_kinds.parts(f"{other.participant} {other.name * (other is not tier)}")
    }
    return tier_kinds.kind(tier, others)


def _best(tree: Sequence[Tier], root: Tier, kinds: dict[Tier, Kind], chosen: _Chosen) -> Tier | None:
    """Return the tier of a tree that holds the speech: the highest with enough text, sentences before words."""
    if kinds.get(root) in ("notes", "translation", "phones"):
        return None
    fit = [tier for tier in tree if kinds[tier] in ("", "speech")] or [tier for tier in tree if kinds[tier] == "words"]
    if not fit:
        return None
    most = max(tier.letters() for tier in fit)
    full = [tier for tier in fit if tier.letters() >= LETTERS * most]
    best = min(full, key=lambda tier: (tier is not root, tier_kinds.holds_words(tier), kinds[tier] != "speech"))
    rivals = [one for one in full if one is not best and kinds[one] == kinds[best] and not tier_kinds.holds_words(one)]
    if rivals and best is not root:
        message = f"Tier '{best.name}' was read as the speech, not {_names(rivals)}, which may be a translation of it."
        chosen.remarks.append(Remark("guessed", f"{message} If that is wrong, list the tier in participants.csv."))
    return best


def _without_copies(chosen: _Chosen, kinds: dict[Tier, Kind], listed: set[Tier]) -> None:
    """Put aside the tiers that say again what another one says: translations, its words, its sounds."""
    for tier in list(chosen.speech):
        for other in chosen.speech:
            if other is tier or tier in listed or other in listed:
                continue
            same = _has_times_of(tier, other)
            if same and not _is_the_speech(tier, other, kinds, chosen.speech):
                chosen.put_aside(tier, f"the times of '{other.name}'")
                message = f"Tier '{tier.name}' has the times of '{other.name}' and was read as a translation of it."
                advice = "If it is a speaker, list its name in participants.csv."
                chosen.remarks += [] if kinds[tier] else [Remark("guessed", f"{message} {advice}")]
                break
            if not same and _is_part(tier, other):
                chosen.put_aside(tier, f"words or sounds of '{other.name}'")
                break
    for tier in list(chosen.speech):
        values = tier.values()
        if len(chosen.speech) > 1 and tier not in listed and len(values) > 3 and len(set(values)) == 1:
            chosen.put_aside(tier, f"'{values[0][:40]}' throughout")


def _is_the_speech(tier: Tier, other: Tier, kinds: dict[Tier, Kind], order: Sequence[Tier]) -> bool:
    """Return whether the first of two tiers with the same times is the speech, and the other says it again."""
    if (kinds[tier] == "speech") != (kinds[other] == "speech"):
        return kinds[tier] == "speech"
    one, two = key(tier.name), key(other.name)
    if one != two and (one in two or two in one):
        return len(one) < len(two)
    return order.index(tier) < order.index(other)


def _has_times_of(tier: Tier, other: Tier) -> bool:
    """Return whether most annotations of a tier have the times of annotations of the other."""
    spans = _spans(tier)
    ends = _spans(other)
    starts = [start for start, _ in ends]
    same = 0
    for start, end in spans:
        near = ends[bisect_left(starts, start - SLACK_S) : bisect_right(starts, start + SLACK_S)]
        same += any(abs(stop - end) <= SLACK_S for _, stop in near[:10])
    return len(spans) > 1 and same >= SAME * len(spans) and same >= LETTERS * len(starts)


def _spans(tier: Tier) -> list[tuple[float, float]]:
    return sorted(
        (said.start, said.end or said.start)
        for said in tier.annotations
        if said.text.strip() and said.start is not None
    )


def _is_part(tier: Tier, other: Tier) -> bool:
    """Return whether a tier holds the words of another one, or the sounds of its words."""
    if not tier_kinds.holds_words(tier) or len(tier.values()) <= len(other.values()):
        return False
    whole = sorted(
        (said.start, said.end or said.start, said.text.casefold())
        for said in other.annotations
        if said.text.strip() and said.start is not None
    )
    starts = [start for start, _, _ in whole]
    within = repeated = short = total = 0
    for said in tier.annotations:
        if not said.text.strip() or said.start is None:
            continue
        total += 1
        at = bisect_right(starts, said.start + SLACK_S) - 1
        if at >= 0 and (said.end or said.start) <= whole[at][1] + SLACK_S:
            within += 1
            repeated += said.text.strip().casefold().strip(".,?!") in whole[at][2]
            short += len(said.text.strip()) <= 3
    sounds = tier_kinds.holds_words(other) and short >= SAME * total
    return total > 0 and within >= WITHIN * total and (repeated >= LETTERS * total or sounds)


def _utterances(tier: Tier) -> list[Annotation]:
    """Return the annotations with text; single words joined, by the annotation they depend on or by pauses."""
    said = [annotation for annotation in tier.annotations if annotation.text.strip()]
    if not tier_kinds.holds_words(tier):
        return said
    whole: list[Annotation] = []
    for word in said:
        before = whole[-1] if whole else None
        close = before is not None and (
            word.of == before.of
            if word.of or before.of
            else word.start is not None and before.end is not None and 0 <= word.start - before.end <= PAUSE_S
        )
        if before is not None and close:
            whole[-1] = replace(before, text=f"{before.text.strip()} {word.text.strip()}", end=word.end)
        else:
            whole.append(word)
    return whole


def _named(utterances: list[Utterance], labels: Labels, *, unit: str) -> tuple[list[Utterance], list[Remark]]:
    """Return utterances with the speakers named inside them, where a single tier holds what all say."""
    if len({key(one.speaker) for one in utterances}) > 1:
        return utterances, []
    reading = inline_labels.read(utterances_without(utterances), labels, unit=unit)
    if reading is None or len({key(piece.utterance.speaker) for piece in reading.pieces} - {""}) < 2:
        return utterances, []
    return voices.joined(reading.pieces, None), reading.remarks


def utterances_without(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Return utterances without their speaker."""
    return [replace(one, speaker="") for one in utterances]


def _told(aside: Sequence[tuple[Tier, str]]) -> list[Remark]:
    """Return a message on the tiers that were not read as speech."""
    aside = [(tier, why) for tier, why in aside if why != _WHAT["ids"]]
    if not aside:
        return []
    shown = ", ".join(f"'{tier.name}' ({why})" if why else f"'{tier.name}'" for tier, why in aside[:SHOWN])
    more = f" and {len(aside) - SHOWN} others" if len(aside) > SHOWN else ""
    message = f"Tiers not read as speech: {shown}{more}. If one is a speaker's, list its name in participants.csv."
    return [Remark("note", message)]


def _names(tiers: Sequence[Tier]) -> str:
    return ", ".join(f"'{tier.name}'" for tier in tiers[:SHOWN])
