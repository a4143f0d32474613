"""Guesses by their content which keys of an unfamiliar JSON file hold the words and the speakers."""

from collections.abc import Sequence
from typing import Any

from pipeline.corpus.readers.json_times import MAX_DEPTH
from pipeline.corpus.readers.model import Remark

# Words a value has on average in the key that holds speech, and how many items a list needs to be judged.
LEAST_WORDS, LEAST_ITEMS = 3, 3


def renamed(content: Any) -> tuple[Any, list[Remark]]:
    """Return a JSON value whose longest list of objects with sentences has the keys `text` and `speaker`.

    Also a question that names the keys that were taken for these; without such a list, the value as it is.
    """
    lists = [(keys, items) for items in _lists(content, 0) if (keys := _keys(items))]
    if not lists:
        return content, []
    (text, speaker), items = max(lists, key=lambda found: len(found[1]))
    turns = [{"text": item.get(text, ""), "speaker": item.get(speaker) if speaker else None} for item in items]
    named = f" and '{speaker}' as the speaker" if speaker else ""
    message = f"'{text}' was read as the words{named}, by the content. If that is wrong, rename the right keys so."
    return turns, [Remark("guessed", message)]


def _lists(value: Any, depth: int) -> list[list[dict[str, Any]]]:
    if depth > MAX_DEPTH or not isinstance(value, list | dict):
        return []
    inner = value if isinstance(value, list) else list(value.values())
    found = [one for child in inner for one in _lists(child, depth + 1)]
    objects = [one for one in inner if isinstance(one, dict)] if isinstance(value, list) else []
    return [*([objects] if len(objects) >= LEAST_ITEMS else []), *found]


def _keys(items: Sequence[dict[str, Any]]) -> tuple[str, str] | None:
    """Return the key of the words and that of the speaker, or ''; None if no key holds sentences."""
    strings: dict[str, list[str]] = {}
    for item in items:
        for name, value in item.items():
            if isinstance(value, str) and value.strip():
                strings.setdefault(name, []).append(value.strip())
    words = {
        name: sum(len(value.split()) for value in values) / len(values)
        for name, values in strings.items()
        if len(values) >= len(items) / 2
    }
    text = max(words, key=lambda name: words[name], default="")
    if not text or words[text] < LEAST_WORDS:
        return None
    few = {
        name: len(set(values))
        for name, values in strings.items()
        if name != text and words.get(name, LEAST_WORDS + 1) <= LEAST_WORDS and 1 < len(set(values)) <= len(values) / 2
    }
    return text, max(few, key=lambda name: few[name], default="")
