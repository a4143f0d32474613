"""Finds the encoding of a text that does not state it: the one in which its letters are those of a language.

Each candidate is decoded, and its letters beyond ASCII are weighed by how often a language uses them, where they stand
in words, and by the language of the words that all candidates share (a naive Bayes model, in nats).
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.corpus import language_detection, text_layout

# Letters beyond ASCII of a language, the commonest first, by its code in language_detection.
LATIN = {
    "en": "éèöüáíóñçêïâ",
    "fr": "éèàêçùâîôûëïœ",
    "de": "üäöß",
    "es": "óíáéñúü",
    "pt": "ãçáéíóêúõâôà",
    "it": "èàòùìé",
    "nl": "éëïèöüó",
    "sv": "äåöé",
    "fi": "äöå",
    "da": "åøæé",
    "nb": "åøæéòô",
    "is": "áíðéóöæúþý",
    "ca": "àéòèçíóúïü",
    "et": "äõüöšž",
    "sq": "ëç",
    "pl": "łąęóżśćńź",
    "cs": "íáěéřžčýšůúťňďó",
    "sk": "áíčéúžýšľôťňäďóŕĺ",
    "hu": "áéöőíóüűú",
    "hr": "čšžćđ",
    "sl": "čšž",
    "ro": "ăîâşţșț",
    "tr": "ıüşğçöâî",
    "lt": "ėšįąųžčūę",
    "lv": "āīēšūļķģņžč",
}
OTHER = {
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оанивіертсклудмпяьзбйгчхїєжцюшщфґ",
    "bg": "аоиетнрсвлкдпмзуябгъчйжщхцюшфь",
    "sr": "аоиенсрјутдкмлвпгзбћчшжцхљњђфџ",
    "mk": "аоиентрсвдлкпмујзбгчшцжќњљѓѕфхџ",
    "be": "аніоертсялўыёькдумпзцбчгхшйжэюф",
    "el": "αοιετσνηυρπκλμςωγήίάόδέθφχύώβξζψ",
    "he": "יוהלאתמברשנעקדחפםךןטצגכזסףץ",
    "ar": "اليمنوةرتبسعدفهكقحجشصىأطخضزثئذغظءإآ",
    "fa": "انیيرهدموتسلکكبشگزفخجپحعقچطصژ",
    "th": "านรอกเ่งวมย้ลดัตท็สะิีปบคหพชแจขุูโไใถซศผึ์ำ",
}
# The commonest characters of scripts with thousands of them.
MANY = {
    "zh": (
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然"
        "家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    ),
    "zh-traditional": (
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然"
        "家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實"
    ),
    "ja": (
        "のにはをたがでていとしれさあるいもなかられりすこまくけどきんそうよせつわやめえちみおだばじ"
        "ほろびねぶゃょっ日一人大年時出本中"
    ),
    "ko": (
        "이다는에을의가고하지은한로기사를도서아어그리자나해일시인대수들있보정것게과부그으만라면스주"
        "없여전원오마우제말할저때런거안좋요네너소니무생각데"
    ),
}
# Encodings in the order in which they are met; one whose text an earlier one gives too is not another reading.
WESTERN = ("en", "fr", "de", "es", "pt", "it", "nl", "sv", "fi", "da", "nb", "is", "ca", "sq")
CENTRAL = ("pl", "cs", "sk", "hu", "hr", "sl", "ro", "de")
CYRILLIC = ("ru", "uk", "bg", "sr", "mk", "be")
ENCODINGS: dict[str, tuple[str, ...]] = {
    "cp1252": WESTERN,
    "mac_roman": WESTERN,
    "cp1250": CENTRAL,
    "cp1251": CYRILLIC,
    "gb18030": ("zh",),
    "cp932": ("ja",),
    "cp949": ("ko",),
    "cp950": ("zh-traditional",),
    "cp1254": ("tr",),
    "iso8859_15": (*WESTERN, "et"),
    "iso8859_2": CENTRAL,
    "koi8_r": ("ru",),
    "koi8_u": ("uk",),
    "cp1253": ("el",),
    "cp1255": ("he",),
    "cp1256": ("ar", "fa"),
    "cp1257": ("lt", "lv", "et"),
    "cp874": ("th",),
    "euc_jp": ("ja",),
    "iso8859_5": CYRILLIC,
    "iso8859_7": ("el",),
    "iso8859_8": ("he",),
    "iso8859_6": ("ar",),
    "iso8859_13": ("lt", "lv", "et"),
    "cp866": CYRILLIC,
    "cp850": WESTERN,
    "cp852": CENTRAL,
    "cp857": ("tr",),
    "mac_cyrillic": CYRILLIC,
    "mac_latin2": CENTRAL,
    "mac_turkish": ("tr",),
    "mac_greek": ("el",),
}
# Nats by which an encoding is likelier beforehand.
USUAL = {
    "cp1252": 3.0,
    "mac_roman": 1.0,
    **dict.fromkeys(["cp1250", "cp1251", "gb18030", "cp932", "cp949", "cp950", "cp1254"], 2.0),
}
# Nats for the language of the words in ASCII, and by which the best reading must lead to be read at all.
SPOKEN, LEAD = 6.0, 4.0
# A reading is implausible below so many nats a character; so many characters are weighed.
WORST, WEIGHED = -7.5, 4_000
# Bytes of lines that are decoded to be weighed, and the number of readings that are worth comparing.
SAMPLE, MOST = 200_000, 3
# Shares of the letters of a language, its capitals, and marks, among characters beyond ASCII; then single others.
SMALL, CAPITAL, MARK, FOREIGN, STRANGE = 0.8, 0.04, 0.15, 2e-4, 1e-6
# Languages with few such letters, in which apostrophes and quotation marks are a larger share.
MANY_MARKS = {"en": 0.8, "it": 0.4, "fr": 0.3, "nl": 0.3}
# Of Chinese, Japanese or Korean, so much is in the commonest characters. Words shown are of such lengths.
USUAL_SHARE, SHORT, LONG = 0.15, 3, 20
_MARKS = "’“”–…„‘«»—€£°§·¿¡\xa0‚‹›©®™½¼"
_WIDE = "。，、：？！「」『』（）；《》・…—“”‘’～　"
_IN_WORDS = frozenset("’‘'·-\xad\u200c\u200d")
_HIGH = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+")


class Reading(NamedTuple):
    """A text in an encoding, and how likely it is, in nats."""

    encoding: str
    text: str
    nats: float


def readings(data: bytes) -> list[Reading]:
    """Return the plausible readings of a text, the best first; those that give the same text count as one."""
    spoken = _language_in_ascii(data)
    weighed: dict[str, Reading] = {}
    sample = _sample(data)
    for encoding, languages in ENCODINGS.items():
        try:
            text = sample.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text in weighed:
            continue
        seen = Counter(_seen(text))
        best = max(
            _weighed(seen, encoding, language) + SPOKEN * (language.partition("-")[0] == spoken)
            for language in languages
        )
        if best >= WORST * seen.total():
            weighed[text] = Reading(encoding, text, best + USUAL.get(encoding, 0.0))
    found = []
    for reading in sorted(weighed.values(), key=lambda one: -one.nats):
        try:
            found.append(reading._replace(text=data.decode(reading.encoding)))
        except UnicodeDecodeError:
            continue
        if len(found) == MOST:
            break
    return found


def _sample(data: bytes) -> bytes:
    """Return lines with letters beyond ASCII, up to a size."""
    lines, size = [], 0
    for line in data.split(b"\n"):
        if not line.isascii():
            lines.append(line)
            size += len(line)
        if size >= SAMPLE:
            break
    return b"\n".join(lines)


def examples(text: str) -> str:
    """Return two words of a text with letters beyond ASCII, in quotation marks; '' if it has none."""
    words = dict.fromkeys(word for word in _WORD.findall(text) if not word.isascii())
    best = sorted(words, key=lambda word: not SHORT < len(word) < LONG)[:2]
    return " and ".join(f"'{word[:LONG]}'" for word in best)


def difference(one: Reading, other: Reading) -> str:
    """Return the first word of a reading that another one spells otherwise."""
    words = re.split(r"\s+", one.text), set(re.split(r"\s+", other.text))
    return next((word[:LONG] for word in words[0] if word not in words[1]), "")


def is_latin(encoding: str) -> bool:
    """Return whether an encoding is for languages in Latin letters."""
    return ENCODINGS[encoding][0] in LATIN


def is_wide(text: str) -> bool:
    """Return whether the commonest Chinese, Japanese, Korean or Thai characters are common in a text."""
    usual = frozenset("".join(MANY.values()) + OTHER["th"])
    high = _HIGH.findall(text)
    return sum(letter in usual for letter in high) >= USUAL_SHARE * len(high) > 0


def _language_in_ascii(data: bytes) -> str:
    """Return the language of the words without letters beyond ASCII; '' if it is not clear or there are few."""
    words = [word for word in data.split() if word.isascii() and word.isalpha()]
    text = b" ".join(words[:2_000]).decode("ascii")
    if text_layout.count_words(text) < language_detection.FEWEST:
        return ""
    return language_detection.detect_language([text]).language


def _seen(text: str) -> Iterator[tuple[str, float]]:
    """Yield each character beyond ASCII with the nats that its place costs it."""
    for number, match in enumerate(_HIGH.finditer(text)):
        if number >= WEIGHED:
            return
        at = match.start()
        yield match.group(), _misplaced(text[at - 1 : at] if at else "", match.group(), text[at + 1 : at + 2])


def _misplaced(before: str, letter: str, after: str) -> float:
    if letter.isalpha():
        mixed = ord(letter) > 0x36F and any(one.isascii() and one.isalpha() for one in (before, after))
        return -6.0 * (letter.isupper() and before.islower()) - 4.0 * mixed
    between = before.isalpha() and after.isalpha() and ord(letter) < 0x2E80
    return -8.0 * (between and letter not in _IN_WORDS and not _combining(letter))


def _combining(letter: str) -> bool:
    return "\u0300" <= letter <= "\u036f" or "\u0591" <= letter <= "\u0652" or "\u0e31" <= letter <= "\u0e4e"


def _weighed(seen: Counter[tuple[str, float]], encoding: str, language: str) -> float:
    known = _logs(language)
    return sum(
        count * ((known[letter] if letter in known else _unknown(letter, encoding, language)) + misplaced)
        for (letter, misplaced), count in seen.items()
    )


def _unknown(letter: str, encoding: str, language: str) -> float:
    if language in MANY:
        raw = letter.encode(encoding)
        return math.log(_of_level(raw, encoding)) if len(raw) == 2 else math.log(STRANGE)
    foreign = letter.isalpha() and (language in LATIN) == (ord(letter) < 0x250)
    return math.log(FOREIGN if foreign else STRANGE)


# Rows of a national standard that hold its usual characters, by their first bytes, and how many those are.
_USUAL_ROWS = {
    "gb18030": (0xB0, 0xD7, 3755),
    "cp950": (0xA4, 0xC6, 5401),
    "cp932": (0x88, 0x98, 2965),
    "euc_jp": (0xB0, 0xCF, 2965),
    "cp949": (0xB0, 0xC8, 2350),
}


def _of_level(raw: bytes, encoding: str) -> float:
    first, last, size = _USUAL_ROWS[encoding]
    usual = first <= raw[0] <= last and (raw[1] >= 0xA1 or encoding in ("cp950", "cp932"))
    kana = encoding in ("cp932", "euc_jp") and raw[0] in (0x82, 0x83, 0xA4, 0xA5)
    return 1 / 500 if kana else 0.45 / size if usual else 5e-6


@lru_cache(maxsize=64)
def _logs(language: str) -> dict[str, float]:
    """Return the nats of the characters that a language is written with."""
    if language in MANY:
        letters = list(dict.fromkeys(MANY[language]))
        return _shares(letters, 0.4, flat=10) | _shares(list(_WIDE), 0.15, flat=2)
    letters = list(LATIN.get(language) or OTHER[language])
    capitals = [letter.upper() for letter in letters if len(letter.upper()) == 1 and letter.upper() != letter]
    if language == "tr":
        capitals.append("İ")
    marks = MANY_MARKS.get(language, MARK)
    small = SMALL * (1 - marks) / (1 - MARK)
    return _shares(letters, small) | _shares(capitals, CAPITAL) | _shares(list(_MARKS), marks)


def _shares(letters: Sequence[str], share: float, *, flat: int = 1) -> dict[str, float]:
    """Return the nats of letters whose shares fall with their rank (Zipf)."""
    weights = [1 / (rank + flat) for rank in range(1, len(letters) + 1)]
    return {letter: math.log(share * weight / sum(weights)) for letter, weight in zip(letters, weights, strict=True)}
