"""A small invented study for the tests of mapping: four talks about time, staff and cake, with words for vectors."""

import hashlib

import numpy as np
import pandas as pd

from pipeline.core import store
from pipeline.deductive.codebook import Code, Codebook
from pipeline.map_codes import Input, opened

WIDTH = 256
TIME = [
    "There is never enough time for improvement in the week",
    "We were given a study day and that time made it possible",
    "Half a day a month is the time they promised us",
    "My free time went into the charts every weekend",
]
STAFF = [
    "There were two nurses for the whole ward again",
    "We are short of nurses and the vacancies stay open",
    "Agency nurses do not know the ward and it is difficult",
    "A new nurse started on the ward and it helped us",
]
CAKE = [
    "The cake at the meeting was chocolate I think",
    "Somebody brought a lemon cake and we all had some",
    "I do not remember which cake it was that day",
    "The cake had a candle on it for the chart",
]
BOOK = Codebook(
    codes=(
        Code(name="Resources", definition="What there is to work with."),
        Code(
            name="Time",
            parent="Resources",
            definition="Whether there is time for improvement.",
            include="A study day, half a day, free time.",
            examples=("They promised time and never gave it",),
        ),
        Code(
            name="Staffing",
            parent="Resources",
            definition="Whether there are nurses enough on the ward.",
            exclude="Time for improvement.",
            examples=("Two nurses for the whole ward",),
            counter_examples=("There is no time in the week",),
        ),
        Code(name="Food", definition="Cake and what else there was to eat."),
    )
)


def encode(texts: list[str]) -> np.ndarray:
    """A unit vector a text, from its words: texts that share words are near."""
    rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.lower().replace(".", " ").replace(",", " ").split():
            rows[row, int(hashlib.sha256(word.encode()).hexdigest(), 16) % WIDTH] += 1.0 if len(word) > 3 else 0.2
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def segments(documents: int = 5) -> pd.DataFrame:
    """Each document: a question, then twelve segments, four of each subject in turn."""
    rows = []
    for d in range(documents):
        said = [("What is it like?", "interviewer", "")]
        for n in range(4):
            said += [(texts[(n + d) % 4] + f" number {n}.", "participant", name) for name, texts in SUBJECTS.items()]
        at = 0
        for n, (text, part, _) in enumerate(said):
            rows.append(
                {
                    "segment_id": f"d{d}.{n:02d}",
                    "document": f"d{d}.txt",
                    "case": f"c{d}" if part == "participant" else "",
                    "speaker": part,
                    "part": part,
                    "turn_id": f"d{d}.t{min(n, 1)}",
                    "prompt_id": "" if n == 0 else f"d{d}.t0",
                    "start": at,
                    "end": at + len(text),
                    "time_s": np.nan,
                    "place": "",
                    "n_words": len(text.split()),
                    "language": "en",
                    "substantive": part == "participant",
                    "set_aside": "" if part == "participant" else "interviewer",
                    "text": text,
                }
            )
            at += len(text) + 1
    empty = store.empty("segments")
    return pd.DataFrame(rows, columns=list(empty.columns)).astype(empty.dtypes)


SUBJECTS = {"Time": TIME, "Staffing": STAFF, "Food": CAKE}


def codings(frame: pd.DataFrame, documents: list[str], *, coder: str = "ann", codes: dict[str, str] | None = None):
    """A coder who coded every passage of some documents by its subject; `codes` renames or leaves out subjects."""
    rows = []
    for row in frame[frame["document"].isin(documents) & frame["substantive"]].itertuples():
        subject = list(SUBJECTS)[(int(row.segment_id.split(".")[1]) - 1) % 3]
        code = (codes or {name: name for name in SUBJECTS}).get(subject, "")
        if code:
            rows.append([row.document, row.start, row.end, row.text, code, "", coder, "", ""])
    return pd.DataFrame(rows, columns=list(store.empty("codings").columns)).astype(store.empty("codings").dtypes)


def themes(frame: pd.DataFrame) -> pd.DataFrame:
    """Theme 0 holds the talk of time, 1 of staff, 2 half of the cake; the rest is in none."""
    said = frame[frame["substantive"]]
    number = (said["segment_id"].str.split(".").str[1].astype(int) - 1).to_numpy()
    theme = np.where(number % 3 < 2, number % 3, np.where(number < 6, 2, -1))
    rows = {"segment_id": said["segment_id"], "theme_id": theme, "subtheme_id": -1, "strength": 1.0}
    outside = np.where(theme < 0, "unlike", "")
    return pd.DataFrame(rows | {"cluster_id": theme, "outside": outside, "rejected_id": -1})


def study(
    *, coded: list[str] | None = None, book: Codebook = BOOK, documents: int = 5, given: pd.DataFrame | None = None
) -> Input:
    """The study as the stage reads it."""
    frame = segments(documents)
    vectors = pd.DataFrame({"segment_id": frame["segment_id"], "vector": list(encode(frame["text"].tolist()))})
    people = codings(frame, coded or []) if given is None else given
    tables = {"segments": frame, "embeddings": vectors, "codings": people, "theme_assignments": themes(frame)}
    return opened(tables, book)
