"""Detects the language of texts.

Uses py3langid (Lui and Baldwin 2012, langid.py; BSD-3), a naive Bayes model of byte n-grams shipped with its package;
nothing is downloaded. Short passages are unreliable, so a document is judged by all of its passages together.
"""

import copy
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.core.languages import NAMES, UNKNOWN, Found
from pipeline.corpus import text_layout

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# Minimum number of words, and minimum probability, for a language to count as detected.
FEWEST, SURE = 15, 0.9
# Number of characters classified as a whole.
LONGEST = 20_000
# Passages are whole sentences of at least this many words; they count above this probability.
PIECE, PIECE_SURE = 8, 0.8
# Most passages classified per document: six thousand words or more.
MOST = 600
# A text contains another language if at least this many passages and words, at this probability, or this share of
# words, are in it.
OTHER_PIECES, OTHER_WORDS, OTHER_SURE, OTHER_SHARE = 3, 30, 0.95, 0.1
# Minimum share of words in classified passages: a list of names, for example, has no language.
TOLD = 0.5

_SENTENCE = re.compile(r"[^.!?…؟۔।॥。！？\n]+[.!?…؟۔।॥。！？\n]*")


def detect_language(texts: Iterable[str]) -> Found:
    """Return the language of a document from the texts of its turns; unknown below FEWEST, SURE or TOLD."""
    spoken_texts = [text for text in texts if text.strip()]
    whole = "\n".join(spoken_texts)[:LONGEST]
    if text_layout.count_words(whole) < FEWEST:
        return Found(UNKNOWN, None)
    pieces = [(piece, text_layout.count_words(piece)) for piece in dict.fromkeys(_spread(spoken_texts))]
    alone = [(*_classified(piece), words) for piece, words in pieces]
    main = _main(whole, alone)
    if not main:
        return Found(UNKNOWN, None)
    others = _others(alone, main)
    counts: Counter[str] = Counter({main: 0})
    for piece, words in pieces:
        counts[_classified(piece, (main, *others))[0] if others else main] += words
    ranked = sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name))
    return Found(ranked[0], round(counts[ranked[0]] / counts.total(), 2), tuple(ranked[1:]))


def among(text: str, languages: Sequence[str]) -> str:
    """Return the most probable of `languages` for a text; the first one if the text has no letters."""
    letters = any(letter.isalpha() for letter in text)
    return _classified(text, tuple(languages))[0] if letters and len(languages) > 1 else languages[0]


def spoken(answers: Iterable[str], questions: Iterable[str]) -> Found:
    """Return the language of a document with an interviewer: that of the answers, if it can be detected.

    Other languages include the interviewer's; the share refers to everybody's words.
    """
    own, asked = list(answers), list(questions)
    of_answers, of_questions = detect_language(own), detect_language(asked)
    if of_answers.language == UNKNOWN:
        return detect_language([*own, *asked])
    if of_questions.language == UNKNOWN:
        return of_answers
    words = [sum(map(text_layout.count_words, texts)) for texts in (own, asked)]
    same = of_questions.share if of_questions.language == of_answers.language else 0
    share = ((of_answers.share or 0) * words[0] + (same or 0) * words[1]) / sum(words)
    others = dict.fromkeys((*of_answers.others, of_questions.language, *of_questions.others))
    return Found(
        of_answers.language, round(share, 2), tuple(language for language in others if language != of_answers.language)
    )


def _main(whole: str, alone: Sequence[tuple[str, float, int]]) -> str:
    """Return the language of most words of a text; '' if it cannot be detected."""
    words = sum(count for *_, count in alone)
    words_in: Counter[str] = Counter()
    for language, sure, count in alone:
        if sure >= PIECE_SURE:
            words_in[language] += count
    guess, sure = _classified(whole)
    best = [language for language, _ in sorted(words_in.items(), key=lambda counted: (-counted[1], counted[0]))]
    if not best or words_in.total() < TOLD * words:
        return ""
    # With code-switching the whole text may fit neither language although each passage fits one of the two.
    of_two = sum(words_in[language] for language in best[:2]) >= SURE * words and len(alone) > 2
    if sure < SURE and not of_two:
        return ""
    return guess if words_in[guess] * 2 > words_in.total() else best[0]


def _others(alone: Sequence[tuple[str, float, int]], main: str) -> tuple[str, ...]:
    """Return the languages that a text contains besides its main one."""
    words = sum(count for *_, count in alone)
    sure = [(language, count) for language, at, count in alone if at >= OTHER_SURE and language != main]
    pieces, counts = Counter(language for language, _ in sure), Counter[str]()
    for language, count in sure:
        counts[language] += count
    enough = [
        language
        for language, count in counts.items()
        if (count >= OTHER_WORDS and pieces[language] >= OTHER_PIECES)
        or (count >= max(OTHER_SHARE * words, FEWEST) and pieces[language] > 1)
    ]
    return tuple(sorted(enough, key=lambda language: (-counts[language], language)))


def _spread(texts: Sequence[str]) -> list[str]:
    """Return the passages of texts; at most MOST, evenly spread, for a long document."""
    pieces = [piece for text in texts for piece in _pieces(text)]
    return pieces[:: -(-len(pieces) // MOST)] if len(pieces) > MOST else pieces


def _pieces(text: str) -> Iterator[str]:
    """Yield the sentences of a text, short ones joined with the next."""
    waiting = ""
    for sentence in _SENTENCE.findall(text):
        waiting += sentence
        if text_layout.count_words(waiting) >= PIECE:
            yield waiting
            waiting = ""
    if any(letter.isalpha() for letter in waiting):
        yield waiting


def _classified(text: str, languages: tuple[str, ...] = ()) -> tuple[str, float]:
    language, sure = _identifier(languages or tuple(NAMES)).classify(text.lower())
    return str(language), round(float(sure), 3)


@lru_cache(maxsize=32)
def _identifier(languages: tuple[str, ...]) -> "LanguageIdentifier":
    one = copy.copy(_model())
    one.set_languages(list(languages))
    return one


@lru_cache(maxsize=1)
def _model() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
