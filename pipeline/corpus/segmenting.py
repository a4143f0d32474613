"""Segmenting: the turns of whole documents become units of analysis.

A document's segments are the same beside any others, once it is known what the study's script is.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

import pandas as pd

from pipeline.core import languages, store
from pipeline.core.terms import SegmentUnit
from pipeline.corpus import language_detection, sentences, text_layout
from pipeline.corpus.sentences import Place, Sentence

# Where the words below mean what they say: talk in no known language is read as English, as it always was.
READ = (languages.ENGLISH, languages.UNKNOWN)
# In other languages so few words of an interviewer are no question.
FEW = 3
# Words that keep a talk going and say nothing by themselves.
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
    """A row of turns."""

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
    """The turns of some documents in their order, as sentences need them too; the documents' texts and languages.

    A document's languages are its own and the others it holds, most first.
    """

    turns: list[Turn]
    places: list[Place]
    texts: dict[str, str]
    languages: dict[str, tuple[str, ...]]

    def beyond(self, known: Collection[str]) -> frozenset[str]:
        """The documents in a language that is not among those known; none where `known` is empty, or it is unknown."""
        beyond = {name for name, (own, *_) in self.languages.items() if own not in (*known, languages.UNKNOWN)}
        return frozenset(beyond) if known else frozenset()


def talk(documents: pd.DataFrame, turns: pd.DataFrame) -> Talk:
    """Return what the tables hold of documents, in an order that does not depend on theirs."""
    texts = {str(name): str(text) for name, text in zip(documents["document"], documents["text"], strict=True)}
    ordered = turns.sort_values(["document", "start", "end"], kind="stable")[list(Turn._fields)]
    said = [Turn(*row) for row in ordered.itertuples(index=False, name=None)]
    places = [Place(turn.document, turn.start, turn.end, turn.part == "participant") for turn in said]
    held = zip(documents["document"], documents["language"], documents["other_languages"], strict=True)
    spoken = {str(name): (str(own), *str(others).split()) for name, own, others in held}
    return Talk(said, places, texts, spoken)


def segments(
    talk: Talk,
    found: Sequence[Sequence[Sentence]],
    *,
    script: Mapping[str, str],
    unit: SegmentUnit,
    max_words: int,
    min_words: int,
) -> pd.DataFrame:
    """Return the segments of documents whose sentences were found, sorted by document and place."""
    marked = sentences.with_script(talk.places, talk.texts, found, script)
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
    """Yield the segments of one document as rows. `spoken`: its languages, its own first."""
    seen: Counter[str] = Counter()
    prompt = ""
    for turn, found in pairs:
        asked = ""
        for group in _groups(found, unit=unit, max_words=max_words):
            start, end = group[0].start, group[-1].end
            said = text[start:end]
            language = language_detection.among(said, spoken)
            why = aside(turn.part, said, group, min_words=min_words, language=language)
            asks = why in ("interviewer", "heading", "script")
            yield {
                "segment_id": _identifier(turn.document, said, seen[said]),
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
                "n_words": sum(one.words for one in group),
                "language": language,
                "substantive": not why,
                "set_aside": why,
                "text": said,
            }
            seen[said] += 1
            if asks and not _only_fillers(said, language):
                asked = turn.turn_id
        prompt = asked or prompt


def _groups(found: list[Sentence], *, unit: SegmentUnit, max_words: int) -> Iterator[list[Sentence]]:
    """Yield the sentences of a turn as segments; script and speech are never in one."""
    for is_script, run in groupby(found, key=lambda one: one.script):
        same = list(run)
        if unit == "turn":
            yield same
        elif unit == "sentence" or is_script:
            yield from ([one] for one in same)
        else:
            yield from sentences.windows(same, max_words=max_words)


def aside(part: str, text: str, group: list[Sentence], *, min_words: int, language: str = languages.ENGLISH) -> str:
    """Return why a segment takes no part in clustering, or ''.

    interviewer: the interviewer's words. heading, script, note: nobody's (a title; a question or task that recurs word
    for word in many documents; a remark in brackets). backchannel: only "yeah", "okay" and the like, which
    are known of English alone. short: fewer than
    min_words words.
    """
    if part == "interviewer":
        return "interviewer"
    if part == "none" and text_layout.is_heading(text):
        return "heading"
    if group[0].script:
        return "script"
    if text_layout.is_note(text):
        return "note"
    if language in READ and _only_fillers(text, language):
        return "backchannel"
    return "short" if sum(one.words for one in group) < min_words else ""


def _only_fillers(text: str, language: str) -> bool:
    """Whether a text keeps a talk going and says nothing; in languages other than English, whether it is a word or two.

    A question is never such a text there: what it asks is asked.
    """
    if language not in READ:
        return text_layout.count_words(text) < FEW and not any(mark in text for mark in "?？؟")
    words = [word for word in sentences.tokens(text) if not word.isdecimal()]
    return bool(words) and all(word in FILLERS for word in words)


def _identifier(document: str, text: str, occurrence: int) -> str:
    """Name a segment by what it says and where, so that it keeps its name when other things change."""
    return hashlib.sha256(f"{document}\0{text}\0{occurrence}".encode()).hexdigest()[:12]


def problems(documents: Sequence[str], segments: pd.DataFrame) -> pd.DataFrame:
    """List the documents that have nothing left to analyse."""
    rich = set(segments.loc[segments["substantive"].astype(bool), "document"])
    reason = "It has no text to analyse: everything in it is the interviewer's, a heading, or too short."
    rows = [("note", str(name), "", reason) for name in sorted(set(documents) - rich)]
    return (
        pd.DataFrame(rows, columns=["kind", "document", "place", "reason"]) if rows else store.empty("segment_problems")
    )
