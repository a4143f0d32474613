"""What the cells of a table's columns look like: numbers, times, names, sentences, questions."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers import header_words
from pipeline.corpus.readers.grids import Column

# A cell with this many words is prose; a longer name than this is no name.
PROSE_WORDS, NAME_WORDS, NAME_CHARACTERS = 4, 5, 40
# Minimum share of cells that must have a shape for the column to have it.
MOSTLY = 0.8
_NUMBER = re.compile(r"[-+(#]?\d[\d\s.,]*[)%]?")
_TIME = re.compile(r"[\[(<]?(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,:]\d{1,6})?(?:\s*(?:-->|-|–|to)\s*[\d:.,]+)?[\])>]?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ,]+\d{1,2}[:.]\d{2}.{0,25})?")
_ID = re.compile(r"(?=\S*\d)[\w.:#/@-]+|\S+@\S+|https?://\S+")
_DIARISED = re.compile(r"(?:spk|spkr|speaker|sprecher|locuteur|hablante|falante)[\s_-]*\d{1,3}", re.IGNORECASE)
_FILE = re.compile(
    r".*\S\.(?:mp[34]|m4a|wav|mov|docx?|txt|pdf|vtt|srt|json|aac|webm|ogg|wma|flac|rtf|odt|csv)", re.IGNORECASE
)
_ASKS = ("?", "？", "؟", ";?", "՞")


@dataclass(frozen=True)
class Profile:
    """What the cells of a column look like; shares are of its filled cells."""

    column: Column

    @cached_property
    def filled(self) -> list[str]:
        """The cells with text."""
        return self.column.filled

    @cached_property
    def coverage(self) -> float:
        """The share of rows with text."""
        return len(self.filled) / max(1, len(self.column.cells))

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value occurs, by its key."""
        return Counter(key(clean_name(cell)) for cell in self.filled)

    @cached_property
    def words(self) -> int:
        """The number of words."""
        return sum(map(text_layout.count_words, self.filled))

    @cached_property
    def prose(self) -> float:
        """The share of cells with several words."""
        return self._share(lambda cell: text_layout.count_words(cell) >= PROSE_WORDS)

    @cached_property
    def asking(self) -> float:
        """The share of cells that end in a question mark."""
        return self._share(lambda cell: cell.rstrip(" \"'”»)").endswith(_ASKS))

    @cached_property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self._share(_NUMBER.fullmatch) >= MOSTLY

    @cached_property
    def times(self) -> float:
        """The share of cells that are times in a recording, written with colons."""
        return self._share(_TIME.fullmatch)

    @property
    def timed(self) -> bool:
        """Whether it holds times in a recording."""
        return self.times >= MOSTLY

    @cached_property
    def dated(self) -> bool:
        """Whether it holds dates."""
        return self._share(_DATE.fullmatch) >= MOSTLY

    @cached_property
    def coded(self) -> bool:
        """Whether it holds identifiers, addresses or file names, with digits in them."""
        return self._share(_ID.fullmatch) >= MOSTLY

    @cached_property
    def names_files(self) -> bool:
        """Whether it holds names of files."""
        return self._share(_FILE.fullmatch) >= MOSTLY

    @cached_property
    def diarised(self) -> bool:
        """Whether it holds speakers as programs number them: spk_0, SPEAKER_01."""
        return self._share(_DIARISED.fullmatch) >= MOSTLY

    @cached_property
    def named(self) -> float:
        """The share of cells that may be a name."""
        return self._share(
            lambda cell: (
                len(cell.split()) <= NAME_WORDS and len(cell) <= NAME_CHARACTERS and not cell.rstrip().endswith(_ASKS)
            )
        )

    @cached_property
    def runs(self) -> list[str]:
        """The values in order, without repetitions in a row; an empty cell continues the one above."""
        return [value for value, _ in groupby(key(clean_name(cell)) for cell in self.filled)]

    @cached_property
    def alternation(self) -> float:
        """The share of neighbouring cells that differ."""
        return (len(self.runs) - 1) / max(1, len(self.filled) - 1)

    @cached_property
    def recurrence(self) -> float:
        """From 0 (all cells differ) to nearly 1 (few values)."""
        return 1 - len(self.counts) / max(1, len(self.filled))

    def means(self, meaning: header_words.Meaning) -> float:
        """Return how far the header names a meaning, from 0 to 1."""
        return header_words.means(self.column.name, meaning)

    @property
    def speaks(self) -> bool:
        """Whether the cells may be speech: words rather than numbers, times, dates or identifiers."""
        return bool(self.filled) and not (self.numeric or self.timed or self.dated or self.coded or self.names_files)

    def _share(self, test: Callable[[str], object]) -> float:
        return sum(1 for cell in self.filled if test(cell)) / max(1, len(self.filled))


def clean_name(cell: str) -> str:
    """Return a speaker's name from a cell, without the colon or brackets around it: `DB:`, `[Anna]`, `<v Jo>`."""
    name = re.sub(r"^<v[ .]([^<>]+)>$", r"\1", cell.strip())
    name = re.sub(r"[\s:：;.,\-–—>]+$", "", name.strip("*_ \t")) or name
    match = re.fullmatch(r"[\[(<{](.+)[\])>}]", name)
    return (match[1] if match else name).strip("*_ \t")
