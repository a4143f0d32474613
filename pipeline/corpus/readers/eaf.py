"""Reads ELAN files (.eaf): tiers of annotations, aligned with the recording or dependent on another tier."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.corpus.readers import guards, tier_kinds, tiers
from pipeline.corpus.readers.model import Labels, Transcript, in_time
from pipeline.corpus.readers.tier_kinds import Annotation, Tier

# Milliseconds with more digits are not valid times.
MAX_DIGITS = 12
# Tiers depend on tiers that depend on tiers; ELAN files have four or five levels.
MAX_LEVELS = 20


@dataclass
class _File:
    """What has been read so far: time slots, annotations by id (their times or their parent), and tiers."""

    slots: dict[str, float | None] = field(default_factory=dict)
    times: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    tiers: list[Tier] = field(default_factory=list)
    odd: list[tuple[str, str]] = field(default_factory=list)
    current: str = ""


def read_eaf(data: bytes, labels: Labels) -> Transcript:
    """Read an ELAN file: of each speaker the tier that holds speech, named by participant or tier.

    Raises RefusedError.
    """
    guards.check_size(len(data))
    file = _File()
    for event, element in guards.xml_events(data):
        if event == "start":
            _opened(file, element)
        elif element.tag == "ANNOTATION_VALUE" and file.tiers:
            file.tiers[-1].annotations.append(
                Annotation(None, None, tier_kinds.spoken(element.text or ""), file.current)
            )
        if event == "end":
            element.clear()
    for tier in file.tiers:
        tier.annotations[:] = [_timed(file, annotation) for annotation in tier.annotations]
    return tiers.transcript(file.tiers, labels, unit="annotation", what="annotations with text found", odd=file.odd)


def _opened(file: _File, element: Any) -> None:
    get: Mapping[str, str] = element.attrib
    if element.tag == "TIME_SLOT" and get.get("TIME_VALUE", "").isdecimal():
        slot, digits = get.get("TIME_SLOT_ID", ""), get["TIME_VALUE"]
        file.slots[slot] = in_time(int(digits) / 1000) if len(digits) <= MAX_DIGITS else None
        file.odd += [(f"time slot {slot}", digits)] if file.slots[slot] is None else []
    elif element.tag == "TIER":
        name, participant = get.get("TIER_ID", ""), get.get("PARTICIPANT", "")
        file.tiers.append(Tier(name, participant, get.get("LINGUISTIC_TYPE_REF", ""), get.get("PARENT_REF", "")))
    elif element.tag in ("ALIGNABLE_ANNOTATION", "REF_ANNOTATION"):
        # Without an id, an annotation is known by its number.
        file.current = get.get("ANNOTATION_ID") or f"#{len(file.times) + len(file.parents)}"
        if element.tag == "REF_ANNOTATION":
            file.parents[file.current] = get.get("ANNOTATION_REF", "")
        else:
            start, end = (file.slots.get(get.get(f"TIME_SLOT_REF{side}", "")) for side in (1, 2))
            file.times[file.current] = (start, end)


def _timed(file: _File, annotation: Annotation) -> Annotation:
    """Return an annotation with its own times or those of the one that it depends on, and the id of its parent."""
    parent = file.parents.get(annotation.of, "")
    top = annotation.of
    for _ in range(MAX_LEVELS):
        if top in file.times or top not in file.parents:
            break
        top = file.parents[top]
    start, end = file.times.get(top, (None, None))
    return replace(annotation, start=start, end=end, of=parent)
