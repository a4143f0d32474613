"""Finds the lists of utterances or words in the JSON of transcription programs, and reads their items.

Each program nests and names them in its own way, so every list is a candidate: items of the same place in the tree
(`results[].alternatives[].words[]`) belong together, and take the speaker of what they are in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.core.names import key
from pipeline.corpus.readers import json_times
from pipeline.corpus.readers.json_times import MAX_DEPTH, PARTS
from pipeline.corpus.readers.model import in_time


def _keys(names: str) -> tuple[str, ...]:
    return tuple(names.split())


# Keys of an item, in order of preference.
TEXT = _keys(
    """
    punctuated_word text transcript content value sentence display word utterance utt body message caption
    spokenText raw_text term line speech words
    """
)
BEST_FIRST = ("alternatives", "nBest", "NBest", "n_best")
SPEAKER = _keys(
    """
    speaker_name speakerName sender_name displayName speaker speaker_label speakerLabel speaker_id speakerId
    speakerTag speaker_tag spk sid participant author sender from user role name
    """
)
CHANNEL = ("channel", "channelTag", "channel_id", "channel_label")
# Ids that programs write where they do not know who speaks.
_NOBODY = frozenset(["uu", "?", "-1", "null", "none", "speaker_-1"])
# Roles in chats with a language model that are instructions, not talk.
_PROMPTS = frozenset(["system", "developer", "tool"])


@dataclass(frozen=True)
class Item:
    """An item of a list: its text, speaker and times. `group`: which list of its place it is from, from 0.

    `start` is in the unit of the file, and None without a time; `scaled`: whether it is in seconds already; `raw`: the
    time as written. `channel`: the number of its channel, or ''.
    """

    text: str
    speaker: str
    start: float | None
    end: float | None
    scaled: bool
    raw: str
    group: int
    channel: str = ""


@dataclass
class Place:
    """The items of one place in the tree, in order, and how many lists they come from.

    `by_channel`: whether the channel of the recording says who speaks.
    """

    items: list[Item] = field(default_factory=list)
    groups: int = 0
    by_channel: bool = False

    def letters(self) -> int:
        """Return the number of letters and digits in all items, which splitting into words does not change."""
        return sum(letters(item.text) for item in self.items)

    def named_letters(self) -> int:
        """Return the number of letters and digits in items with a speaker."""
        return sum(letters(item.text) for item in self.items if item.speaker)


def letters(text: str) -> int:
    """Return the number of letters and digits in a text."""
    return sum(map(str.isalnum, text))


def places(content: Any) -> dict[str, Place]:
    """Return every place of the tree that has a list of objects, by its path."""
    found: dict[str, Place] = {}
    _visit(content, "", _Above(), found)
    return found


def names(content: Any) -> dict[str, str]:
    """Return the names that a file gives to the ids of its speakers."""
    found: dict[str, str] = {}
    for path, value in _walk(content, "", 0):
        if not re.search(r"speaker|participant|spk|attendee|people", path.rpartition(".")[2], re.IGNORECASE):
            continue
        entries = value if isinstance(value, list) else [{"id": one, "name": name} for one, name in value.items()]
        for entry in entries:
            if not isinstance(entry, dict) or text(entry):
                continue
            own = entry["name"] if isinstance(entry.get("name"), dict) else entry
            name = next((own[x] for x in ("name", "speaker_name", "displayName", "label") if _is_name(own.get(x))), "")
            ids = [entry[x] for x in ("id", "speaker_id", "speakerId", "spkid", "speaker", "index") if x in entry]
            found.update({str(one): str(name) for one in ids if name and isinstance(one, str | int)})
    return found


def text(item: dict[str, Any], depth: int = 0) -> str:
    """Return the words of an item: its own text, that of its best alternative, or that of its words."""
    for name in TEXT:
        value = item.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, list) and name in ("text", "content") and depth < MAX_DEPTH:  # chats: text in parts
            between = "" if any(isinstance(x, str) for x in value) else " "
            parts = [x if isinstance(x, str) else text(x, depth + 1) for x in value if isinstance(x, str | dict)]
            return between.join(parts)
    if _is_trints(item):
        return str(item["name"])
    for name in BEST_FIRST:
        value = item.get(name)
        if isinstance(value, list) and value and isinstance(value[0], dict) and depth < MAX_DEPTH:
            return text(value[0], depth + 1)
    for name in PARTS:
        value = item.get(name)
        if isinstance(value, list) and depth < MAX_DEPTH:
            found = [x if isinstance(x, str) else text(x, depth + 1) for x in value if isinstance(x, str | dict)]
            if any(found):
                return joined(found)
    return ""


def _is_trints(item: dict[str, Any]) -> bool:
    """Return whether an item is a word of Trint and Hyperaudio, which call it `name`."""
    return isinstance(item.get("name"), str) and "time" in item and "para" in item


def joined(pieces: list[str]) -> str:
    """Return words as a text; pieces that bring their own spaces are joined as they are."""
    if any(piece != piece.strip() for piece in pieces):
        return "".join(pieces)
    out = ""
    for piece in pieces:
        mark = bool(piece) and not any(sign.isalnum() for sign in piece) and piece[0] in ".,;:!?…。，、？！)%"
        out += piece if not out or mark else f" {piece}"
    return out


def speaker(item: dict[str, Any]) -> str:
    """Return the speaker of an item as written; '' if there is none or the program does not know."""
    for name in SPEAKER if not _is_trints(item) else ():
        value = item.get(name)
        if isinstance(value, dict):
            value = next(
                (value[x] for x in ("name", "displayName", "user", "label", "id") if value.get(x) is not None), ""
            )
            value = value.get("displayName", "") if isinstance(value, dict) else value
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            unknown = key(str(value)) in (_PROMPTS if name == "role" else _NOBODY) or (
                name in ("speakerTag", "speaker_tag") and str(value) == "0"
            )
            return (
                ""
                if unknown or (name == "from" and json_times.clock(str(value))[0] is not None)
                else str(value).strip()
            )
    return ""


def shown(name: str) -> str:
    """Return a speaker as the transcript names them; a single letter or number becomes `Speaker A`."""
    return f"Speaker {name}" if len(name) == 1 or name.isdecimal() else name


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _walk(value: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Yield every list and object with its path, from the outside inwards."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, list):
        yield path, value
        for one in value:
            if isinstance(one, list | dict):
                yield from _walk(one, f"{path}[]", depth + 1)
    elif isinstance(value, dict):
        yield path, value
        for name, one in value.items():
            if isinstance(one, list | dict):
                yield from _walk(one, f"{path}.{name}", depth + 1)


@dataclass(frozen=True)
class _Above:
    """What a value is in: the speaker, channel and time of the objects around it, and its depth."""

    speaker: str = ""
    channel: str = ""
    time: tuple[float | None, bool, str] = (None, False, "")
    depth: int = 0


def _visit(value: Any, path: str, above: _Above, found: dict[str, Place]) -> None:
    if above.depth > MAX_DEPTH:
        return
    if isinstance(value, dict) and len(value) > 1 and all(name.isdecimal() for name in value):
        value = list(value.values())  # a list written as an object
    if isinstance(value, list):
        _add(value, path, above, found)
    elif isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, list | dict):
                _visit(one, f"{path}.{name}", replace(above, depth=above.depth + 1), found)


def _add(values: list[Any], path: str, above: _Above, found: dict[str, Place]) -> None:
    """Add the items of a list to those of its place, and look into them."""
    last = path.rpartition(".")[2]
    place = found.setdefault(path, Place())
    for at, one in enumerate(values[:1] if last in BEST_FIRST else values):
        item = _as_object(one)
        if item is None:
            _visit(one, f"{path}[]", replace(above, depth=above.depth + 1), found)
            continue
        own = speaker(item)
        of = next((str(item[x]) for x in CHANNEL if isinstance(item.get(x), str | int)), above.channel)
        of = str(at + 1) if last == "channels" and len(values) > 1 else of
        when = json_times.time(item)
        when = when if when[0] is not None or when[2] else above.time
        start, scaled, raw = when
        words = text(item)
        place.items.append(
            Item(
                words,
                own or above.speaker,
                start,
                json_times.time(item, json_times.END)[0],
                scaled,
                raw,
                place.groups,
                of,
            )
        )
        for name, child in item.items():
            if isinstance(child, list | dict):
                _visit(child, f"{path}[].{name}", _Above(own or above.speaker, of, when, above.depth + 1), found)
    place.groups += 1


def _as_object(value: Any) -> dict[str, Any] | None:
    """Return an item of a list as an object; Watson writes words as `["word", 0.1, 0.3]`."""
    if isinstance(value, list) and len(value) >= 3 and isinstance(value[0], str):
        return {"word": value[0], "start": value[1], "end": value[2]}
    return value if isinstance(value, dict) else None


def seconds(item: Item, scale: float) -> float | None:
    """Return the time of an item in seconds; None if it has none or it is not plausible."""
    return None if item.start is None else in_time(item.start if item.scaled else item.start * scale)
