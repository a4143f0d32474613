"""Segment: turns become units of analysis, whole sentences of one turn, each knowing the question it answers."""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from pipeline import layout, models, stage, store

if TYPE_CHECKING:
    from spacy.language import Language

Unit = Literal["sentence", "window", "turn"]
Span = tuple[int, int]

COLUMNS = list(store.schema("segments").to_schema().columns)
# Words that keep a talk going and say nothing by themselves.
FILLERS = frozenset(
    "ah aha absolutely alright all agreed and aye but bye cheers cool correct definitely er erm eh exactly fine gosh good great ha haha hello hi "
    "hm hmm hmmm i indeed it's it just know lovely m mean mhm mm mmm mm-hm mm-hmm mhmm mmhmm nah nice no nope not of course oh ok okay "
    "one perfect please quite really right see so sorry sure thank thanks that that's the there totally true uh uh-huh uhuh um umm "
    "very well what wow yeah yep yes you yup got it interesting".split()
)
# Lines that say the same in so many documents, and in such a share of them, are the study's script, not anybody's words.
SCRIPT_DOCUMENTS, SCRIPT_SHARE = 3, 0.3
# ... if they are this long: short sentences recur by chance, the more so in a participant's labelled speech.
SCRIPT_WORDS, SCRIPT_WORDS_LABELLED = 5, 9
# A run of letters longer than this is no word, and a tokenizer may take minutes over it.
MAX_RUN = 400

_RUN = re.compile(rf"\S{{{MAX_RUN},}}")
_PLAIN_END = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|(?<=[。！？])")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a turn: its span in the document, its number of words, and whether it is the study's script."""

    start: int
    end: int
    words: int
    script: bool = False


def segment(
    documents: pd.DataFrame,
    turns: pd.DataFrame,
    *,
    split: Callable[[list[str]], list[list[Span]]],
    unit: Unit,
    max_words: int,
    min_words: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the segments of a study, sorted by document and place, and the problems met.

    `split` finds sentences: for each text of a list, the (start, end) spans that cover it. Every letter of every turn is
    in exactly one segment; what says nothing of its own is marked in `set_aside` and kept.
    """
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    ordered = turns.sort_values(["document", "start", "end"], kind="stable")
    sentences = _sentences(ordered, texts, split)
    sentences = _with_script(ordered, texts, sentences)
    rows = [
        row
        for document, group in ordered.groupby("document", sort=True)
        for row in _of_document(
            str(document), group, texts[str(document)], sentences, unit=unit, max_words=max_words, min_words=min_words
        )
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS) if rows else store.empty("segments")
    return frame, _problems(documents, frame)


def sentence_splitter(nlp: "Language") -> Callable[[list[str]], list[list[Span]]]:
    """Return a function that finds sentences with a spaCy pipeline: for each text, spans that cover all of it.

    A boundary lies only where there is white space, so that no word is cut. A text with a run of letters that is no
    word is split by its punctuation alone.
    """
    nlp.max_length = 10**9  # the limit is for parsers, and none runs here

    def split(texts: list[str]) -> list[list[Span]]:
        plain = [bool(_RUN.search(text)) for text in texts]
        docs = iter(nlp.pipe([text for text, odd in zip(texts, plain, strict=True) if not odd], batch_size=64))
        starts = [
            _plain_starts(text) if odd else [s.start_char for s in next(docs).sents]
            for text, odd in zip(texts, plain, strict=True)
        ]
        return [_spans(text, found) for text, found in zip(texts, starts, strict=True)]

    return split


def _plain_starts(text: str) -> list[int]:
    return [found.end() for found in _PLAIN_END.finditer(text)]


def _spans(text: str, starts: list[int]) -> list[Span]:
    """Return the spans between sentence starts, trimmed of white space; a start inside a word is passed over."""
    cuts = sorted(
        {
            0,
            *(at for at in starts if 0 < at < len(text) and (text[at - 1].isspace() or text[at - 1] in "。！？")),
            len(text),
        }
    )
    found = (layout.trimmed(text, start, end) for start, end in zip(cuts, cuts[1:], strict=False))
    return [(start, end) for start, end in found if start < end]


def _sentences(
    turns: pd.DataFrame, texts: dict[str, str], split: Callable[[list[str]], list[list[Span]]]
) -> dict[str, list[Sentence]]:
    """Return each turn's sentences. No sentence goes on past the end of a paragraph."""
    found: dict[str, list[Sentence]] = {}
    for document, group in turns.groupby("document", sort=True):
        text = texts[str(document)]
        wrapped = layout.hard_wrapped(text)
        pieces = [
            (turn.turn_id, turn.start + start, turn.start + end)
            for turn in group.itertuples()
            for start, end in layout.paragraphs(turn.text, wrapped=wrapped)
        ]
        # A document at a time, so that its sentences do not hang on which other documents there are.
        for (turn_id, at, end), spans in zip(pieces, split([text[start:end] for _, start, end in pieces]), strict=True):
            del end
            for start, stop in spans:
                said = Sentence(at + start, at + stop, layout.count_words(text[at + start : at + stop]))
                found.setdefault(turn_id, []).append(said)
    return found


def _with_script(
    turns: pd.DataFrame, texts: dict[str, str], sentences: dict[str, list[Sentence]]
) -> dict[str, list[Sentence]]:
    """Mark the sentences that recur word for word in many documents: the questions of a form, the tasks of a test."""
    heard: dict[str, set[str]] = defaultdict(set)
    for turn in turns.itertuples():
        for said in sentences.get(turn.turn_id, []):
            heard[_levelled(texts[turn.document][said.start : said.end])].add(turn.document)
    enough = max(SCRIPT_DOCUMENTS, SCRIPT_SHARE * len(texts))
    script = {words for words, documents in heard.items() if len(documents) >= enough}
    marked = {}
    for turn in turns.itertuples():
        least = SCRIPT_WORDS_LABELLED if turn.part == "participant" else SCRIPT_WORDS
        marked[turn.turn_id] = [
            Sentence(
                said.start,
                said.end,
                said.words,
                said.words >= least and _levelled(texts[turn.document][said.start : said.end]) in script,
            )
            for said in sentences.get(turn.turn_id, [])
        ]
    return marked


def _levelled(text: str) -> str:
    return " ".join(_TOKEN.findall(text.casefold()))


def _of_document(
    document: str,
    turns: pd.DataFrame,
    text: str,
    sentences: dict[str, list[Sentence]],
    *,
    unit: Unit,
    max_words: int,
    min_words: int,
) -> Iterator[dict[str, object]]:
    """Yield the segments of one document as rows."""
    seen: Counter[str] = Counter()
    prompt = ""
    for turn in turns.itertuples():
        asked = ""
        for group in _groups(sentences[turn.turn_id], unit=unit, max_words=max_words):
            start, end = group[0].start, group[-1].end
            said = text[start:end]
            aside = _aside(turn.part, said, group, min_words=min_words)
            yield {
                "segment_id": _identifier(document, said, seen[said]),
                "document": document,
                "case": turn.case,
                "speaker": turn.speaker,
                "part": turn.part,
                "turn_id": turn.turn_id,
                "prompt_id": "" if aside in ("interviewer", "heading", "script") else prompt,
                "start": start,
                "end": end,
                "time_s": turn.time_s,
                "n_words": sum(one.words for one in group),
                "substantive": not aside,
                "set_aside": aside,
                "text": said,
            }
            seen[said] += 1
            if aside in ("heading", "script") or (aside == "interviewer" and not _only_fillers(said)):
                asked = turn.turn_id
        prompt = asked or prompt


def _groups(sentences: list[Sentence], *, unit: Unit, max_words: int) -> Iterator[list[Sentence]]:
    """Yield the sentences of a turn as segments; script and speech are never in one."""
    run: list[Sentence] = []
    for said in [*sentences, None]:
        if run and (said is None or said.script != run[-1].script):
            if unit == "turn":
                yield run
            elif unit == "sentence":
                yield from ([one] for one in run)
            else:
                yield from windows(run, max_words=max_words)
            run = []
        if said is not None:
            run.append(said)


def windows(sentences: list[Sentence], *, max_words: int) -> list[list[Sentence]]:
    """Group sentences in order into as few windows of up to max_words as will hold them, as equal in length as can be.

    A sentence longer than that is a window of its own. Equal in length: the sum of squared lengths is least.
    """
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # windows so far, sum of squares, where the last window begins
    for end in range(1, len(sentences) + 1):
        length, options = 0, []
        for begin in range(end - 1, -1, -1):
            length += sentences[begin].words
            if length > max_words and begin < end - 1:
                break
            count, squares, _ = best[begin]
            options.append((count + 1, squares + length**2, begin))
        best.append(min(options))
    cuts = [len(sentences)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][2])
    cuts.reverse()
    return [sentences[begin:end] for begin, end in zip(cuts, cuts[1:], strict=False)]


def _aside(part: str, text: str, group: list[Sentence], *, min_words: int) -> str:
    """Return why a segment takes no part in clustering, or ''."""
    if part == "interviewer":
        return "interviewer"
    if layout.is_heading(text) and part == "none":
        return "heading"
    if group[0].script:
        return "script"
    if layout.is_note(text) and layout.count_words(text):
        return "note"
    if _only_fillers(text):
        return "backchannel"
    return "short" if sum(one.words for one in group) < min_words else ""


def _only_fillers(text: str) -> bool:
    words = _TOKEN.findall(text.casefold().replace("’", "'"))
    return bool(words) and all(word in FILLERS for word in words)


def _identifier(document: str, text: str, occurrence: int) -> str:
    return hashlib.sha256(f"{document}\0{text}\0{occurrence}".encode()).hexdigest()[:12]


def _problems(documents: pd.DataFrame, segments: pd.DataFrame) -> pd.DataFrame:
    """List the documents that have nothing left to analyse."""
    rich = set(segments.loc[segments["substantive"], "document"])
    rows = [
        (
            "note",
            document,
            "",
            "It has no segment that says something of its own: all is the interviewer's, headings, or too short.",
        )
        for document in sorted(set(documents["document"]) - rich)
    ]
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
            split=sentence_splitter(models.load_spacy(options.model)),
            unit=options.unit,
            max_words=options.max_words,
            min_words=options.min_words,
        )
        store.write(params.folder, "segments", segments)
        store.write(params.folder, "segment_problems", problems)


if __name__ == "__main__":
    main()
