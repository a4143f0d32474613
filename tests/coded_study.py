"""Tables of a made-up study for the tests of comparison: documents of segments of ten characters each."""

import pandas as pd

from pipeline.core import store

LENGTH = 10


def tables(*, documents: int = 6, segments: int = 8, source_types: list[str] | None = None) -> dict[str, pd.DataFrame]:
    """Documents d0, d1, ... of one case each (c0, ...); every turn is an interviewer's and then two segments of the case.

    Segment s of a document has the id d0.0, d0.1, ... and lies at 10 s to 10 s + 10; a turn holds two segments. The
    first segment of each document is the interviewer's.
    """
    rows, turns, texts = [], [], []
    for d in range(documents):
        name = f"d{d}"
        text = "".join(f"{name} seg {s:02d} "[:LENGTH].ljust(LENGTH) for s in range(segments))
        kind = source_types[d] if source_types else "interview"
        texts.append((name, kind, f"{name}.txt", "0" * 64, 2 * segments, "en", 1.0, "", text))
        for s in range(segments):
            asks = s == 0
            start, end = s * LENGTH, (s + 1) * LENGTH
            rows.append(
                {
                    "segment_id": f"{name}.{s}",
                    "document": name,
                    "case": "" if asks else f"c{d}",
                    "speaker": "Interviewer" if asks else f"P{d}",
                    "part": "interviewer" if asks else "participant",
                    "turn_id": f"{name}.t{(s + 1) // 2}",
                    "prompt_id": "" if asks else f"{name}.t0",
                    "start": start,
                    "end": end,
                    "time_s": float("nan"),
                    "place": "",
                    "n_words": 3,
                    "language": "en",
                    "substantive": not asks,
                    "set_aside": "interviewer" if asks else "",
                    "text": text[start:end],
                }
            )
        for turn in sorted({row["turn_id"] for row in rows if row["document"] == name}):
            held = [row for row in rows if row["turn_id"] == turn]
            start, end = held[0]["start"], held[-1]["end"]
            first = {key: held[0][key] for key in ("speaker", "case", "part")}
            place = {"document": name, "turn_id": turn, "start": start, "end": end, "text": text[start:end]}
            turns.append(place | first | {"time_s": float("nan"), "place": ""})
    columns = ["document", "source_type", "path", "sha256", "n_words"]
    columns += ["language", "language_share", "other_languages", "text"]
    return {
        "documents": typed("documents", pd.DataFrame(texts, columns=columns)),
        "segments": typed("segments", pd.DataFrame(rows)),
        "turns": typed("turns", pd.DataFrame(turns)),
        "cases": pd.DataFrame({"case": [f"c{d}" for d in range(documents)]}),
        "prompts": store.empty("prompts"),
        "codings": store.empty("codings"),
        "memos": store.empty("memos"),
        "imports": store.empty("imports"),
        "theme_assignments": store.empty("theme_assignments"),
        "code_assignments": store.empty("code_assignments"),
    }


def codings(*given: tuple[str, str, str, int, int]) -> pd.DataFrame:
    """Codings from (coder, code, document, first segment, number of segments)."""
    rows = [
        {
            "document": document,
            "start": first * LENGTH,
            "end": (first + n) * LENGTH,
            "text": "x",
            "code": code,
            "parent_code": "",
            "coder": coder,
            "memo": "",
            "date": "",
        }
        for coder, code, document, first, n in given
    ]
    return typed("codings", pd.DataFrame(rows)) if rows else store.empty("codings")


def assignments(
    accepted: dict[str, list[str]], segments: pd.DataFrame, codes: list[str], *, method: str = "zero_shot"
) -> pd.DataFrame:
    """The pipeline's answers on every substantive segment: score 0.9 where accepted, else 0.1."""
    ids = segments.loc[segments["substantive"], "segment_id"]
    rows = [
        (s, c, 0.9 if c in accepted.get(s, []) else 0.1, c in accepted.get(s, []), method) for s in ids for c in codes
    ]
    return typed("code_assignments", pd.DataFrame(rows, columns=["segment_id", "code", "score", "accepted", "method"]))


def themes(of: dict[str, int], segments: pd.DataFrame) -> pd.DataFrame:
    """Each substantive segment's theme; -1 where none is named."""
    ids = segments.loc[segments["substantive"], "segment_id"].tolist()
    theme = [of.get(s, -1) for s in ids]
    rows = {"segment_id": ids, "theme_id": theme, "subtheme_id": -1, "strength": 1.0, "cluster_id": theme}
    rows |= {"outside": ["" if one >= 0 else "unlike" for one in theme], "rejected_id": -1}
    return typed("theme_assignments", pd.DataFrame(rows))


def typed(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with the columns, order and types that the table's schema asks for."""
    return store.schema(name).validate(frame[list(store.empty(name).columns)])
