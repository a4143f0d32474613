"""Reads transcripts in tiers: ELAN (.eaf) and Praat (.TextGrid), one per speaker; CHAT (.cha), one line per turn."""

import re
from collections.abc import Iterator

from pipeline.corpus.readers import decoding, guards
from pipeline.corpus.readers.model import Labels, RefusedError, Transcript, Utterance, compose, in_time, without_time

# Milliseconds with more digits are not valid times.
MAX_DIGITS = 12
_STRING = r'"([^"]*(?:""[^"]*)*)"'
_NAME = re.compile(rf"^[ \t]*name[ \t]*=[ \t]*{_STRING}", re.MULTILINE)
_INTERVAL = re.compile(
    rf"xmin[ \t]*=[ \t]*([\d.]+)[ \t]*\n[ \t]*xmax[ \t]*=[ \t]*[\d.]+[ \t]*\n[ \t]*text[ \t]*=[ \t]*{_STRING}"
    rf"|number[ \t]*=[ \t]*([\d.]+)[ \t]*\n[ \t]*mark[ \t]*=[ \t]*{_STRING}"
)
_TURN = re.compile(r"^\*(\w+):\t?(.*)$")
_BULLET = re.compile(r"\x15(?:(\d+)_\d+)?[^\x15]*\x15")
_CODES = re.compile(r"\[[^\[\]]*\]|[<>‹›]|\+[./!?\"<,^+]*|\((?:\.{1,3}|[\d.:]+)\)|(?<!\w)&[-=~+]|[↑↓≠„‡]|@\w+(?::\w+)?")


def read_eaf(data: bytes, labels: Labels) -> Transcript:
    """Read an ELAN file: one tier per speaker, named by participant or tier id. Dependent tiers are skipped.

    Raises RefusedError.
    """
    guards.check_size(len(data))
    slots: dict[str, float | None] = {}
    odd: list[tuple[str, str]] = []
    timed: list[tuple[float, int, Utterance]] = []
    speaker, glosses, slot, number = "", False, "", 0
    for event, element in guards.xml_events(data):
        if element.tag == "TIME_SLOT" and event == "start" and str(element.get("TIME_VALUE", "")).isdecimal():
            slot = str(element.get("TIME_SLOT_ID"))
            slots[slot] = _milliseconds(element.get("TIME_VALUE"))
            odd += [(f"time slot {slot}", element.get("TIME_VALUE"))] if slots[slot] is None else []
        elif element.tag == "TIER" and event == "start":
            speaker = element.get("PARTICIPANT") or element.get("TIER_ID") or ""
            glosses = bool(element.get("PARENT_REF"))
        elif element.tag == "ALIGNABLE_ANNOTATION" and event == "start":
            slot = str(element.get("TIME_SLOT_REF1"))
        elif element.tag == "ANNOTATION_VALUE" and event == "end" and not glosses:
            number += 1
            at = slots.get(slot)
            timed.append(
                (
                    at if at is not None else float("inf"),
                    number,
                    Utterance(speaker, element.text or "", at, (number, number)),
                )
            )
    return _by_time(timed, "annotation", "annotations with text found", odd)


def read_textgrid(data: bytes, labels: Labels) -> Transcript:
    """Read a Praat TextGrid in the long format: one tier per speaker. Raises RefusedError."""
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    names = [(name.start(), name[1].replace('""', '"')) for name in _NAME.finditer(text)]
    timed: list[tuple[float, int, Utterance]] = []
    odd: list[tuple[str, str]] = []
    for number, item in enumerate(_INTERVAL.finditer(text)):
        words = (item[2] if item[2] is not None else item[4]).replace('""', '"')
        at = in_time(_number(item[1] or item[3]))
        odd += [(f"interval {number + 1}", item[1] or item[3])] if at is None else []
        speaker = next((name for place, name in reversed(names) if place < item.start()), "")
        if words.strip():
            order = at if at is not None else float("inf")
            timed.append((order, number, Utterance(speaker, words, at, (number + 1, number + 1))))
    return _by_time(
        timed, "interval", "intervals with text found (save the TextGrid as 'text file', in the long format)", odd
    )


def read_cha(data: bytes, labels: Labels) -> Transcript:
    """Read the main lines of a CHAT file, without its codes and dependent tiers; speakers get their role's name.

    Raises RefusedError.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data.replace(b"\x15", b"\xe2\x90\xa1"))
    odd: list[tuple[str, str]] = []
    utterances = list(_chat(re.sub(r"\n[\t ]+", " ", text).replace("\u2421", "\x15"), odd))
    if not utterances:
        raise RefusedError("No turns found (lines such as '*PAR:' followed by text). Export the file again.")
    transcript = compose(utterances, unit="utterance")
    transcript.remarks.extend(without_time(odd))
    return transcript


def _chat(text: str, odd: list[tuple[str, str]]) -> Iterator[Utterance]:
    """Yield the turns; append unusable times to `odd`."""
    roles: dict[str, str] = {}
    number = 0
    for line in text.split("\n"):
        if line.startswith("@Participants:"):
            for entry in line.partition(":")[2].split(","):
                words = entry.split()
                if len(words) > 1:
                    roles[words[0]] = words[-1]
        if turn := _TURN.match(line):
            number += 1
            bullet = _BULLET.search(turn[2])
            at = _milliseconds(bullet[1]) if bullet and bullet[1] else None
            odd += [(f"utterance {number}", bullet[1])] if bullet and bullet[1] and at is None else []
            spoken = _CODES.sub("", _BULLET.sub("", turn[2])).replace("_", " ")
            yield Utterance(
                roles.get(turn[1], turn[1]),
                re.sub(r"\s+([.?!,])", r"\1", " ".join(spoken.split())),
                at,
                (number, number),
            )


def _by_time(timed: list[tuple[float, int, Utterance]], unit: str, what: str, odd: list[tuple[str, str]]) -> Transcript:
    if not timed:
        raise RefusedError(f"No {what}. Export the file again.")
    transcript = compose((utterance for _, _, utterance in sorted(timed, key=lambda one: one[:2])), unit=unit)
    transcript.remarks.extend(without_time(odd))
    return transcript


def _milliseconds(digits: str) -> float | None:
    return in_time(int(digits) / 1000) if len(digits) <= MAX_DIGITS else None


def _number(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text) else 0.0
