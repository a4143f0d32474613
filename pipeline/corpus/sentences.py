"""Splits turns into sentences with spaCy, marks the study's script, and groups sentences into windows."""

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
# Sentences by their normalised words: number of documents, and count of each written form.
Heard = dict[str, tuple[int, dict[str, int]]]

# A sentence repeated in at least this many documents, and this share of them, is script, not anybody's own words...
SCRIPT_DOCUMENTS, SCRIPT_SHARE = 3, 0.3
# ... if it has at least this many words: short sentences recur by chance, more so in a participant's labelled speech.
SCRIPT_WORDS, SCRIPT_WORDS_LABELLED = 5, 9
# spaCy's code for a multilingual pipeline.
ANY_LANGUAGE = "xx"
# Longer runs of characters are not words, and a tokenizer may take minutes over them.
MAX_RUN = 400
# Longer texts are processed in pieces that end with a sentence, in code points.
MAX_PIECE = 10_000

_RUN = re.compile(rf"\S{{{MAX_RUN}}}")
_PLAIN_END = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]")
# Sentence ends in many scripts, including Arabic, Urdu, Devanagari, Chinese and Japanese.
_END = re.compile(r"[.!?…؟۔।॥][\"'”’»›)\]]*\s+|[。！？]")
_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True)
class Sentence:
    """A sentence of a turn: its span in the document, word count, and whether it is part of the study's script."""

    start: int
    end: int
    words: int
    script: bool = False


@dataclass(frozen=True)
class Place:
    """A turn as needed for sentence splitting: its document and span, and whether it is labelled as a participant's."""

    document: str
    start: int
    end: int
    labelled: bool


@dataclass(frozen=True)
class Splitter:
    """A sentence splitter (see Split) and the languages it was trained on; empty if it takes any."""

    split: Split
    known: frozenset[str]

    def __call__(self, texts: list[str]) -> list[list[Span]]:
        """Return the sentence spans of each text."""
        return self.split(texts)


def known(split: Split) -> frozenset[str]:
    """Return the languages a sentence splitter was trained on; empty if it takes any."""
    return split.known if isinstance(split, Splitter) else frozenset()


def splitter(nlp: "Language") -> Splitter:
    """Return a sentence splitter based on a spaCy pipeline: per text, spans that cover all of it.

    Boundaries occur only at white space, so that no word is split. Texts with overlong runs of characters are split by
    punctuation alone.
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
    """Split texts into sentences by punctuation, in any language.

    A sentence does not begin with a lower-case letter or after a single initial, as in `J. Silva`.
    """
    return [
        spans(text, (end.end() for end in _END.finditer(text) if not _goes_on(text, end.start(), end.end())))
        for text in texts
    ]


def _goes_on(text: str, stop: int, start: int) -> bool:
    """Return whether a sentence continues after a full stop: an abbreviation's, or an ellipsis within."""
    first = next((letter for letter in text[start : start + 5] if letter.isalnum()), "")
    initial = text[stop] == "." and stop > 0 and text[stop - 1].isupper() and not text[max(stop - 2, 0)].isalnum()
    return first.islower() or initial


def _cuts(text: str) -> list[Span]:
    """Return the pieces of a text to process: all of it, unless it is too long."""
    cuts = [0]
    while len(text) - cuts[-1] > MAX_PIECE:
        window = text[cuts[-1] : cuts[-1] + MAX_PIECE]
        ends = [found.end() for found in _PLAIN_END.finditer(window)]
        cuts.append(cuts[-1] + (ends[-1] if ends else window.rfind(" ") + 1 or MAX_PIECE))
    return list(pairwise([*cuts, len(text)]))


def plain_starts(text: str) -> list[int]:
    """Return where sentences begin, by punctuation alone."""
    return [found.end() for found in _PLAIN_END.finditer(text)]


def spans(text: str, starts: Iterable[int]) -> list[Span]:
    """Return the spans between sentence starts, without surrounding space; starts inside a word are ignored."""
    inside = {at for at in starts if 0 < at < len(text) and (text[at - 1].isspace() or text[at - 1] in "。！？")}
    cuts = sorted({0, *inside, len(text)})
    found = (text_layout.trimmed(text, start, end) for start, end in pairwise(cuts))
    return [(start, end) for start, end in found if start < end]


def plain(
    turns: Sequence[Place], texts: Mapping[str, str], split: Split, *, ruled: Collection[str] = ()
) -> list[list[Sentence]]:
    """Return the sentences of each turn, in order, without marking script (which requires all documents).

    `ruled`: documents to split by rules, because `split` does not know their language.
    """
    by_turn: list[list[Sentence]] = [[] for _ in turns]
    by_document: dict[str, list[int]] = defaultdict(list)
    for index, turn in enumerate(turns):
        by_document[turn.document].append(index)
    # One document at a time, so that its sentences do not depend on other documents.
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
            by_turn[index].extend(_sentence(text, at + start, at + end) for start, end in parts)
    return by_turn


def heard(
    turns: Sequence[Place],
    texts: Mapping[str, str],
    by_turn: Sequence[Sequence[Sentence]],
    *,
    among: Iterable[str] | None = None,
    least: float = 0,
) -> Heard:
    """Return repeated sentences: by normalised words, the number of documents and the written forms.

    Limited to `among`, if given, and to sentences in at least `least` documents.
    """
    asked = None if among is None else set(among)
    documents: dict[str, set[str]] = defaultdict(set)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for turn, sentences in zip(turns, by_turn, strict=True):
        for sentence in sentences:
            form = texts[turn.document][sentence.start : sentence.end]
            words = _levelled(form)
            if asked is None or words in asked:
                documents[words].add(turn.document)
                written[words][form] += 1
    return {
        words: (len(names), dict(sorted(written[words].items())))
        for words, names in sorted(documents.items())
        if len(names) >= least
    }


def recurring(documents: int) -> float:
    """Return the number of documents in which a sentence must occur to be script."""
    return max(SCRIPT_DOCUMENTS, SCRIPT_SHARE * documents)


def script(parts: Iterable[Heard], *, documents: int) -> dict[str, str]:
    """Return the study's script from the results of `heard` for its parts.

    Gives the commonest written form of each sentence, by normalised words.
    """
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
    turns: Sequence[Place], texts: Mapping[str, str], by_turn: Sequence[Sequence[Sentence]], script: Mapping[str, str]
) -> list[list[Sentence]]:
    """Mark sentences that are script: repeated word for word in many documents, such as questions of a form."""
    phrases = sorted(script.values(), key=lambda phrase: (-len(phrase), phrase))
    long = {
        least: [phrase for phrase in phrases if text_layout.count_words(phrase) >= least]
        for least in (SCRIPT_WORDS, SCRIPT_WORDS_LABELLED)
    }
    marked = []
    for turn, sentences in zip(turns, by_turn, strict=True):
        least = SCRIPT_WORDS_LABELLED if turn.labelled else SCRIPT_WORDS
        text = texts[turn.document]
        pieces = [piece for sentence in sentences for piece in _cut_out(text, sentence, long[least])]
        marked.append([_marked(text, sentence, script, least) for sentence in pieces])
    return marked


def windows(sentences: Sequence[Sentence], *, max_words: int) -> list[list[Sentence]]:
    """Group consecutive sentences into the fewest windows of up to `max_words`, of lengths as equal as possible.

    A longer sentence is a window of its own. Minimises the sum of squared lengths.
    """
    best: list[tuple[int, int, int]] = [(0, 0, 0)]  # windows so far, sum of squares, where the last window begins
    for end in range(1, len(sentences) + 1):
        length, options = 0, []
        for begin in range(end - 1, -1, -1):
            length += max(1, sentences[begin].words)  # "..." counts as a word, or a window could grow without end
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
    """Return the words of a text in lower case, for comparison."""
    return _TOKEN.findall(text.casefold().replace("’", "'"))


def _sentence(text: str, start: int, end: int) -> Sentence:
    return Sentence(start, end, text_layout.count_words(text[start:end]), False)


def _marked(text: str, sentence: Sentence, script: Mapping[str, str], least: int) -> Sentence:
    is_script = sentence.words >= least and _levelled(text[sentence.start : sentence.end]) in script
    return Sentence(sentence.start, sentence.end, sentence.words, is_script)


def _cut_out(text: str, sentence: Sentence, phrases: list[str]) -> list[Sentence]:
    """Split a sentence at phrases of the script inside it, as when a form has lost its line breaks."""
    for phrase in phrases:
        at = text.find(phrase, sentence.start, sentence.end)
        if at < 0 or sentence.end - sentence.start == len(phrase) or not _stands_free(text, at, at + len(phrase)):
            continue
        edges = [
            text_layout.trimmed(text, *edge)
            for edge in ((sentence.start, at), (at, at + len(phrase)), (at + len(phrase), sentence.end))
        ]
        pieces = [_sentence(text, start, end) for start, end in edges if start < end]
        return [piece for part in pieces for piece in _cut_out(text, part, phrases)]
    return [sentence]


def _stands_free(text: str, start: int, end: int) -> bool:
    return (start == 0 or text[start - 1].isspace()) and (end == len(text) or text[end].isspace())


def _levelled(text: str) -> str:
    return " ".join(tokens(text))
