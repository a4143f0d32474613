"""Sentences: found by spaCy within paragraphs, marked where they are the study's script, and grouped into windows."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.corpus import text_layout

if TYPE_CHECKING:
    from spacy.language import Language

Span = tuple[int, int]
Split = Callable[[list[str]], list[list[Span]]]
# What was said, by its words: in how many documents, and how often it was written in which way.
Heard = dict[str, tuple[int, dict[str, int]]]

# Sentences that say the same in so many documents, and in such a share of them, are the script, nobody's own words...
SCRIPT_DOCUMENTS, SCRIPT_SHARE = 3, 0.3
# ... if they are this long: short sentences recur by chance, the more so in a participant's labelled speech.
SCRIPT_WORDS, SCRIPT_WORDS_LABELLED = 5, 9
# What spaCy calls a pipeline that takes any language.
ANY_LANGUAGE = "xx"
# A run of letters longer than this is no word, and a tokenizer may take minutes over it.
MAX_RUN = 400
# Longer texts are handed over in pieces that end where a sentence does, in code points.
MAX_PIECE = 10_000

_RUN = re.compile(rf"\S{{{MAX_RUN}}}")
_PLAIN_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]")
# The ends of sentences in many scripts: also Arabic, Urdu, Devanagari, Chinese and Japanese.
_END = re.compile(r"[.!?…؟۔।॥][\"'”’»›)\]]*\s+|[。！？]")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a turn: its span in the document, its number of words, and whether it is the study's script."""

    start: int
    end: int
    words: int
    script: bool = False


@dataclass(frozen=True)
class Place:
    """A turn as far as sentences need it: its document and span, and whether a participant is named as its speaker."""

    document: str
    start: int
    end: int
    labelled: bool


@dataclass(frozen=True)
class Splitter:
    """What finds sentences (see Split), and the languages that it was trained on; none where it takes any."""

    split: Split
    known: frozenset[str]

    def __call__(self, texts: list[str]) -> list[list[Span]]:
        """For each text, the spans of its sentences."""
        return self.split(texts)


def known(split: Split) -> frozenset[str]:
    """The languages that something which finds sentences was trained on; none where it takes any."""
    return split.known if isinstance(split, Splitter) else frozenset()


def splitter(nlp: "Language") -> Splitter:
    """Return what finds sentences with a spaCy pipeline: for each text, spans that cover all of it.

    A boundary lies only where there is white space, so that no word is cut. A text with a run of letters that is no
    word is split by its punctuation alone.
    """

    def split(texts: list[str]) -> list[list[Span]]:
        pieces = [(at, cut) for at, text in enumerate(texts) for cut in _cuts(text)]
        odd = [bool(_RUN.search(texts[at][start:end])) for at, (start, end) in pieces]
        plain = [texts[at][start:end] for (at, (start, end)), is_odd in zip(pieces, odd, strict=True) if not is_odd]
        docs = iter(nlp.pipe(plain, batch_size=32))
        starts: list[list[int]] = [[] for _ in texts]
        for (at, (start, end)), is_odd in zip(pieces, odd, strict=True):
            piece = texts[at][start:end]
            found = [0, *plain_starts(piece)] if is_odd else [sentence.start_char for sentence in next(docs).sents]
            starts[at].extend(start + place for place in found)
        return [spans(text, found) for text, found in zip(texts, starts, strict=True)]

    return Splitter(split, frozenset([str(nlp.lang)]) - {ANY_LANGUAGE})


def by_rules(texts: list[str]) -> list[list[Span]]:
    """Find sentences by punctuation, in any language: no pipeline that was trained on one is asked.

    A sentence does not begin with a small letter, nor after a single letter, as in `J. Silva`.
    """
    return [
        spans(text, (end.end() for end in _END.finditer(text) if not _goes_on(text, end.start(), end.end())))
        for text in texts
    ]


def _goes_on(text: str, stop: int, start: int) -> bool:
    """Whether a sentence goes on after a full stop: an abbreviation's, or an ellipsis within."""
    first = next((letter for letter in text[start : start + 5] if letter.isalnum()), "")
    initial = text[stop] == "." and stop > 0 and text[stop - 1].isupper() and not text[max(stop - 2, 0)].isalnum()
    return first.islower() or initial


def _cuts(text: str) -> list[Span]:
    """Return the pieces in which a text is handed to spaCy: all of it, unless it is too long to hold in memory."""
    cuts = [0]
    while len(text) - cuts[-1] > MAX_PIECE:
        window = text[cuts[-1] : cuts[-1] + MAX_PIECE]
        ends = [found.end() for found in _PLAIN_END.finditer(window)]
        cuts.append(cuts[-1] + (ends[-1] if ends else window.rfind(" ") + 1 or MAX_PIECE))
    return list(pairwise([*cuts, len(text)]))


def plain_starts(text: str) -> list[int]:
    """Return where sentences begin by punctuation alone."""
    return [found.end() for found in _PLAIN_END.finditer(text)]


def spans(text: str, starts: Iterable[int]) -> list[Span]:
    """Return the spans between sentence starts, trimmed of white space; a start inside a word is passed over."""
    inside = {at for at in starts if 0 < at < len(text) and (text[at - 1].isspace() or text[at - 1] in "。！？")}
    cuts = sorted({0, *inside, len(text)})
    found = (text_layout.trimmed(text, start, end) for start, end in pairwise(cuts))
    return [(start, end) for start, end in found if start < end]


def of_turns(turns: Sequence[Place], texts: Mapping[str, str], split: Split) -> list[list[Sentence]]:
    """Return the sentences of each turn, in order. None goes on past a paragraph's end; script is marked."""
    found = plain(turns, texts, split)
    return with_script(turns, texts, found, script([heard(turns, texts, found)], documents=len(texts)))


def plain(
    turns: Sequence[Place], texts: Mapping[str, str], split: Split, *, ruled: Collection[str] = ()
) -> list[list[Sentence]]:
    """Return the sentences of each turn, in order, none marked as script: that takes all documents.

    `ruled`: documents whose sentences are found by rules, for they are in a language that `split` does not know.
    """
    found: list[list[Sentence]] = [[] for _ in turns]
    by_document: dict[str, list[int]] = defaultdict(list)
    for index, turn in enumerate(turns):
        by_document[turn.document].append(index)
    # A document at a time, so that its sentences do not hang on which other documents there are.
    for document, indices in sorted(by_document.items()):
        text = texts[document]
        wrapped = text_layout.hard_wrapped(text)
        pieces = [
            (index, turns[index].start + start, turns[index].start + end)
            for index in indices
            for start, end in text_layout.paragraphs(text[turns[index].start : turns[index].end], wrapped=wrapped)
        ]
        found_in = (by_rules if document in ruled else split)([text[start:end] for _, start, end in pieces])
        for (index, at, _), parts in zip(pieces, found_in, strict=True):
            found[index].extend(_sentence(text, at + start, at + end) for start, end in parts)
    return found


def heard(
    turns: Sequence[Place],
    texts: Mapping[str, str],
    found: Sequence[Sequence[Sentence]],
    *,
    among: Iterable[str] | None = None,
    least: float = 0,
) -> Heard:
    """Return what was said in how many documents and how it was written: of `among`, or in `least` documents or more.

    Sentences are the same where their words are.
    """
    asked = None if among is None else set(among)
    documents: dict[str, set[str]] = defaultdict(set)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for turn, sentences in zip(turns, found, strict=True):
        for one in sentences:
            said = texts[turn.document][one.start : one.end]
            words = _levelled(said)
            if asked is None or words in asked:
                documents[words].add(turn.document)
                written[words][said] += 1
    return {
        words: (len(names), dict(sorted(written[words].items())))
        for words, names in sorted(documents.items())
        if len(names) >= least
    }


def recurring(documents: int) -> float:
    """In how many documents of a study a sentence stands if it is script."""
    return max(SCRIPT_DOCUMENTS, SCRIPT_SHARE * documents)


def script(parts: Iterable[Heard], *, documents: int) -> dict[str, str]:
    """Return the study's script, from what was heard in parts of it: the words of each sentence, as mostly written."""
    among: Counter[str] = Counter()
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for part in parts:
        for words, (count, forms) in part.items():
            among[words] += count
            written[words].update(forms)
    enough = recurring(documents)
    return {
        words: max(sorted(written[words]), key=written[words].__getitem__)
        for words, count in sorted(among.items())
        if count >= enough
    }


def with_script(
    turns: Sequence[Place], texts: Mapping[str, str], found: Sequence[Sequence[Sentence]], script: Mapping[str, str]
) -> list[list[Sentence]]:
    """Mark the sentences that recur word for word in many documents: the questions of a form, the tasks of a test."""
    phrases = sorted(script.values(), key=lambda phrase: (-len(phrase), phrase))
    long = {
        least: [phrase for phrase in phrases if text_layout.count_words(phrase) >= least]
        for least in (SCRIPT_WORDS, SCRIPT_WORDS_LABELLED)
    }
    marked = []
    for turn, sentences in zip(turns, found, strict=True):
        least = SCRIPT_WORDS_LABELLED if turn.labelled else SCRIPT_WORDS
        text = texts[turn.document]
        pieces = [piece for one in sentences for piece in _cut_out(text, one, long[least])]
        marked.append([_marked(text, one, script, least) for one in pieces])
    return marked


def windows(sentences: Sequence[Sentence], *, max_words: int) -> list[list[Sentence]]:
    """Group sentences in order into as few windows of up to max_words as will hold them, as equal in length as can be.

    A sentence longer than that is a window of its own. Equal in length: the sum of squared lengths is least.
    """
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # windows so far, sum of squares, where the last window begins
    for end in range(1, len(sentences) + 1):
        length, options = 0, []
        for begin in range(end - 1, -1, -1):
            length += max(1, sentences[begin].words)  # a mere "..." takes room too, or a window would have no end
            if length > max_words and begin < end - 1:
                break
            count, squares, _ = best[begin]
            options.append((count + 1, squares + length**2, begin))
        best.append(min(options))
    cuts = [len(sentences)]
    while cuts[-1]:
        cuts.append(best[cuts[-1]][2])
    cuts.reverse()
    return [list(sentences[begin:end]) for begin, end in pairwise(cuts)]


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case, as they are compared."""
    return _TOKEN.findall(text.casefold().replace("’", "'"))


def _sentence(text: str, start: int, end: int, *, script: bool = False) -> Sentence:
    return Sentence(start, end, text_layout.count_words(text[start:end]), script)


def _marked(text: str, one: Sentence, script: Mapping[str, str], least: int) -> Sentence:
    is_script = one.words >= least and _levelled(text[one.start : one.end]) in script
    return Sentence(one.start, one.end, one.words, is_script)


def _cut_out(text: str, one: Sentence, phrases: list[str]) -> list[Sentence]:
    """Cut a sentence where a phrase of the script stands inside it, as where a form lost its line ends."""
    for phrase in phrases:
        at = text.find(phrase, one.start, one.end)
        if at < 0 or one.end - one.start == len(phrase) or not _stands_free(text, at, at + len(phrase)):
            continue
        edges = [
            text_layout.trimmed(text, *edge)
            for edge in ((one.start, at), (at, at + len(phrase)), (at + len(phrase), one.end))
        ]
        pieces = [_sentence(text, start, end) for start, end in edges if start < end]
        return [piece for part in pieces for piece in _cut_out(text, part, phrases)]
    return [one]


def _stands_free(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())


def _levelled(text: str) -> str:
    return " ".join(tokens(text))
