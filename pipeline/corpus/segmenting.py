"""Divides turns into segments, the units of analysis.

A document's segments do not depend on other documents, once the study's script is known.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import pandas as pd

from pipeline.core import languages, store
from pipeline.core.terms import SegmentUnit
from pipeline.corpus import (
    asking,
    formalities,
    language_detection,
    prompts,
    role_words,
    sentences,
    short_answers,
    text_layout,
)
from pipeline.corpus.sentences import Place, Sentence
from pipeline.corpus.short_answers import Answer

# Languages in which FILLERS apply; text of unknown language is treated as English.
READ = (languages.ENGLISH, languages.UNKNOWN)
# In other languages, fewer words than this from an interviewer do not count as a question.
FEW = 3
# Backchannel words, which have no content of their own.
FILLERS = text_layout.word_list(
    """
    a absolutely agreed ah aha all alright and aye but bye cheers cool correct course definitely eh er erm exactly fine
    good gosh got great ha haha hello hi hm hmm hmmm i i'm indeed interesting it it's just know lovely m mean mhm mhmm
    mm mm-hm mm-hmm mmhmm mmm mmmm nah nice no nope not of oh ok okay one perfect please quite really right see so
    sorry sure thank thanks that that's the there totally true uh uh-huh uhuh um umm very well what wow yeah yep yes
    you yup
    """
)


class Turn(NamedTuple):
    """A row of the table turns."""

    document: str
    turn_id: str
    speaker: str
    case: str
    part: str
    start: int
    end: int
    time_s: float
    place: str


class Talk(NamedTuple):
    """The turns of some documents in order, with the documents' texts and languages.

    `places`: the same turns as needed for sentence splitting. `languages`: per document its own language, then others
    in it, most frequent first.
    """

    turns: list[Turn]
    places: list[Place]
    texts: dict[str, str]
    languages: dict[str, tuple[str, ...]]

    def beyond(self, known: Collection[str]) -> frozenset[str]:
        """Return the documents in a language outside `known`, other than an unknown one; none if `known` is empty."""
        beyond = {name for name, (own, *_) in self.languages.items() if own not in (*known, languages.UNKNOWN)}
        return frozenset(beyond) if known else frozenset()


def talk(documents: pd.DataFrame, turns: pd.DataFrame) -> Talk:
    """Return the turns and texts of documents, in an order independent of the tables' row order."""
    texts = {str(name): str(text) for name, text in zip(documents["document"], documents["text"], strict=True)}
    ordered = turns.sort_values(["document", "start", "end"], kind="stable")[list(Turn._fields)]
    ordered_turns = [Turn(*row) for row in ordered.itertuples(index=False, name=None)]
    places = [Place(turn.document, turn.start, turn.end, turn.part == "participant") for turn in ordered_turns]
    rows = zip(documents["document"], documents["language"], documents["other_languages"], strict=True)
    spoken = {str(name): (str(own), *str(others).split()) for name, own, others in rows}
    return Talk(ordered_turns, places, texts, spoken)


def segments(
    talk: Talk,
    by_turn: Sequence[Sequence[Sentence]],
    *,
    script: Mapping[str, str],
    unit: SegmentUnit,
    max_words: int,
    min_words: int,
) -> pd.DataFrame:
    """Return the segments of documents, given their sentences (one list per turn), sorted by document and position.

    `script`: sentences of the study's script by their words (see `sentences.script`). Columns: see the table segments.
    """
    marked = sentences.with_script(talk.places, talk.texts, by_turn, script)
    pairs = list(zip(talk.turns, marked, strict=True))
    rows = [
        row
        for document, group in groupby(pairs, key=lambda pair: pair[0].document)
        for row in _of_document(
            list(group),
            talk.texts[document],
            spoken=talk.languages[document],
            unit=unit,
            max_words=max_words,
            min_words=min_words,
        )
    ]
    return pd.DataFrame(rows, columns=list(store.empty("segments").columns)) if rows else store.empty("segments")


def _of_document(
    pairs: list[tuple[Turn, list[Sentence]]],
    text: str,
    *,
    spoken: tuple[str, ...],
    unit: SegmentUnit,
    max_words: int,
    min_words: int,
) -> Iterator[dict[str, object]]:
    """Yield a document's segments as rows. `spoken`: its languages, its own first."""
    seen: Counter[str] = Counter()
    prompt = ""
    ask = _asking(pairs, text)
    brief = short_answers.are_short(
        [
            Answer(turn.speaker, turn.part, sum(one.words for one in inside), pd.notna(turn.time_s))
            for turn, inside in pairs
        ],
        min_words=min_words,
    )
    tasks = formalities.sets_tasks(text)
    names = prompts.names_of({turn.speaker for turn, _ in pairs})
    titles = text_layout.title_lines([(turn.speaker, text[turn.start : turn.end]) for turn, _ in pairs])
    for place, (turn, turn_sentences) in enumerate(pairs):
        title = place in titles and turn.part == "none" and not turn.case and pd.isna(turn.time_s)
        asked = ""
        for group in _groups(turn_sentences, unit=unit, max_words=max_words):
            start, end = group[0].start, group[-1].end
            words = text[start:end]
            language = language_detection.among(words, spoken)
            why = aside(
                turn.part, words, group, min_words=min_words, language=language, brief=brief, tasks=tasks, names=names
            )
            why = "note" if title and why != "heading" else why
            asks = why in ("interviewer", "heading", "script")
            yield {
                "segment_id": _identifier(turn.document, words, seen[words]),
                "document": turn.document,
                "case": turn.case,
                "speaker": turn.speaker,
                "part": turn.part,
                "turn_id": turn.turn_id,
                "prompt_id": "" if asks else prompt,
                "start": start,
                "end": end,
                "time_s": turn.time_s,
                "place": turn.place,
                "n_words": sum(sentence.words for sentence in group),
                "language": language,
                "substantive": not why,
                "set_aside": why,
                "text": words,
            }
            seen[words] += 1
            if asks and not _only_fillers(words, language) and ask(why, words, language, not prompt):
                asked = turn.turn_id
        prompt = asked or prompt


def _asking(pairs: list[tuple[Turn, list[Sentence]]], text: str) -> Callable[[str, str, str, bool], bool]:
    """Return the function that tells whether what was set aside in a document asks for something.

    It takes why it was set aside, its text and language, and whether nothing was asked before; then a question without
    words of its own asks too. "Can you hear me?" asks for no answer. A heading or script always does.
    """
    names = prompts.names_of({turn.speaker for turn, _ in pairs})
    marked = prompts.marks(text[turn.start : turn.end] for turn, _ in pairs if turn.part == "interviewer")

    def ask(why: str, words: str, language: str, first: bool) -> bool:
        if why == "interviewer" and _on_interview(words, language, names):
            return False
        return why != "interviewer" or first or prompts.asks(words, language=language, names=names, marked=marked)

    return ask


def _on_interview(words: str, language: str, names: Collection[str]) -> bool:
    return formalities.kind(words, language=language, names=names) == formalities.PROCEDURE


def _groups(turn_sentences: list[Sentence], *, unit: SegmentUnit, max_words: int) -> Iterator[list[Sentence]]:
    """Yield the sentences of a turn as segments; script and speech are never combined."""
    for is_script, run in groupby(turn_sentences, key=lambda sentence: sentence.script):
        same = list(run)
        if unit == "turn":
            yield same
        elif unit == "sentence" or is_script:
            yield from ([sentence] for sentence in same)
        else:
            yield from sentences.windows(same, max_words=max_words)


def aside(
    part: str,
    text: str,
    group: list[Sentence],
    *,
    min_words: int,
    language: str = languages.ENGLISH,
    brief: bool = False,
    tasks: bool = False,
    names: Collection[str] = (),
) -> str:
    """Return why a segment is excluded from clustering, or ''.

    interviewer: the interviewer's words. heading, script, note: nobody's (a title; a question or task repeated word for
    word in many documents; a bracketed remark, such as one on what the participant does). backchannel: only words such
    as "yeah" and "okay" (English only). courtesy: only thanks and farewells. procedure: only talk about the interview
    itself, such as its recording (see `formalities`). short: fewer than `min_words` words. nonresponse: "n/a", "no
    comment". `brief`: whether the document's answers are short (see `short_answers`); then few words are enough in any
    language, formalities are an answer, and nonresponse is looked for. `tasks`: whether the interview sets tasks.
    `names`: words of speakers' labels.
    """
    if part == "interviewer":
        return "interviewer"
    reasons = {
        "heading": part == "none" and text_layout.is_heading(text),
        "script": bool(group[0].script) and not _observed(text),
        "note": text_layout.is_note(text),
    }
    nobodys = next((why for why, holds in reasons.items() if holds), "")
    if nobodys:
        return nobodys
    return _empty(text, group, min_words=min_words, language=language, brief=brief, tasks=tasks, names=names)


def _observed(text: str) -> bool:
    """Return whether a text is a remark on what somebody does: "(The participant reads the task again)"."""
    words = sentences.tokens(text)
    of_somebody = any(role_words.kind(word.removesuffix("s")) for word in words[:FEW])
    return of_somebody and text_layout.is_note(text) and not asking.question(text) and not prompts.ASK_FOR & {*words}


def _empty(
    text: str,
    group: list[Sentence],
    *,
    min_words: int,
    language: str,
    brief: bool,
    tasks: bool,
    names: Collection[str],
) -> str:
    """Return why a participant's segment has no content of its own, or ''."""
    if brief and short_answers.is_nonresponse(text):
        return "nonresponse"
    if language in READ and _only_fillers(text, language):
        return "backchannel"
    if not brief and (formality := formalities.kind(text, language=language, tasks=tasks, names=names)):
        return formality
    return "short" if not brief and sum(sentence.words for sentence in group) < min_words else ""


def _only_fillers(text: str, language: str) -> bool:
    """Return whether a text is a backchannel; in languages other than English, whether it has one or two words.

    There, a question never counts as a backchannel.
    """
    if language not in READ:
        return text_layout.count_words(text) < FEW and not any(mark in text for mark in "?？؟")
    words = [word for word in sentences.tokens(text) if not word.isdecimal()]
    return bool(words) and all(word in FILLERS for word in words)


def _identifier(document: str, text: str, occurrence: int) -> str:
    """Return a segment id derived from its document and text, so that it is stable when other segments change."""
    return hashlib.sha256(f"{document}\0{text}\0{occurrence}".encode()).hexdigest()[:12]


def problems(documents: Sequence[str], segments: pd.DataFrame) -> pd.DataFrame:
    """Return a problem for each document without anything to analyse."""
    rich = set(segments.loc[segments["substantive"].astype(bool), "document"])
    reason = "It has no text to analyse: everything in it is the interviewer's, a heading, or too short."
    rows = [("note", str(name), "", reason) for name in sorted(set(documents) - rich)]
    return (
        pd.DataFrame(rows, columns=["kind", "document", "place", "reason"]) if rows else store.empty("segment_problems")
    )
