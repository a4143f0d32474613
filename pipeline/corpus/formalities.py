"""Talk that is no evidence where it is that and nothing else: thanks, farewells, and talk about the interview itself.

"Thank you very much, it was lovely talking to you. Bye!" is a courtesy. "Is it recording now?", "You can withdraw at
any time", "Shall I move on to the next one?" are about the interview: its recording, information sheet, tasks and
appointments. A segment with a single word of its own is kept: "Thank you for the extra nurse", "I was anxious that the
recording might be used against me".
"""

import re
from collections.abc import Callable, Collection
from functools import lru_cache, partial
from typing import NamedTuple

from pipeline.core import languages
from pipeline.corpus import formality_courtesies, formality_phrases, formality_phrases_other, sentences, text_layout

# Values of set_aside.
COURTESY, PROCEDURE = "courtesy", "procedure"
# Words of a longer segment are somebody's account; an information sheet is read in shorter ones.
LONGEST = 80
# An interview sets tasks if it is said so often that one is done or the next begins.
TASKS = 3

_SENTENCE = re.compile(r"(?<=[?？])|[!;:…。！]+|\.(?=\W|$)|\.{2,}|\n|\s[–—-]+\s")
_TOKEN = re.compile(r"[()\[\]|*]|[^()\[\]|*\s]+")
# "My name is Polish" tells no name, "I'm Scared" neither: a name has two words there, or is known.
_CALLED = re.compile(
    r"\b((?i:je m['’]appelle|me llamo|ik heet|mi chiamo|chamo-me|me chamo)(?= [A-ZÀ-ÞŁŚŠŽ])"
    r"|(?i:my name is|my name['’]s|mein name ist|mon nom est|mi nombre es|mijn naam is|il mio nome è|meu nome é)"
    r"(?=(?: [A-ZÀ-ÞŁŚŠŽ][\w’'-]+){2}))(?: [A-ZÀ-ÞŁŚŠŽ][\w’'-]+){1,3}"
)
_GREETED = re.compile(
    r"\b((?i:(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there| all| everyone| everybody)?[,.!]?"
    r" (?:i am|i['’]m)|my name is|my name['’]s))((?: [A-ZÀ-ÞŁŚŠŽ][\w’'-]+){1,3})"
)
_JOINED = re.compile(r"[^\w\s'?]+|(?<!\w)'|'(?!\w)|_")
_WRITTEN_OUT = (
    (re.compile(r"\bcan't|\bcannot"), "can not"), (re.compile(r"\bwon't"), "will not"), (re.compile(r"n't\b"), " not"),
    (re.compile(r"\blet's"), "let us"), (re.compile(r"'ll\b"), " will"), (re.compile(r"'re\b"), " are"),
    (re.compile(r"'m\b"), " am"), (re.compile(r"'ve\b"), " have"), (re.compile(r"(?<!today)'s\b"), " is"),
    (re.compile(r"'d\b"), " would"), (re.compile(r"\bgonna\b"), "going to"),
)  # fmt: skip


class _Known(NamedTuple):
    """A language's phrases, words that may stand beside them, and every word there is.

    `phrases`: a function of no arguments, as compiling takes a while and few texts need it; its group `sign` marks
    what makes a formality.
    """

    phrases: Callable[[], re.Pattern[str]]
    words: frozenset[str]
    vocabulary: frozenset[str]


def kind(text: str, *, language: str, tasks: bool = False, names: Collection[str] = ()) -> str:
    """Return COURTESY or PROCEDURE if a text is that and nothing else, otherwise ''.

    `tasks`: whether the interview sets numbered tasks (see `sets_tasks`); otherwise people's tasks are their work.
    `names`: words of speakers' names in lower case: "Hello, I'm Anna" is a formality, "Hello, I'm Scared" is not.
    """
    if is_courtesy(text, language=language):
        return COURTESY
    known = _known(languages.ENGLISH if language == languages.UNKNOWN else language, tasks=tasks)
    if known is None or text_layout.count_words(text) > LONGEST:
        return ""
    said = [_plain(one, language) for one in _SENTENCE.split(_named(text, names))]
    if any(word not in known.vocabulary and not word[0].isdecimal() for one in said for word in one.split()):
        return ""  # most talk
    phrases = known.phrases()
    if not any(found["sign"] for one in said for found in phrases.finditer(one)):
        return ""
    left = [phrases.sub(" ", one) for one in said if not is_courtesy(one, language=language)]
    return PROCEDURE if known.words.issuperset(word for one in left for word in one.split()) else ""


def mostly(text: str, *, language: str) -> bool:
    """Return whether at least half of a text's sentences, but for courtesies, are about the interview or its tasks."""
    parts = [one for one in _SENTENCE.split(text) if text_layout.count_words(one)]
    kinds = [kind(one, language=language, tasks=True) for one in parts]
    return PROCEDURE in kinds and 2 * kinds.count(PROCEDURE) >= len(kinds) - kinds.count(COURTESY)


def sets_tasks(text: str) -> bool:
    """Return whether somebody goes through tasks in a document, as in a usability test: "Task 3 completed."."""
    said = [one for one in _SENTENCE.split(text) if "task" in one.casefold()]
    return (
        sum(bool(_compiled(formality_phrases.ENGLISH.tasks).search(_plain(one, languages.ENGLISH))) for one in said)
        >= TASKS
    )


def is_courtesy(text: str, *, language: str) -> bool:
    """Return whether a text only thanks or takes leave, in any language."""
    known = _courtesies()
    said = [_plain(one, language) for one in _SENTENCE.split(text)]
    if any(word not in known.vocabulary for one in said for word in one.split()):
        return False
    phrases = known.phrases()
    if not any(found["sign"] for one in said for found in phrases.finditer(one)):
        return False
    return known.words.issuperset(word for one in said for word in phrases.sub(" ", one).split())


def _named(text: str, names: Collection[str]) -> str:
    """Return a text with "xname" for names that people introduce themselves by, "xcapital" for what may be one."""

    def mark(found: re.Match[str]) -> str:
        known = {*names}.issuperset(sentences.tokens(found[2]))
        return f"{found[1]} {'xname' if known else 'xcapital'}"

    return _GREETED.sub(mark, _CALLED.sub(r"\1 xname", text))


def _plain(sentence: str, language: str) -> str:
    """Return a sentence in lower case without punctuation, contractions written out, a space before each word."""
    text = sentence.casefold().replace("’", "'")
    english = language in (languages.ENGLISH, languages.UNKNOWN)
    if english and any(sign in text for sign in ("'", "cannot", "gonna")):
        for contraction, words in _WRITTEN_OUT:
            text = contraction.sub(words, text)
    return " " + " ".join(_JOINED.sub(" ", text).replace("?", " ? ").split())


@lru_cache(maxsize=32)
def _known(language: str, *, tasks: bool) -> _Known | None:
    """Return what is known of formalities in a language; None if nothing is."""
    found = {languages.ENGLISH: formality_phrases.ENGLISH, **formality_phrases_other.BY_LANGUAGE}.get(language)
    if found is None:
        return None
    signs = f"{found.signs}\n{found.tasks}" if tasks else found.signs
    tails = f"{found.tails}\n{_COURTESIES.signs}\n{_COURTESIES.tails}"
    return _patterns(signs, tails, text_layout.word_list(found.words) | {"?"})


@lru_cache(maxsize=1)
def _courtesies() -> _Known:
    return _patterns(_COURTESIES.signs, _COURTESIES.tails, text_layout.word_list(_COURTESIES.words))


def _patterns(signs: str, tails: str, words: frozenset[str]) -> _Known:
    known = sentences.tokens(" ".join([signs, tails, *_PARTS.values()]))
    return _Known(partial(_compiled, signs, tails), words, words.union(known))


@lru_cache(maxsize=32)
def _compiled(signs: str, tails: str = "") -> re.Pattern[str]:
    """Return a regular expression for any of these phrases; see `formality_phrases` for how they are written."""
    either = [f"(?P<sign>{_any(signs)})", *([_any(tails)] if tails else [])]
    return re.compile(rf"(?:{'|'.join(either)})(?= |$)")


def _any(phrases: str) -> str:
    return "|".join(_pattern(line) for line in phrases.splitlines() if line.strip())


def _pattern(phrase: str) -> str:
    """Return the regular expression of a phrase, a space before each word."""
    found = []
    for token in _TOKEN.findall(phrase):
        if token in _PARTS:
            found.append(f"(?:{_pattern(_PARTS[token])})")
        else:
            found.append(_SYNTAX.get(token) or f" {re.escape(token)}")
    return "".join(found).replace("?*", "*")


_SYNTAX = {"(": "(?:", ")": ")", "[": "(?:", "]": ")?", "|": "|", "*": "*", "#": r" \d+[a-z]?"}
_COURTESIES = formality_courtesies.COURTESIES
_PARTS = formality_phrases.PARTS | formality_courtesies.PARTS
