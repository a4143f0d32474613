"""Languages: their names, and what to say where the pipeline knows English alone."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import pandas as pd

ENGLISH, UNKNOWN = "en", "unknown"
# The languages that are looked for, by ISO 639-1. Those that are mostly written as one of these (Scots, Nigerian
# Pidgin, Bosnian) are left to it: they would take English from speakers of English.
NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "as": "Assamese", "az": "Azerbaijani", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "ig": "Igbo",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer",
    "kn": "Kannada", "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz", "lg": "Ganda", "ln": "Lingala", "lo": "Lao",
    "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian",
    "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "my": "Burmese", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian",
    "om": "Oromo", "or": "Odia", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "rw": "Kinyarwanda", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona",
    "so": "Somali", "sq": "Albanian", "sr": "Serbian", "st": "Sotho", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "xh": "Xhosa", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip


# Common words of English that are none of its neighbours', and which share of an English text they are at least.
COMMON = frozenset(["the", "and", "that", "this", "with", "have", "from", "not", "are", "they", "their", "to", "what"])
COMMON_SHARE = 0.08
# So many documents are named.
SHOWN = 8
FOR_ENGLISH = (
    "Models, stop words, sentence splitting and the word lists for facilitators and barriers are for "
    "English. In other languages, sentences are split at punctuation, and labels, keywords, code "
    "mapping, valence and summaries are not available. Human codings, agreement and saturation are."
)


class Found(NamedTuple):
    """A text's language (ISO 639-1, or `unknown`), the share of its words in it, and other languages in it, most first.

    The share is of the words in pieces whose language is told; None where the language is unknown.
    """

    language: str
    share: float | None
    others: tuple[str, ...] = ()


def name(code: str) -> str:
    """A language's name in English: `Portuguese`; `an unknown language` where it is not known."""
    return NAMES.get(code, "an unknown language" if code == UNKNOWN else code)


def read_in(languages: pd.Series, weights: pd.Series, known: Collection[str]) -> pd.Series:
    """Whether each text is in one of the languages that something knows; `known` empty: it knows all.

    A text whose language is unknown counts as what most of the others are in. `weights`: how long each is.
    """
    if not known:
        return pd.Series(data=True, index=languages.index, dtype=bool)
    told = languages != UNKNOWN
    words = weights[told].groupby(languages[told]).sum()
    most = str(words.sort_values(ascending=False, kind="stable").index[0]) if len(words) else ENGLISH
    return languages.where(told, most).isin(list(known))


def note(told: Found) -> str:
    """What a researcher should know of a document's language, as a sentence; '' for English and where it is unknown."""
    if told.language == UNKNOWN:
        return ""
    where = f"It is in {name(told.language)} ({100 * (told.share or 0):.0f}% of its words)"
    if told.others:
        where += f", and partly in {listed(told.others)}"
    if told.language == ENGLISH:
        return f"{where}. English-only analyses are not available for that part." if told.others else ""
    return f"{where}. English-only analyses are not available for it."


def summary(documents: pd.DataFrame) -> list[str]:
    """What a study's documents are spoken in, and how surely, as sentences; also what that leaves out, if anything.

    `documents`: the table.
    """
    lines = []
    counted = documents["language"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    for code in [str(one) for one in counted.index]:
        own = documents[documents["language"] == code]
        number = f"{len(own)} document{'' if len(own) == 1 else 's'}"
        shown = ", ".join(own["document"].head(SHOWN)) + (" and others" if len(own) > SHOWN else "")
        if code == UNKNOWN:
            lines.append(f"Too few words to detect the language of {number}: {shown}.")
        else:
            least = 100 * own["language_share"].min()
            sure = "all words" if least >= 99.5 else f"at least {least:.0f}% of words"
            lines.append(f"{number} in {name(code)} ({sure}){'' if code == ENGLISH else f': {shown}'}.")
    mixed = documents[documents["other_languages"] != ""]
    rows = zip(mixed["document"], mixed["language"], mixed["other_languages"], strict=True)
    lines += [f"{one} contains {listed([str(own), *str(others).split()])}." for one, own, others in rows]
    if set(documents["language"]) - {ENGLISH, UNKNOWN} or len(mixed):
        lines.append(FOR_ENGLISH)
    return lines


def looks_english(texts: Iterable[str]) -> bool:
    """Whether texts hold so many of the commonest English words that nothing else need be asked."""
    words = " ".join(texts).lower().split()
    return sum(word in COMMON for word in words) >= COMMON_SHARE * max(len(words), 1)


def english(code: str) -> bool:
    """Whether a language is English, or unknown, which is read as English."""
    return code in (ENGLISH, UNKNOWN)


def listed(codes: Iterable[str]) -> str:
    """The names of languages as a list in words, each once: `Portuguese and Spanish`."""
    names = list(dict.fromkeys(name(code) for code in codes))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 2 else names)


def shown(words: Iterable[object], language: str) -> str:
    """Keywords as a list in words; why there are none where they are in a language that the stop words do not know."""
    said = ", ".join(str(word) for word in words)
    return said or ("" if english(language) else not_available([language]))


def not_available(codes: Iterable[str]) -> str:
    """What stands where a figure would, of talk in languages that what makes it does not know."""
    return f"not available ({listed(codes)})"
