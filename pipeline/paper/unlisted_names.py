"""Finds words in the files of a paper that may be names of people or places whom nobody listed.

Nicknames, children, colleagues, hospitals: the program does not know them. A word that always has a capital, also
within sentences, is a candidate, for people to look over. Where every noun has one, as in German, nothing can be told.
"""

import calendar
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from pipeline.paper import name_check
from pipeline.paper.identities import CAPITALS, TITLES, TOKEN, folded, without_ending

# Files that quote participants.
QUOTING = ("themes.docx", "quotes.docx", "framework_matrix.docx")
# Above this share of capitals within sentences, they are no sign of names.
NOUNS_TOO = 0.12
WITHIN = frozenset((",", ";", ")", "”", "’"))
ALWAYS = frozenset(name.casefold() for name in (*calendar.day_name, *calendar.month_name) if name)


def candidates(files: Mapping[str, bytes], texts: Iterable[str], *, known: Collection[str] = ()) -> list[str] | None:
    """The words in files that may be names, most frequent first; None if capitals are no sign of names in this talk.

    `texts`: all talk, by which words are judged; `known`: words that are no names, such as roles and sites.
    """
    within: Counter[str] = Counter()
    lower: set[str] = set()
    n_capital = n_within = n_words = 0
    for text in texts:
        for match in TOKEN.finditer(text):
            word, before = without_ending(match[0])[0], text[: match.start()].rstrip()[-1:]
            inside, capital = before.isalnum() or before in WITHIN, word[:1].isupper()
            n_words, n_within, n_capital = n_words + 1, n_within + inside, n_capital + capital
            if not capital:
                lower.add(folded(word))
            elif inside and not _always(word):
                within[word] += 1
    if n_capital < CAPITALS * n_words or within.total() > NOUNS_TOO * n_within:
        return None
    said = {word for name in QUOTING if name in files for word in _words(name_check.text_of(name, files[name]))}
    passed = {folded(word) for phrase in known for word in TOKEN.findall(phrase)} | TITLES | lower
    return [
        word
        for word, _ in sorted(within.items(), key=lambda item: (-item[1], item[0]))
        if word in said and folded(word) not in passed and len(word) > 1
    ]


def _words(text: str) -> set[str]:
    return {without_ending(match[0])[0] for match in TOKEN.finditer(text)}


def _always(word: str) -> bool:
    """Return whether a word has a capital wherever it stands, and is no name: I, I'm, days, months."""
    return word == "I" or word[:2] in ("I'", "I’") or folded(word).removesuffix("s") in ALWAYS
