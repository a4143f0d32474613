"""How participants are referred to in a paper, and how their names are kept out of it.

A participant is a code (P3) with what the paper says of them (nurse, Haverley). The names hidden are those that
transcripts and participants.csv give: speaker labels, cases, and columns such as `name`. Names of other people and
nicknames that no column gives cannot be known, so quotes still have to be read through (see `unlisted_names`).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.core.names import key
from pipeline.core.table_rows import each
from pipeline.corpus import role_words

# Columns of participants.csv with the codes that a paper uses, and with names that it does not.
CODES = ("pseudonym", "code", "participant_code", "alias")
NAMES = re.compile(
    r"(?:first|last|full|given|family|sur|real|nick|pet|middle|maiden|birth|preferred|user|speaker|participant)?"
    r"[ _-]?names?|initials|e-?mail"
)
_CODE = re.compile(r"(?:(?P<word>[^\W\d_]+)[\s_.#-]*)?\d+[a-z]?", re.IGNORECASE)
TOKEN = re.compile(r"[^\W\d_]+(?:[-'’ʼ][^\W\d_]+)*")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Parts of labels that are no names.
_TITLES = """
dr doctor prof professor mr mrs ms miss mx sir dame lady lord rev reverend father sister brother nurse matron
herr frau monsieur madame mme señor señora sr sra dra dott
ward staff team group manager director lead leader head chief officer senior junior deputy assistant consultant
registrar surgeon physician therapist pharmacist midwife carer caregiver mother parent son daughter student teacher
speaker voice person people male female man woman unknown unidentified everyone several all narrator and the of
"""
TITLES = frozenset(_TITLES.split())
# Below this share of words with a capital, a text is written without capitals.
CAPITALS = 0.01


@dataclass(frozen=True)
class People:
    """How participants appear in a paper.

    `code_of`: the code of each case; `about`: what the paper says of each case (role, site); `replaced`: what stands
    for each word of a name, by its folded form; `ordinary`: those of them that are also ordinary words of the talk, and
    are names only where they have a capital; `shown`: whether names are shown.
    """

    code_of: Mapping[str, str]
    about: Mapping[str, str]
    replaced: Mapping[str, str] = field(default_factory=dict)
    ordinary: frozenset[str] = frozenset()
    shown: bool = False

    def cited(self, case: str, source_type: str = "interview") -> str:
        """How a quote cites its speaker: P3, nurse, Haverley. Without a case, the kind of source."""
        if not case:
            return {"field_note": "field notes", "document": "document", "focus_group": "focus group participant"}.get(
                source_type, "participant"
            )
        name = case if self.shown else self.code_of.get(case, "participant")
        return ", ".join(filter(None, (name, self.about.get(case, ""))))

    def without_names(self, text: str) -> str:
        """A text with each name replaced by its participant's code in brackets; unchanged if names are shown."""
        if self.shown or not self.replaced or not text:
            return text
        spaceless = [name for name in self.replaced if _NO_SPACES.search(name)]
        for name in sorted(spaceless, key=len, reverse=True):
            text = text.replace(name, f"[{self.replaced[name]}]")
        return TOKEN.sub(self._replacement, text)

    def names_in(self, text: str) -> list[str]:
        """The names that a text still has, as they are written there, each once, in order."""
        found = [match[0] for match in TOKEN.finditer(text) if self._replacement(match) != match[0]]
        found += [name for name in self.replaced if _NO_SPACES.search(name) and name in text]
        return list(dict.fromkeys(found))

    def _replacement(self, match: re.Match[str]) -> str:
        token = match[0]
        for form, rest in ((token, ""), without_ending(token)):
            if (stands := self.replaced.get(folded(form))) and self._is_name(form):
                return f"[{stands}]{rest}"
        parts = re.split(r"([-'’ʼ])", token)
        if len(parts) == 1:
            return token
        return "".join(
            f"[{self.replaced[folded(part)]}]" if folded(part) in self.replaced and self._is_name(part) else part
            for part in parts
        )

    def _is_name(self, form: str) -> bool:
        return folded(form) not in self.ordinary or form[:1].isupper()


def people(
    *,
    speakers: pd.DataFrame,
    cases: pd.DataFrame,
    texts: Iterable[str],
    describe: Sequence[str],
    shown: bool = False,
    keep: Collection[str] = (),
    hide: Collection[str] = (),
) -> People:
    """How the participants of a study appear in a paper.

    `speakers`: the table speakers; `texts`: all talk, which tells names from ordinary words; `describe`: the attributes
    that the paper says of participants; `shown`: show names; `keep`: words that are also names and may stay; `hide`:
    names of other people and of places, which become [name].
    """
    code_of = codes(speakers, cases)
    columns = [name for name in describe if name in cases.columns]
    about = {
        str(row["case"]): ", ".join(str(row[name]) for name in columns if _said(row[name]))
        for row in cases.to_dict("records")
    }
    if shown:
        return People(code_of, about, shown=True)
    names = _names(speakers, cases, code_of, columns)
    names |= {folded(word): "name" for phrase in hide for word in TOKEN.findall(phrase)}
    for word in keep:
        names.pop(folded(word), None)
    capital, lower, plain = _counted(texts)
    ordinary = frozenset(
        name
        for name in names
        if len(name) == 2 or (not plain and lower[name] > capital[name] and not _NO_SPACES.search(name))
    )
    return People(code_of, about, names, ordinary)


def codes(speakers: pd.DataFrame, cases: pd.DataFrame) -> dict[str, str]:
    """The code of each case: participants.csv's own, else the case itself if all are codes, else P1, P2 … in order.

    Codes of participants.csv (see CODES) are used if every case has one of its own.
    """
    speaking = speakers[(speakers.part == "participant") & (speakers.case != "")]
    order = list(dict.fromkeys([*speaking.case, *cases.case.astype(str)]))
    for column in cases.columns:
        if key(str(column)) in CODES:
            own = {str(case): str(value) for case, value in zip(cases.case, cases[column], strict=True) if _said(value)}
            if set(order) <= own.keys() and len(set(own.values())) == len(own):
                return {case: own[case] for case in order}
    if all(is_code(case) for case in order):
        return {case: case for case in order}
    return {case: f"P{number}" for number, case in enumerate(order, start=1)}


def is_code(label: str) -> bool:
    """Whether a label is a code (P3, IV-07, Nurse 2) and not a name."""
    match = _CODE.fullmatch(label.strip())
    if not match:
        return False
    word = key(match["word"] or "")
    return len(word) <= 3 or word in TITLES or bool(role_words.kind(word))


def folded(name: str) -> str:
    """A name as it is compared: without case and accents."""
    if name.isascii():
        return name.casefold()
    apart = unicodedata.normalize("NFKD", name.casefold())
    return unicodedata.normalize("NFC", "".join(sign for sign in apart if not unicodedata.combining(sign)))


def alone(cases: pd.DataFrame, describe: Sequence[str]) -> int:
    """How many participants are the only ones with their combination of attributes, and so may be recognised."""
    columns = [name for name in describe if name in cases.columns]
    if not columns:
        return 0
    sizes = cases.fillna("").astype(str).groupby(columns).size()
    return int((sizes == 1).sum())


def _names(
    speakers: pd.DataFrame, cases: pd.DataFrame, code_of: Mapping[str, str], columns: Sequence[str]
) -> dict[str, str]:
    """What stands for each word of each name, by its folded form."""
    described = {
        folded(word)
        for column in columns
        for value in cases[column]
        if _said(value)
        for word in TOKEN.findall(str(value))
    }
    found: dict[str, set[str]] = {}
    for row in each(speakers[["speaker", "case", "part"]].drop_duplicates()):
        stands = code_of.get(row.case, "") or ("interviewer" if row.part == "interviewer" else "participant")
        for label in (row.speaker, row.case):
            _add(found, label, stands, described)
    named = [str(column) for column in cases.columns if NAMES.fullmatch(key(str(column)))]
    for record in cases.to_dict("records"):
        for label in (str(record["case"]), *(str(record[name]) for name in named if _said(record[name]))):
            _add(found, label, code_of.get(str(record["case"]), "participant"), described)
    return {name: next(iter(stands)) if len(stands) == 1 else "name" for name, stands in found.items()}


def _add(found: dict[str, set[str]], label: str, stands: str, described: set[str]) -> None:
    if is_code(label) or label == stands:
        return
    if _NO_SPACES.search(label):
        found.setdefault(label.strip(), set()).add(stands)
        return
    for token in TOKEN.findall(label):
        for word in dict.fromkeys([token, *re.split(r"[-'’ʼ]", token)]):
            plain = folded(word)
            # Two letters are initials, unless they are written as a name: Jo.
            is_long = len(plain) > 2 or (len(plain) == 2 and word.istitle())
            if is_long and plain not in TITLES and plain not in described and not role_words.kind(plain):
                found.setdefault(plain, set()).add(stands)


def _counted(texts: Iterable[str]) -> tuple[Counter[str], Counter[str], bool]:
    """How often each word occurs with and without a capital, and whether the talk is written without capitals."""
    capital: Counter[str] = Counter()
    lower: Counter[str] = Counter()
    for text in texts:
        for word in TOKEN.findall(text):
            form = without_ending(word)[0]
            (capital if form[:1].isupper() else lower)[folded(form)] += 1
    return capital, lower, capital.total() < CAPITALS * (capital.total() + lower.total())


def without_ending(token: str) -> tuple[str, str]:
    """Return a word without its 's, and the 's."""
    match = re.fullmatch(r"(.+?)(['’ʼ]s?)", token)
    return (match[1], match[2]) if match else (token, "")


def _said(value: object) -> bool:
    return str(value).strip() not in ("", "nan", "None", "<NA>")
