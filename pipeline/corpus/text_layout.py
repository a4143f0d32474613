"""Layout of plain text: words, paragraphs, headings, and bracketed notes of the transcriber."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

# What a withdrawal leaves in place of a turn. No reader takes it for speech or for a name.
WITHDRAWN = "[withdrawn]"
# Most words of a heading; longer lines are speech or prose.
HEADING_WORDS = 14
# A text is hard-wrapped if most continued lines end near the same column, as in e-mails and old exports.
WRAP_SHARE, WRAP_FULL, WRAP_COLUMNS = 0.7, 0.8, (40, 120)

_WORD = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿]|[^\W_]+(?:['’\-][^\W_]+)*")
_MARKDOWN = re.compile(r"#{1,6}[ \t]+\S")
_QUESTION = re.compile(
    r"(?:\[\s*)?(?:q|question|section|part|topic|theme|task)\s*\.?\s*\d{1,3}\s*[a-z]?\s*(?:[\].:)–—-]|$)", re.IGNORECASE
)
_BRACKETED = re.compile(r"\[[^\[\]]+\]|\([^()]+\)|<[^<>]+>|\{[^{}]+\}")
_LINE = re.compile(r"[^\n]+")
# Unlabelled text before the first speaker is talk, and no title, from so many words or sentences.
TALK_WORDS, TALK_SENTENCES = 60, 3
_FACT = re.compile(r"\s*(?:[^\s:：]+[ \t]+){0,3}[^\s:：]+[ \t]*[:：]")
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{2})(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bSt)[.?!…]+[\"”'’)]*(?=\s|$)|[。？！؟]")


def word_list(text: str) -> frozenset[str]:
    """Return the set of words in a text."""
    return frozenset(text.split())


def count_words(text: str) -> int:
    """Return the number of words: runs of letters and digits, or single characters in scripts without spaces."""
    return sum(1 for _ in _WORD.finditer(text))


def is_heading(line: str) -> bool:
    """Return whether a line is a heading: `# Interview`, `[Q2] What changed`, `Q.1. Where you live`, `Task 3`."""
    line = line.strip()
    if _MARKDOWN.match(line):
        return "\n" not in line
    return bool(_QUESTION.match(line)) and "\n" not in line and count_words(line) <= HEADING_WORDS


def is_note(line: str) -> bool:
    """Return whether a line has no speech: only bracketed remarks such as `[laughter]`, page numbers or symbols."""
    return not is_heading(line) and not any(letter.isalpha() for letter in _BRACKETED.sub("", line))


def is_withdrawn(text: str) -> bool:
    """Return whether a text consists of nothing but the marks of turns that were withdrawn."""
    return WITHDRAWN in text and not text.replace(WITHDRAWN, "").strip()


def title_lines(said: Sequence[tuple[str, str]]) -> frozenset[int]:
    """Return the places of the lines before the first speaker that are no talk: title, date, `Transcribed by: K. Lowe`.

    `said`: speaker, or '', and text of each turn of a document in order; none are titles where nobody is named. Prose
    without a speaker is talk if it is long: TALK_WORDS words, or TALK_SENTENCES sentences, in all.
    """
    first = next((place for place, (speaker, _) in enumerate(said) if speaker), 0)
    texts = [text for _, text in said[:first]]
    prose = {
        place
        for place, text in enumerate(texts)
        if count_words(text) > TALK_WORDS
        or (_SENTENCE_END.search(text) and not (_FACT.match(text) and count_words(text) <= HEADING_WORDS))
    }
    words = sum(count_words(texts[place]) for place in prose)
    ends = sum(len(_SENTENCE_END.findall(texts[place])) for place in prose)
    is_talk = words > TALK_WORDS or ends >= TALK_SENTENCES
    return frozenset(place for place in range(first) if not (is_talk and place in prose))


def hard_wrapped(text: str) -> bool:
    """Return whether line breaks only wrap lines, so that a paragraph is a block of lines."""
    lines = text.split("\n")
    lengths = [len(line.rstrip()) for line, after in pairwise(lines) if line.strip() and after.strip()]
    if len(lengths) < 3:
        return False
    column = sorted(lengths)[int(0.95 * (len(lengths) - 1))]
    if not WRAP_COLUMNS[0] <= column <= WRAP_COLUMNS[1]:
        return False
    return sum(length >= WRAP_FULL * column for length in lengths) >= WRAP_SHARE * len(lengths)


def paragraphs(text: str, *, wrapped: bool) -> Iterator[tuple[int, int]]:
    """Yield the (start, end) of each paragraph without surrounding space: one line, or a block of lines if `wrapped`.

    A heading or note is a paragraph of its own even within a block.
    """
    open_at, close_at = -1, -1
    for match in _LINE.finditer(text):
        start, end = trimmed(text, match.start(), match.end())
        if start == end:
            continue
        line = text[start:end]
        alone = is_heading(line) or is_note(line)
        goes_on = wrapped and not alone and open_at >= 0 and text[close_at : match.start()].count("\n") == 1
        if not goes_on:
            if open_at >= 0:
                yield open_at, close_at
            open_at = start
        close_at = end
        if alone:
            yield open_at, close_at
            open_at = -1
    if open_at >= 0:
        yield open_at, close_at


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without leading and trailing white space; an empty span if nothing is left."""
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    right = len(part.rstrip())
    return (start + left, start + right) if right > left else (start, start)
