"""Segment: turns become units of analysis, whole sentences of one turn, each knowing the question it answers."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Literal, NamedTuple

import pandas as pd

from pipeline import layout, models, sentences, stage, store
from pipeline.sentences import Place, Sentence, Split

Unit = Literal["sentence", "window", "turn"]

# Words that keep a talk going and say nothing by themselves.
FILLERS = layout.word_list(
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


def segment(
    documents: pd.DataFrame, turns: pd.DataFrame, *, split: Split, unit: Unit, max_words: int, min_words: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the segments of a study, sorted by document and place, and the problems met.

    `split` finds sentences: for each text of a list, spans that cover it. Every letter of every turn is in exactly one
    segment; what says nothing of its own is marked in `set_aside` (see `aside`) and kept.
    """
    texts = {str(name): str(text) for name, text in zip(documents["document"], documents["text"], strict=True)}
    ordered = turns.sort_values(["document", "start", "end"], kind="stable")[list(Turn._fields)]
    said = [Turn(*row) for row in ordered.itertuples(index=False, name=None)]
    places = [Place(turn.document, turn.start, turn.end, turn.part == "participant") for turn in said]
    pairs = list(zip(said, sentences.of_turns(places, texts, split), strict=True))
    rows = [
        row
        for document, group in groupby(pairs, key=lambda pair: pair[0].document)
        for row in _of_document(list(group), texts[document], unit=unit, max_words=max_words, min_words=min_words)
    ]
    frame = pd.DataFrame(rows, columns=list(store.empty("segments").columns)) if rows else store.empty("segments")
    return frame, _problems(documents, frame)


def _of_document(
    pairs: list[tuple[Turn, list[Sentence]]], text: str, *, unit: Unit, max_words: int, min_words: int
) -> Iterator[dict[str, object]]:
    """Yield the segments of one document as rows."""
    seen: Counter[str] = Counter()
    prompt = ""
    for turn, found in pairs:
        asked = ""
        for group in _groups(found, unit=unit, max_words=max_words):
            start, end = group[0].start, group[-1].end
            said = text[start:end]
            why = aside(turn.part, said, group, min_words=min_words)
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
                "substantive": not why,
                "set_aside": why,
                "text": said,
            }
            seen[said] += 1
            if asks and not _only_fillers(said):
                asked = turn.turn_id
        prompt = asked or prompt


def _groups(found: list[Sentence], *, unit: Unit, max_words: int) -> Iterator[list[Sentence]]:
    """Yield the sentences of a turn as segments; script and speech are never in one."""
    for is_script, run in groupby(found, key=lambda one: one.script):
        same = list(run)
        if unit == "turn":
            yield same
        elif unit == "sentence" or is_script:
            yield from ([one] for one in same)
        else:
            yield from sentences.windows(same, max_words=max_words)


def aside(part: str, text: str, group: list[Sentence], *, min_words: int) -> str:
    """Return why a segment takes no part in clustering, or ''.

    interviewer: the interviewer's words. heading, script, note: nobody's (a title; a question or task that recurs word
    for word in many documents; a remark in brackets). backchannel: only "yeah", "okay" and the like. short: fewer than
    min_words words.
    """
    if part == "interviewer":
        return "interviewer"
    if part == "none" and layout.is_heading(text):
        return "heading"
    if group[0].script:
        return "script"
    if layout.is_note(text):
        return "note"
    if _only_fillers(text):
        return "backchannel"
    return "short" if sum(one.words for one in group) < min_words else ""


def _only_fillers(text: str) -> bool:
    words = [word for word in sentences.tokens(text) if not word.isdecimal()]
    return bool(words) and all(word in FILLERS for word in words)


def _identifier(document: str, text: str, occurrence: int) -> str:
    """Name a segment by what it says and where, so that it keeps its name when other things change."""
    return hashlib.sha256(f"{document}\0{text}\0{occurrence}".encode()).hexdigest()[:12]


def _problems(documents: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """List the documents that have nothing left to analyse."""
    rich = set(segments.loc[segments["substantive"].astype(bool), "document"])
    reason = "Nothing in it can be analysed: all of it is the interviewer's, a heading, or too short."
    rows = [("note", str(name), "", reason) for name in sorted(set(documents["document"]) - rich)]
    return (
        pd.DataFrame(rows, columns=["kind", "document", "place", "reason"]) if rows else store.empty("segment_problems")
    )


def main() -> None:
    """Run the stage on the study that params.yaml names."""
    with stage.opened("segment") as params:
        options = params.segment
        segments, problems = segment(
            store.read(params.folder, "documents"),
            store.read(params.folder, "turns"),
            split=sentences.splitter(models.load_spacy(options.model)),
            unit=options.unit,
            max_words=options.max_words,
            min_words=options.min_words,
        )
        store.write(params.folder, "segments", segments)
        store.write(params.folder, "segment_problems", problems)


if __name__ == "__main__":
    main()
