"""The questions of a study's interview guide: those of guide.yaml, and those that were found to recur.

A question recurs if it was asked in several interviews in like words (see `question_groups`), or of several people in
the same words. What was asked once is a follow-up, unless it is printed, such as a survey's question.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.core import store
from pipeline.core.table_rows import each, groups, lookup
from pipeline.corpus import asking, question_wording
from pipeline.corpus.guide_file import Question
from pipeline.vectors import question_groups
from pipeline.vectors.question_groups import PAIR, TIE, Wordings

# In how many interviews, or of how many people in the same words, a question is asked for it to recur.
RECURS = 3
# What is at least so like a question of guide.yaml, and by so much more than any other, is that question. Chosen on two
# studies read by hand: of the matches from .25 to .35 about four in five were right, as many as of those above. From
# how many questions on their order in the file counts.
KNOWN, CLEARLY = 0.25, 0.1
LISTED = 3
# Least share of a question's wordings that have a question mark, or a word such as "tell".
ASKING = 1 / 3
NONE = -1


@dataclass(frozen=True)
class _Group:
    """A question of the guide: positions of its wordings, its entry in guide.yaml (or NONE), and where it stands."""

    wordings: np.ndarray
    entry: int
    place: float


def tables(
    segments: pd.DataFrame,
    documents: pd.DataFrame,
    entries: Sequence[Question],
    *,
    encode: Callable[[list[str]], np.ndarray],
    common: np.ndarray,
) -> dict[str, pd.DataFrame]:
    """Return the tables guide and prompts.

    `entries`: of guide.yaml; `encode`: returns unit vectors of texts; `common`: the mean of the segments' vectors.
    """
    asked = question_wording.asked(segments, documents)
    asked["plain"] = asked["wording"].map(question_wording.plain)
    entry_of = {question_wording.plain(words): at for at, entry in enumerate(entries) for words in entry.wordings}
    written = {question_wording.plain(words): words for entry in entries for words in entry.wordings}
    spoken = lookup(asked[asked["wording"] != ""].drop_duplicates("plain"), "plain", "wording")
    texts: dict[str, str] = {words: written.get(words) or spoken[words] for words in sorted({*written, *spoken})}
    vectors = encode(list(texts.values()))
    if not texts:
        return _tables(asked, [], texts, np.full(0, np.nan), entries=entries, segments=segments)
    by_words = groups(asked, "plain")
    rows = [by_words.get(words, asked.iloc[:0]) for words in texts]
    of = Wordings(
        question_groups.centred(vectors, common),
        _places(rows, [entry_of.get(words, NONE) for words in texts], len(entries)),
        [frozenset(own["document"]) for own in rows],
        np.array([bool(own["printed"].any()) for own in rows]),
        np.array([entry_of.get(words, NONE) for words in texts]),
    )
    found, near = _guide(of, rows, entries)
    return _tables(asked, found, texts, near, entries=entries, segments=segments)


def _guide(of: Wordings, rows: Sequence[pd.DataFrame], entries: Sequence[Question]) -> tuple[list[_Group], np.ndarray]:
    """Return the questions of the guide in order, and each wording's likeness to the rest of its question, (n,)."""
    follow_up = {at for at, entry in enumerate(entries) if entry.follow_up}
    like = _by_entry(_to_entries(of, question_groups.grouped(of)))
    marks = sum(question_wording.asks(words) for group in rows for words in group["wording"]) >= asking.MARKS
    kept = [
        (inside, entry)
        for inside, entry in like
        if entry != NONE or (_recurs(of, inside, rows) and _asks([rows[at] for at in inside], marks=marks))
    ]
    taken = {int(at) for inside, _ in kept for at in inside}
    joined: list[list[int]] = [list(map(int, inside)) for inside, _ in kept]
    for at in sorted(set(range(len(rows))) - taken):  # asked again, or nearer to a question than to what it was with
        nearest = [question_groups.likeness(of, np.array([at]), inside).mean() for inside, _ in kept]
        if nearest and max(nearest) >= TIE:
            joined[int(np.argmax(nearest))].append(at)
    found = []
    near = np.full(len(rows), np.nan)
    for (_, entry), inside in zip(kept, joined, strict=True):
        if entry in follow_up:
            continue
        wordings = np.array(sorted(inside))
        near[wordings] = _within(of, wordings)
        places = pd.concat([rows[at] for at in wordings])["place"]
        found.append(_Group(wordings, entry, float(places.mean())))
    return sorted(found, key=_order), near


def _places(rows: Sequence[pd.DataFrame], entry_of: Sequence[int], n_entries: int) -> np.ndarray:
    """Return where each wording stands, (n,): in the interviews, or in guide.yaml if nobody asked it in these words."""
    listed = [at / (n_entries - 1) if at != NONE and n_entries >= LISTED else np.nan for at in entry_of]
    asked = [own["place"].mean() for own in rows]
    return np.array([place if len(own) else at for own, place, at in zip(rows, asked, listed, strict=True)])


def _to_entries(of: Wordings, found: Sequence[np.ndarray]) -> list[tuple[np.ndarray, int]]:
    """Return groups, each with the entry of guide.yaml that it is, or NONE.

    A group without an entry is that which it is most like, if it is clearly more like it than any other: the guide says
    what there is to ask, so that less is enough than where nothing is known.
    """
    own = {entry: np.flatnonzero(of.entries == entry) for entry in sorted({*of.entries.tolist()} - {NONE})}
    given = [(inside, int(of.entries[inside].max())) for inside in found]
    if not own:
        return given
    placed = []
    for inside, entry in given:
        if entry == NONE:
            likeness = question_groups.likeness(of, inside, np.concatenate(list(own.values()))).mean(axis=0)
            ends = np.cumsum([len(at) for at in own.values()])[:-1]
            best = np.array([part.max() for part in np.split(likeness, ends)])
            first, second = ([*np.sort(best)[::-1], -np.inf])[:2]
            entry = list(own)[int(best.argmax())] if first >= KNOWN and first - second >= CLEARLY else NONE
        placed.append((inside, entry))
    return placed


def _by_entry(like: Sequence[tuple[np.ndarray, int]]) -> list[tuple[np.ndarray, int]]:
    """Return groups of wordings, with those of one entry of guide.yaml joined."""
    joined: dict[int, list[np.ndarray]] = {}
    for inside, entry in like:
        joined.setdefault(entry, []).append(inside)
    free = [(inside, NONE) for inside in joined.pop(NONE, [])]
    return free + [(np.sort(np.concatenate(parts)), entry) for entry, parts in sorted(joined.items())]


def _order(one: _Group) -> tuple[bool, int, float, int]:
    """Return what the guide is sorted by: the order of guide.yaml, then where questions stand in the interviews."""
    return one.entry == NONE, one.entry, one.place if one.place == one.place else 2.0, int(one.wordings[0])


def _recurs(of: Wordings, inside: np.ndarray, rows: Sequence[pd.DataFrame]) -> bool:
    """Return whether wordings are a question of the guide rather than follow-ups."""
    interviews = len(frozenset().union(*(of.documents[at] for at in inside)))
    if interviews >= RECURS or any(_is_form(rows[at]) for at in inside):
        return True
    if interviews == 2 and float(_within(of, inside).mean()) >= PAIR:
        return True
    people = [len({case for case in rows[at]["case"] if case}) for at in inside if len(rows[at]) > 1]
    return max(people, default=0) >= RECURS


def _is_form(rows: pd.DataFrame) -> bool:
    """Return whether a wording is printed and asks, such as the heading of a survey's column."""
    return any(row.printed and question_wording.asks(row.wording) for row in each(rows))


def _asks(rows: Sequence[pd.DataFrame], *, marks: bool) -> bool:
    """Return whether wordings ask: they are printed, or enough of them are marked, where questions are (`marks`)."""
    asked = pd.concat(rows)
    return not marks or bool((asked["printed"] | asked["wording"].map(question_wording.asks)).mean() >= ASKING)


def _within(of: Wordings, inside: np.ndarray) -> np.ndarray:
    """Return the mean likeness of each wording to the others of its group, (n,); 1 where it is the only one."""
    if len(inside) == 1:
        return np.ones(1)
    likeness = question_groups.likeness(of, inside, inside)
    np.fill_diagonal(likeness, 0.0)
    return np.asarray(likeness.sum(axis=1) / (len(inside) - 1))


def _tables(
    asked: pd.DataFrame,
    found: Sequence[_Group],
    texts: Mapping[str, str],
    near: np.ndarray,
    *,
    entries: Sequence[Question],
    segments: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Return the tables guide and prompts. `texts`: the wordings by their plain words; `near`: see `_guide`."""
    words = list(texts)
    guide_of = {words[at]: f"Q{number}" for number, one in enumerate(found, start=1) for at in one.wordings}
    near_of = dict(zip(words, near, strict=True))
    prompts = asked.assign(
        guide_id=asked["plain"].map(guide_of).fillna("").astype(str),
        likeness=asked["plain"].map(near_of).astype(float),
    )
    answers = segments[segments["substantive"].astype(bool)]
    answered = answers["prompt_id"].map(lookup(prompts, "prompt_id", "guide_id"))
    rows = []
    for number, one in enumerate(found, start=1):
        own, said = prompts[prompts["guide_id"] == f"Q{number}"], answers[answered == f"Q{number}"]
        rows.append(
            {
                "guide_id": f"Q{number}",
                "question": entries[one.entry].shown if one.entry != NONE else texts[_typical(own)],
                "source": "people" if one.entry != NONE else "found",
                "wordings": sorted(set(own["wording"])),
                "n_prompts": len(own),
                "n_documents": own["document"].nunique(),
                "n_segments": len(said),
                "n_cases": len(set(said["case"]) - {""}),
            }
        )
    columns = list(store.empty("guide").columns)
    return {
        "guide": pd.DataFrame(rows, columns=columns) if rows else store.empty("guide"),
        "prompts": prompts[list(store.empty("prompts").columns)].reset_index(drop=True),
    }


def _typical(prompts: pd.DataFrame) -> str:
    """Return the wording, as plain words, that stands for a question.

    One that asks, was asked most often, is most like the others, and is short; of equals the first.
    """
    counted = prompts.groupby("plain").agg(
        n=("plain", "size"), wording=("wording", "first"), likeness=("likeness", "first")
    )
    return str(
        min(
            each(counted.reset_index()),
            key=lambda row: (
                not question_wording.asks(row.wording),
                -row.n,
                -round(row.likeness, 1),
                len(row.wording),
                row.plain,
            ),
        ).plain
    )
