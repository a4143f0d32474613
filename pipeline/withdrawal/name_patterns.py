"""Names to search for: their spellings, as whole words, and how certain a match is."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.core.names import key, written
from pipeline.corpus.text_layout import word_list
from pipeline.withdrawal.normalised_text import UNSPACED, level, small

# A name of fewer letters, or of so few letters and digits, may mean something else; of digits alone there must be more.
SHORT, FEW_DIGITS = 3, 4

# What may be found, the surest first, and how it is said.
SAID = {
    "sentence": "a sentence",
    "name": "the name {}",
    "otherwise": "the name {}, in another spelling",
    "part": "'{}', a part of their name",
    "word": "'{}', which is also an ordinary word",
    "short": "'{}', which is short and may be something else",
    "small": "'{}' in lower case, where it is usually an ordinary word or part of something else",
}

_PIECE = re.compile(r"[^\W_']+(?:'[^\W_']+)*")

# Words that are names too, and parts of labels that are nobody's name.
_WORDS = word_list(
    """
    amber april art august baker bill black brown case chase cook daisy dawn day dean drew eve faith frank grace grant
    green guy heather holly hope iris ivy jack joy june king lily long mark max may miles norm olive page pat pearl
    penny ray rob rose ruby rusty sandy summer sue violet white will young
    """
)
_NOBODY = word_list(
    """
    al and bin carer client de del der doctor dr facilitator focus group int interview interviewee interviewer la le
    manager moderator mr mrs ms nurse of participant patient person prof respondent sister speaker student teacher the
    transcript unknown van von
    """
)


@dataclass(frozen=True, order=True)
class Name:
    """A name to look for. `how`: name, part (of a longer one), short, or word (a name that is a plain word too)."""

    text: str
    how: str = "name"


@dataclass(frozen=True)
class Hit:
    """What was found. `how`: see SAID; `name`: which name, or '' for a sentence."""

    how: str
    name: str = ""

    def __str__(self) -> str:
        """As it is said."""
        return SAID[self.how].format(self.name)


SENTENCE = Hit("sentence")


def surest(hits: Iterable[Hit]) -> set[Hit]:
    """Of what was found of each name, the surest; a part of a name that was found whole says nothing more."""
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda hit: list(SAID).index(hit.how)):
        best.setdefault(hit.name, hit)
    full_names = [hit.name for hit in best.values() if hit.how in ("name", "otherwise") and " " in hit.name]
    words_of_names = {word for name in full_names for word in name.split()}
    return {hit for hit in best.values() if hit.name not in words_of_names}


def to_look_for(names: Iterable[str], spoken: set[str]) -> tuple[tuple[Name, ...], tuple[str, ...]]:
    """Which names to look for, and how; and those too short for it. `spoken`: what others say in small letters."""
    name_of: dict[str, Name] = {}
    left_out: set[str] = set()
    full_names = {key(name): written(name) for name in sorted(names) if written(name)}
    for name in full_names.values():
        pieces = _PIECE.findall(level(name))
        plain = "".join(pieces)
        if pieces and all(piece.lower() in _NOBODY for piece in pieces):
            continue  # Participant: a role, and nobody's name
        if (plain.isdecimal() and len(plain) < FEW_DIGITS) or (plain.isascii() and len(plain) < 2) or not pieces:
            left_out.add(name)
            continue
        name_of[name] = Name(name, _how(plain, len(pieces), spoken))
        for word in _PIECE.findall(name) if " " in name and "/" not in name else ():
            if word.isalpha() and len(word) >= SHORT and word.lower() not in _NOBODY and key(word) not in full_names:
                name_of.setdefault(word, Name(word, "part"))
    return tuple(sorted(name_of.values())), tuple(sorted(left_out))


def _how(plain: str, pieces: int, spoken: set[str]) -> str:
    letters_alone = plain.isalpha()
    if plain.isascii() and (len(plain) <= (SHORT - letters_alone) or plain.isdecimal()):
        return "short"
    return "word" if pieces == 1 and (plain.lower() in _WORDS or plain.lower() in spoken) else "name"


@dataclass(frozen=True)
class Whole:
    """A name as a whole word: a pattern for each spelling, and what must stand before it, on a few signs."""

    patterns: tuple[re.Pattern[str], ...]
    before: re.Pattern[str]

    def stands_in(self, text: str) -> bool:
        """Whether a text holds it."""
        places = (match.start() for pattern in self.patterns for match in pattern.finditer(text))
        return any(self.before.search(f" {text[max(position - 3, 0) : position]}") for position in places)


@dataclass(frozen=True)
class Look:
    """How a name is looked for: `cased` as it is written or in capitals, where that tells it from a plain word."""

    name: Name
    small: Whole
    cased: Whole | None

    @staticmethod
    def of(name: Name) -> "Look":
        """How a name is looked for."""
        lower = {small(level(name.text)), *_umlauts(name.text)}
        cased = {level(name.text), level(name.text).title(), level(name.text).upper()}
        cased |= {spelling.title() for spelling in lower}
        alone = name.how == "short"
        return Look(name, _whole(lower, alone=alone), None if name.how == "name" else _whole(cased, alone=alone))

    def hit(self, form: str, levelled: str, lower: str) -> Hit | None:
        """Whether a text holds the name, given as it stands, levelled, and in small letters; and how sure that is."""
        if not self.small.stands_in(lower):
            return None
        if self.cased is not None:
            return Hit(self.name.how if self.cased.stands_in(levelled) else "small", self.name.text)
        alike = self.name.text.isascii() or any(spelling in form for spelling in _spellings(self.name.text))
        return Hit("name" if alike else "otherwise", self.name.text)


def _spellings(name: str) -> set[str]:
    """A name as it is and in capitals, composed and decomposed: it counts as the same name, not as a similar one."""
    cased = {name, name.lower(), name.upper(), name.title()}
    return {unicodedata.normalize(form, spelling) for form in ("NFC", "NFD") for spelling in cased}


def _whole(spellings: Iterable[str], *, alone: bool) -> Whole:
    """Look for a name as a whole word; `alone`: also without digits beside it. Anna's and Annas count as Anna."""
    pieces_of_spellings = [_PIECE.findall(spelling) for spelling in sorted(spellings)]
    patterns = [
        r"[\W_]{0,3}".join(re.escape(piece).replace("'", "['`]?") for piece in pieces) for pieces in pieces_of_spellings
    ]
    first, last = pieces_of_spellings[0][0][0], pieces_of_spellings[0][-1][-1]
    before = "" if _unspaced(first) else r"[\W_]" if alone or first.isdecimal() else r"[\W\d_]"
    after = "" if _unspaced(last) else r"(?![^\W_])" if alone or last.isdecimal() else r"s?(?![^\W\d_])"
    return Whole(tuple(re.compile(pattern + after) for pattern in patterns), re.compile(rf"{before}{_prefix(first)}\Z"))


def _unspaced(sign: str) -> bool:
    return bool(re.match(f"[{UNSPACED}]", sign))


def _prefix(first: str) -> str:
    """Letters that Hebrew and Arabic write before a name without a space: and, in, like, to, from, that, the."""
    if "\u05d0" <= first <= "\u05ea":
        return "[ובהכלמש]{0,2}"
    return "[وفبكل]{0,2}" if "\u0600" <= first <= "\u06ff" else ""


def _umlauts(name: str) -> set[str]:
    """A name as it is written where there are no umlauts: Mueller."""
    spelled = key(name)
    for letter, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"), ("ø", "oe")):
        spelled = spelled.replace(letter, two)
    return {small(level(spelled))}
