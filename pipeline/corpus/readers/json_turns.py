"""Reads transcripts in JSON of transcription programs and chats: the list that says most, and who says it."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from pipeline.corpus.readers import (
    decoding,
    guards,
    inline_labels,
    json_items,
    json_keys,
    json_texts,
    strict_json,
    voices,
)
from pipeline.corpus.readers.json_items import Item, Place
from pipeline.corpus.readers.model import Labels, Remark, Transcript, Utterance, compose, without_time
from pipeline.corpus.readers.voices import Piece

# How much naming a speaker counts beside the words themselves, when lists of a file are compared.
NAMED = 0.4
# Items of this many words on average are words, which are joined to turns.
WORDS, LEAST_ITEMS = 1.5, 5
# A list is questioned if another place of the file holds so much more.
LEAST_SHARE, LEAST_LETTERS = 0.8, 100
# Whisper.cpp's mark of a change of speaker.
_NEXT = re.compile(r"\s*\[SPEAKER_TURN\]\s*$")


def read_json(data: bytes, labels: Labels) -> Transcript:
    """Read a transcript in JSON; its canonical text is written as `Name: words`.

    Raises RefusedError if nothing in it is talk.
    """
    guards.check_size(len(data))
    content = strict_json.parse_lines(decoding.decode(data)[0])
    talk = _talk(content)
    guessed: list[Remark] = []
    if not talk:
        content, guessed = json_keys.renamed(content)
        talk = _talk(content)
    whole = json_texts.longest(content)
    best = _best(talk) if talk else ""
    if not talk or json_items.letters(whole) > max(LEAST_LETTERS, talk[best].letters() / LEAST_SHARE):
        return json_texts.read_text(content, labels)
    transcript = _transcript(talk[best], json_items.names(content), labels)
    transcript.remarks.extend([*guessed, *_passed_over(best, talk)])
    return transcript


def _talk(content: Any) -> dict[str, Place]:
    """Return the places of a JSON value that have text, with their speakers."""
    found = {path: _prepared(place) for path, place in json_items.places(content).items()}
    spans = _spans(found)
    return {path: _with_speakers(place, spans) for path, place in found.items() if place.letters()}


def _prepared(place: Place) -> Place:
    """Return a place with the items that have text; a last list that repeats the others replaces them (Google)."""
    items = [item for item in place.items if item.text.strip()]
    if len(items) < len(place.items) / 2:  # not talk, but perhaps who speaks when
        return Place([replace(item, text="") for item in place.items], place.groups)
    if len(items) > 2 and _same(items[-1].text, " ".join(item.text for item in items[:-1])):
        items = items[:-1]
    groups = [list(group) for _, group in groupby(items, key=lambda item: item.group)]
    if len(groups) > 1:
        said = [[item.text.strip() for item in group] for group in groups]
        if said[-1] == [word for group in said[:-1] for word in group]:
            return Place(groups[-1], 1)
        kept = [
            group
            for at, group in enumerate(groups)
            if at + 1 == len(groups) or said[at + 1][: len(said[at])] != said[at] or len(said[at]) < 3
        ]
        items = [item for group in kept for item in group]
    return Place(items, place.groups)


def _same(one: str, other: str) -> bool:
    """Return whether two texts have the same words, whatever their punctuation and case."""
    first, second = (re.findall(r"\w+", text.casefold()) for text in (one, other))
    return first == second


def _spans(found: dict[str, Place]) -> list[tuple[float, float, str]]:
    """Return who speaks when, from the longest list that says so without words, as AWS and Watson write it."""
    lists = [
        sorted((item.start, item.end or item.start, item.speaker) for item in place.items if item.start is not None)
        for place in found.values()
        if place.items and all(item.speaker and not item.text.strip() for item in place.items)
    ]
    return max(lists, key=len, default=[])


def _with_speakers(place: Place, spans: list[tuple[float, float, str]]) -> Place:
    """Return a place whose items have speakers from the list of spans or, if there are none, from channels."""
    items = [item for item in place.items if item.text.strip()]
    words = _are_words(items)
    if spans and not any(item.speaker for item in items):
        starts = [start for start, _, _ in spans]
        for at, item in enumerate(items):
            if item.start is None:
                continue
            when = item.start if words or item.end is None else (item.start + item.end) / 2
            nearest = bisect_right(starts, when + 1e-6) - 1
            items[at] = replace(item, speaker=spans[nearest][2] if nearest >= 0 else "")
    channels = {item.channel for item in items} - {""}
    by_channel = False
    if len(channels) > 1 and len({item.speaker for item in items}) < 2:
        by_channel = True
        items = [replace(item, speaker=f"Channel {item.channel}") for item in items]
        if all(item.start is not None for item in items):
            items.sort(key=lambda item: item.start or 0.0)
    if words:
        items = _continued(items)
    return Place(items, place.groups, by_channel)


def _continued(items: Sequence[Item]) -> list[Item]:
    """Return words in which one without a speaker, such as a full stop, is of the speaker of the word before it."""
    spoken: list[Item] = []
    for item in items:
        before = spoken[-1].speaker if spoken else ""
        spoken.append(item if item.speaker else replace(item, speaker=before))
    return spoken


def _are_words(items: Sequence[Item]) -> bool:
    words = sum(len(item.text.split()) for item in items)
    return (
        len(items) >= LEAST_ITEMS and words <= WORDS * len(items) and all(len(item.text.split()) <= 3 for item in items)
    )


def _best(talk: dict[str, Place]) -> str:
    """Return the list that tells best who says what: words and names first, then utterances before single words."""
    most = max(place.letters() for place in talk.values())

    def rank(path: str) -> tuple[float, ...]:
        place = talk[path]
        score = round((place.letters() * (1 - NAMED) + place.named_letters() * NAMED) / most, 2)
        people = len({item.speaker for item in place.items if item.speaker})
        original = not re.search(r"translat|summar|chapter", path, re.IGNORECASE)
        whole = 0 if place.by_channel else not _are_words(place.items)  # channels have to be put in order of time
        many = len(place.items)
        few_first = people and not place.by_channel
        return (original, score, people, whole, many > 1 or people > 0, -many if few_first else many)

    return max(talk, key=rank)


def _transcript(place: Place, names: dict[str, str], labels: Labels) -> Transcript:
    items = place.items
    scale = _scale(items)
    speakers = {
        item.speaker: names.get(item.speaker) or json_items.shown(item.speaker) for item in items if item.speaker
    }
    units: list[Utterance] = []
    turns = _turns(items) if _are_words(items) else [(item, item.text, at) for at, item in enumerate(items, start=1)]
    for item, words, number in turns:
        said = json_texts.plain(words) if json_texts.is_html(words) else words
        at = json_items.seconds(item, scale)
        units.append(Utterance(speakers.get(item.speaker, ""), said, at, (number, number)))
    utterances, remarks = _spoken(units, labels)
    transcript = compose(utterances, unit="item")
    odd = [
        (f"item {number}", item.raw)
        for item, _, number in turns
        if item.raw and json_items.seconds(item, scale) is None
    ]
    transcript.remarks.extend([*remarks, *without_time(odd)])
    return transcript


def _turns(items: Sequence[Item]) -> list[tuple[Item, str, int]]:
    """Return words joined to turns: the first word, the text, and the number of the first word."""
    turns: list[tuple[Item, str, int]] = []
    number = 1
    for _, run in groupby(items, key=lambda item: (item.speaker, "" if item.speaker else item.group)):
        words = list(run)
        turns.append((words[0], json_items.joined([word.text for word in words]), number))
        number += len(words)
    return turns


def _spoken(units: list[Utterance], labels: Labels) -> tuple[list[Utterance], list[Remark]]:
    """Return utterances with their speakers, or with those named in the text, and messages."""
    if any(unit.speaker for unit in units):
        nobody = [unit for unit in units if not unit.speaker]
        return units, voices.nobodys(nobody, unit="item")
    marked = [
        replace(unit, text=(">> " if at and _NEXT.search(units[at - 1].text) else "") + _NEXT.sub("", unit.text))
        for at, unit in enumerate(units)
    ]
    reading = inline_labels.read(marked, labels, unit="item")
    if reading is not None:
        return voices.joined(reading.pieces, None), reading.remarks
    pieces: list[Piece]
    pieces, remarks = voices.unnamed(marked, unit="item")
    return voices.joined(pieces, None), remarks or inline_labels.doubtful(marked, unit="item")


def _scale(items: Sequence[Item]) -> float:
    """Return the length of a time unit in seconds: integers that grow too fast for speech are milliseconds."""
    starts = [item.start for item in items if item.start is not None]
    words = sum(len(item.text.split()) for item in items)
    whole = not any(item.scaled for item in items)
    return 0.001 if whole and starts and max(starts) - min(starts) > 20 * max(words, 1) else 1.0


def _passed_over(best: str, talk: dict[str, Place]) -> list[Remark]:
    """Return a question where another list of the file holds many more words than the one that was read."""
    most = max(talk, key=lambda path: talk[path].letters())
    if talk[most].letters() <= LEAST_LETTERS or talk[best].letters() >= LEAST_SHARE * talk[most].letters():
        return []
    few, many = (sum(len(item.text.split()) for item in talk[path].items) for path in (best, most))
    message = (
        f"The list '{best.lstrip('.')}' was read ({few} words), because it names speakers; '{most.lstrip('.')}' holds "
        f"{many} words. If that one is the transcript, remove the other."
    )
    return [Remark("guessed", message)]
