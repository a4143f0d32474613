"""Who speaks, and who asks: what share of the words goes to the right person and part, form by form.

Run as `make bench-speakers`, or `python -m benchmarks.speakers --only pdf --words 300`. It scores the sets and the
cases of ../shared, where they are there, and writes some of their transcripts (or the sample study's) in every form of
`benchmarks/transcript_forms.py`. Wrong in silence: words given to another person or part in a document that no row of
ingest_problems mentions. Everything lies in a temporary folder.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import yaml

from benchmarks import transcript_forms
from benchmarks.transcript_forms import Said
from pipeline import ingest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
CASES, DATA = SHARED / "cases", SHARED / "data"
# Talks rewritten, of each set, and who asks in them.
TALKS, ASKS = 4, "Adele Berg"
ANSWER = (
    "Boris Kern",
    "Clara Haas",
    "Dilan Ortiz",
    "Edwin Vogt",
    "Freya Olsen",
    "Gregor Rao",
    "Helga Lind",
    "Irina Marsh",
)
# Words are matched with the next ones of what was read, at most this far ahead and in runs of this many.
AHEAD, RUN = 400, 4
_LABEL = re.compile(r"(?P<name>[A-Z][\w ]{0,30}): +(?P<text>.+)")
_MODERATOR = re.compile(r"\s*MODERATOR: *(?P<text>.*)")
_TASK = re.compile(r"\s*\d(?:\.[a-z])? |\s*\(|#|\[")


class Word(NamedTuple):
    """A word, who says it, and the part: interviewer, participant, or '' for anything but the interviewer."""

    word: str
    who: str
    part: str


@dataclass
class Score:
    """Counts of words: all, of the right person, of the right part, and wrong in a document nothing is said of."""

    words: int = 0
    person: int = 0
    part: int = 0
    silent: int = 0

    def row(self, name: str) -> str:
        """Return the counts as a line of the table, in per cent."""
        of = max(self.words, 1)
        return f"{name:28}{100 * self.person / of:9.1f}{100 * self.part / of:9.1f}{100 * self.silent / of:9.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--words", type=int, default=700, help="words of each rewritten talk")
    parser.add_argument("--only", default="", help="forms whose names hold this word")
    parser.add_argument("--no-cases", action="store_true", help="leave out the cases, which take longest")
    options = parser.parse_args()
    began = time.time()
    print(f"{'share of words, per cent':28}{'person':>9}{'part':>9}{'silent':>9}")
    if not options.only:
        for name, documents in _sets():
            files = {document: (DATA / name / "transcripts" / document).read_bytes() for document in documents}
            print(score(files, documents).row(name), flush=True)
    total = Score()
    talks = list(_talks(options.words))
    for form, (ending, write) in transcript_forms.FORMS.items():
        if options.only not in form:
            continue
        one = _form(talks, ending, write)
        total = Score(*(a + b for a, b in zip(vars(total).values(), vars(one).values(), strict=True)))
        print(one.row(form), flush=True)
    print(total.row("all forms") + f"\n{len(talks)} talks a form, {time.time() - began:.0f} s", flush=True)
    if not options.only and not options.no_cases:
        print(_cases())


def score(files: Mapping[str, bytes], truth: Mapping[str, Sequence[Word]]) -> Score:
    """Return how the documents of a study are read, by their names."""
    settings = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))["ingest"]
    with tempfile.TemporaryDirectory() as folder:
        transcripts = Path(folder) / "transcripts"
        transcripts.mkdir()
        for name, data in files.items():
            (transcripts / name).write_bytes(data)
        tables = ingest.ingest(
            Path(folder),
            interviewer_labels=tuple(settings["interviewer_labels"]),
            min_label_count=settings["min_label_count"],
        )
    told = set(tables["ingest_problems"]["document"])
    turns = dict(list(tables["turns"].groupby("document")))
    total = Score()
    for name, words in truth.items():
        one = _compared(words, turns.get(name, tables["turns"].iloc[:0]))
        total.words += one.words
        total.person += one.person
        total.part += one.part
        total.silent += one.words - min(one.person, one.part) if name not in told else 0
    return total


def _compared(words: Sequence[Word], turns: pd.DataFrame) -> Score:
    read = [
        Word(word, turn.speaker, turn.part if turn.speaker or not turn.case else "participant")
        for turn in turns.itertuples()
        for word in _words(turn.text)
    ]
    pairs = list(_matched(words, read))
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for said, heard in pairs:
        votes[said.who][heard.who] += 1
    label = {who: counts.most_common(1)[0][0] for who, counts in votes.items()}
    shared = {name for name, count in Counter(label.values()).items() if count > 1}
    found = Score(len(words))
    for said, heard in pairs:
        found.person += heard.who == label[said.who] and heard.who not in shared
        found.part += heard.part == said.part or (not said.part and heard.part != "interviewer")
    return found


def _matched(words: Sequence[Word], read: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    """Yield each word with the one it was read as; words that are not there are left out."""
    at = 0
    for index, said in enumerate(words):
        if at < len(read) and read[at].word == said.word:
            yield said, read[at]
            at += 1
            continue
        wanted = [word.word for word in words[index : index + RUN]]
        ahead = range(at, min(at + AHEAD, len(read)))
        found = next((n for n in ahead if [word.word for word in read[n : n + RUN]] == wanted), -1)
        if found >= 0:
            yield said, read[found]
            at = found + 1


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _form(talks: Sequence[list[Said]], ending: str, write: object) -> Score:
    files, truth = {}, {}
    for number, talk in enumerate(talks):
        name = f"int_{number:02}{ending}"
        slipped = transcript_forms.with_slips(talk, number)
        files[name] = write(slipped)  # type: ignore[operator]
        parts = ("interviewer", "participant")
        truth[name] = [Word(word, str(turn.who), parts[turn.who]) for turn in slipped for word in _words(turn.text)]
    return score(files, truth)


def _cases() -> str:
    if not (CASES / "check.py").exists():
        return "cases: skipped, because ../shared/cases is not there"
    done = subprocess.run(
        [sys.executable, str(CASES / "check.py"), str(CASES / "who_speaks")],
        cwd=ROOT,
        env={**os.environ, "CHECKOUT": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return f"cases: {done.stdout.strip().splitlines()[-1] if done.stdout.strip() else done.stderr[-300:]}"


def _sets() -> Iterator[tuple[str, dict[str, list[Word]]]]:
    """Yield the sets as they are: the words of each document, with who says them."""
    readers = {"pdpilot_interviews": _of_labels, "world_after_covid": _of_labels, "serdif_usability": _of_moderator}
    for name, read in readers.items():
        paths = sorted((DATA / name / "transcripts").glob("*.txt"))
        if paths:
            yield name, {path.name: list(read(path.read_text("utf-8"))) for path in paths}


def _of_labels(text: str) -> Iterator[Word]:
    for name, words in _labelled(text):
        asks = name == "Dan"
        who = "Participant" if name.startswith("Partic") else name
        yield from (Word(word, who, "interviewer" if asks else "participant") for word in _words(words))


def _of_moderator(text: str) -> Iterator[Word]:
    for line in text.split("\n"):
        asked = _MODERATOR.match(line)
        if asked:
            yield from (Word(word, "moderator", "interviewer") for word in _words(asked["text"]))
        elif not _TASK.match(line):
            yield from (Word(word, "participant", "participant") for word in _words(line))


def _labelled(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if match := _LABEL.fullmatch(line.strip()):
            yield match["name"], match["text"]


def _talks(words: int) -> Iterator[list[Said]]:
    """Yield talks between two people, the interviewer first, of about so many words."""
    names = iter(ANSWER)
    folder = DATA / "pdpilot_interviews" / "transcripts"
    dialogues = sorted(folder.glob("*.txt"))[:TALKS] or sorted((ROOT / "data" / "sample" / "transcripts").glob("*.txt"))
    for path in dialogues:
        turns = list(_labelled(path.read_text("utf-8")))
        asks = turns[0][0] if turns else ""
        yield from _talk([(int(name != asks), text) for name, text in turns], next(names), words)
    for path in sorted((DATA / "world_after_covid" / "transcripts").glob("*.txt"))[:TALKS]:
        answers = re.findall(r"\[Q\d\] (.+)\n[^:\n]+: (.+)", path.read_text("utf-8"))
        asked = [(who, text) for about, words_ in answers for who, text in enumerate((_question(about), words_))]
        yield from _talk(asked, next(names), words * 2)


def _question(about: str) -> str:
    return f"Thank you. Let us come to the next point, {about.lower()}: what comes to your mind first?"


def _talk(turns: Sequence[tuple[int, str]], name: str, words: int) -> Iterator[list[Said]]:
    talk: list[Said] = []
    for who, text in turns:
        if sum(len(turn.text.split()) for turn in talk) > words:
            break
        if talk and talk[-1].who == who:
            continue
        clean = " ".join(re.sub(r"[:：\[\]<>#*]", " ", text).split())
        talk.append(Said(who, name if who else ASKS, clean, 7 * len(talk) + 7))
    if len(talk) > 2:
        yield talk


if __name__ == "__main__":
    main()
