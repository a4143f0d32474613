"""Candidate themes in the report: what is told of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from pipeline.core import languages, prose
from pipeline.core.table_rows import each, groups
from pipeline.decisions import states
from pipeline.decisions.states import Count
from pipeline.reporting.quotes import Quote


@dataclass(frozen=True)
class Card:
    """A candidate theme.

    `number`: 1 for the largest; `in_vivo`: a participant's clause that says what it is about; `passport`: the theme in
    a sentence; `state`: see decisions/states.py; `standing`: its state in sentences; `sub_themes`: ids, labels and
    sizes; `proposed`: who or what proposed the label, where it is a language model, and the label made of the segments'
    own words.
    """

    number: int
    theme_id: int
    label: str
    in_vivo: Quote | None
    passport: str
    state: str
    standing: tuple[str, ...]
    keywords: tuple[str, ...]
    no_keywords: str
    sub_themes: tuple[tuple[int, str, int], ...]
    proposed: tuple[str, str] | None = None


def lead(themes: pd.DataFrame, count: Count) -> str:
    """The sentences above the theme cards: how many themes there are, the largest one, and segments in no theme."""
    if not count.found:
        return (
            "No candidate themes were found: there were too few passages, or they did not form groups. You can read "
            "the passages under Quotes."
        )
    sentences = [f"{states.shown_in_words(count)}."]
    largest = next(each(states.ranked(themes)), None)
    if largest is not None:
        sentences.append(f"The largest, “{largest.label}”, has {prose.count(largest.n_segments, 'passage')}.")
    sentences.append(states.outside_in_words(count))
    if count.waiting:
        sentences.append(
            "Candidates are groups of passages with similar content. Whether a candidate is a theme is for you to "
            "decide."
        )
    return " ".join(filter(None, sentences))


def noun(count: Count) -> str:
    """The noun for the themes shown: "candidate theme" until people have accepted one, then "theme"."""
    return "theme" if count.accepted else "candidate theme"


def cards(*, themes: pd.DataFrame, theme_states: pd.DataFrame, quotes: Mapping[str, Quote]) -> tuple[Card, ...]:
    """One card for each top-level theme, largest first."""
    sub_themes = groups(themes[themes.level == 2], "parent_id")
    state_of = {row.theme_id: row for row in each(theme_states)}
    theme_cards = []
    for row in states.ranked(themes).to_dict("records"):
        theme = row["theme_id"]
        theme_sub_themes = sub_themes.get(theme, themes.iloc[:0]).sort_values(
            ["n_segments", "theme_id"], ascending=[False, True]
        )
        theme_cards.append(
            Card(
                number=row["number"],
                theme_id=theme,
                label=row["label"],
                in_vivo=_in_vivo(row, quotes),
                passport=prose.passages(prose.sentence(str(row.get("passport") or ""))),
                state=state_of[theme].state,
                standing=states.standing(state_of[theme]),
                keywords=tuple(str(word) for word in row["keywords"]),
                no_keywords=languages.shown((), str(row.get("language", languages.ENGLISH))),
                sub_themes=tuple(
                    (int(part.theme_id), str(part.label), int(part.n_segments)) for part in each(theme_sub_themes)
                ),
                proposed=_proposed(row),
            )
        )
    return tuple(theme_cards)


def _proposed(row: Mapping[Any, Any]) -> tuple[str, str] | None:
    """Return the language model that wrote a theme's label and the label made of the segments' own words, or None."""
    source = str(row.get("label_source") or "")
    return None if source in ("", "words", "people", "kept") else (source, str(row.get("words_label") or ""))


def _in_vivo(row: Mapping[Any, Any], quotes: Mapping[str, Quote]) -> Quote | None:
    """Return a theme's in-vivo line as a quote of its place; None if there is none."""
    whole = quotes.get(str(row.get("in_vivo_segment") or ""))
    if whole is None or not row["in_vivo"]:
        return None
    return replace(whole, text=row["in_vivo"], start=row["in_vivo_start"], end=row["in_vivo_end"])
