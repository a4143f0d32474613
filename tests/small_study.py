"""A small study, every table of it, written through the store: two interviews, a focus group, field notes.

The talk is invented and full of what breaks pages: accents, emoji, HTML, template marks, a right-to-left override.
"""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core import store
from pipeline.core.names import key
from pipeline.corpus import speaker_table
from pipeline.corpus.speaker_roles import Role
from pipeline.vectors import projection
from tests.records import records

NASTY = (
    '</script><img src=x onerror=alert(1)> {{ 7 * 7 }} {% raw %} \u202etfel ot thgir\u202c <b>not bold</b> & "quoted"'
)
TALK: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "interviews/ana.txt": (
        "interview",
        [
            ("Interviewer", "What made you take part?"),
            ("Ana", "I wanted to learn it, à vrai dire. 😀 Pride, I suppose, and a bit of ambition too."),
            ("Interviewer", "And was there time for it?"),
            ("Ana", "Never. We do the charts at home, after the night shift, and nobody counts that."),
            ("Ana", "Yeah."),
            ("Interviewer", "Did the board take an interest?"),
            ("Ana", "The chief executive came once, with a photographer, and asked about parking."),
        ],
    ),
    "interviews/ben.vtt": (
        "interview",
        [
            ("Interviewer", "How did you come to it?"),
            ("Ben", "=SUM(A1) is what the consultant put in the sheet, and that is how I came to it, honestly."),
            ("Interviewer", "Did you have time set aside?"),
            ("Ben", "Half a day a month on paper. On the ward there were two of us, so no."),
            ("Interviewer", "What about the people at the top?"),
            ("Ben", f"They sent an email that said {NASTY} and nothing else."),
        ],
    ),
    "groups/ward.txt": (
        "focus_group",
        [
            ("Facilitator", "What gets in the way?"),
            ("Cleo", "Staffing. There is nobody to hold the bleep while you fill in a form."),
            ("Dev", "I disagree, I think it is that nobody asked us what the chart should look like."),
            ("Cleo", "Mm."),
            ("Facilitator", "Is there ever time for it?"),
            ("Dev", "Sunday afternoons, if the lift is broken and the visitors stay away."),
        ],
    ),
    "notes/session.docx": (
        "field_note",
        [
            ("", "The room is cold. Two wards sit together and do not speak to the third."),
            ("", "A poster about the chart hangs behind the coffee, where nobody looks."),
        ],
    ),
}
ENGLISH = {"language": "en", "language_share": 1.0, "other_languages": ""}
CODES = ("Pride", "Time", "Staffing", "Leaders")
WORDS = {"Pride": ("wanted", "came", "asked us"), "Time": ("home", "day", "Sunday"), "Staffing": ("two of us", "bleep")}
WORDS["Leaders"] = ("executive", "email")


def write(folder: Path, *, repeat: int = 1, coders: tuple[str, ...] = ("lea", "max"), seed: int = 1) -> Path:
    """Write every table of the study; `repeat` says the same talk again in as many documents more."""
    (folder / "transcripts").mkdir(parents=True, exist_ok=True)
    documents, turns, segments = _talk(repeat)
    said = segments[segments.substantive]
    tables = {"documents": documents, "turns": turns, "segments": segments, "cases": _cases(segments)}
    tables["speakers"] = _speakers(turns)
    tables["codings"] = _codings(said, coders)
    tables |= {name: store.empty(name) for name in ("memos", "imports")}
    tables["ingest_problems"] = _problems()
    vectors = np.random.default_rng(seed).normal(size=(len(said), 16)).astype("float32")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tables["embeddings"] = pd.DataFrame({"segment_id": said.segment_id.to_list(), "vector": list(vectors)})
    tables["theme_map"] = projection.places(said.segment_id.to_list(), vectors)
    tables |= _themes(said) | _questions(turns, segments)
    tables |= _codes(said) | _agreement(coders, len(said))
    tables |= {f"{stage}_record": done.table() for stage, done in records().items()}
    for name in (*store.INTERIM, *store.PROCESSED):
        store.write(folder, name, _fitted(name, tables[name]) if name in tables else store.empty(name))
    return folder


def _fitted(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of the schema in its order; one that the schema has gained since holds an empty or its first value."""
    empty, schema = store.empty(name), store.schema(name).to_schema()
    kinds = {"i": 0, "f": np.nan, "b": False}
    for column in set(empty) - set(frame):
        allowed = [
            value for check in schema.columns[column].checks for value in check.statistics.get("allowed_values", [])
        ]
        frame = frame.assign(**{column: allowed[0] if allowed else kinds.get(empty[column].dtype.kind, "")})
    return frame if name == "cases" else frame[list(empty.columns)]


def _speakers(turns: pd.DataFrame) -> pd.DataFrame:
    labels = {"Interviewer": "the label means so", "Facilitator": "they ask most of the questions"}
    roles = {
        (turn.document, key(turn.speaker)): Role(turn.part, turn.case, why=labels.get(turn.speaker, ""))
        for turn in turns.itertuples()
    }
    return pd.DataFrame(speaker_table.speakers(turns.itertuples(), roles))


def _talk(repeat: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    documents, turns, segments = [], [], []
    for copy in range(repeat):
        for name, (source, said) in sorted(TALK.items()):
            document = name if copy == 0 else name.replace(".", f"_{copy}.")
            text, prompt = "", ""
            for n, (speaker, words) in enumerate(said):
                asks = speaker in {"Interviewer", "Facilitator"}
                part = "interviewer" if asks else "participant" if speaker else "none"
                case = f"{speaker}{copy or ''}" if part == "participant" else ""
                text += f"{speaker}: " if speaker else ""
                start, turn_id = len(text), f"{document}#{n}"
                text += words + "\n"
                time = float(40 * n) if document.endswith((".txt", ".vtt")) else float("nan")
                place = {"document": document, "speaker": speaker, "case": case, "part": part}
                place |= {
                    "start": start,
                    "end": start + len(words),
                    "time_s": time,
                    "place": f"row {n + 1}",
                    "text": words,
                }
                turns.append(place | {"turn_id": turn_id})
                short = len(words.split()) < 3
                aside = "interviewer" if asks else "backchannel" if short else ""
                more = {"segment_id": f"{turn_id}.0", "turn_id": turn_id, "prompt_id": "" if asks else prompt}
                segments.append(
                    place
                    | more
                    | {"n_words": len(words.split()), "language": "en", "substantive": not aside, "set_aside": aside}
                )
                prompt = turn_id if asks else prompt
            digest = hashlib.sha256(text.encode()).hexdigest()
            row = {"document": document, "source_type": source, "path": document, "sha256": digest}
            documents.append(row | {"n_words": len(text.split()), **ENGLISH, "text": text})
    return pd.DataFrame(documents), pd.DataFrame(turns), pd.DataFrame(segments)


def _cases(segments: pd.DataFrame) -> pd.DataFrame:
    cases = sorted(set(segments.case) - {""})
    roles = ["nurse" if case.startswith(("Ana", "Cleo")) else "doctor" for case in cases]
    return pd.DataFrame({"case": cases, "role": roles, "site": ["north" if c[0] < "C" else "south" for c in cases]})


def _problems() -> pd.DataFrame:
    rows = [
        ("refused", "interviews/blank.txt", "", "interviews/blank.txt holds no text. Put the transcript in it."),
        (
            "guessed",
            "interviews/ana.txt",
            "",
            "Interviewer was taken for the one who asks. Say so in participants.csv.",
        ),
        ("note", "notes/session.docx", "line 1", "No speaker was found; each paragraph is a turn."),
    ]
    return pd.DataFrame(rows, columns=["kind", "document", "place", "reason"])


def _has(text: str, code: str) -> bool:
    return any(word in text for word in WORDS[code])


def _questions(turns: pd.DataFrame, segments: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Every question asked, and the first of them as the guide's, which the first theme answers."""
    asked = turns[turns.turn_id.isin(set(segments.prompt_id))].sort_values("turn_id")
    prompts = pd.DataFrame({"prompt_id": asked.turn_id, "document": asked.document, "wording": asked.text})
    prompts = prompts.assign(guide_id=["Q1", *[""] * (len(asked) - 1)], likeness=1.0)
    question = {"guide_id": "Q1", "question": asked.text.iloc[0], "source": "found", "n_prompts": 1, "n_documents": 1}
    guide = pd.DataFrame([question | {"wordings": [asked.text.iloc[0]], "n_segments": 2, "n_cases": 1}])
    theme = {"theme_id": 0, "guide_id": "Q1", "n_segments": 2, "share_of_theme": 0.6, "share_of_answers": 1.0}
    return {"prompts": prompts, "guide": guide, "theme_guide": pd.DataFrame([theme])}


def _codings(said: pd.DataFrame, coders: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {"document": s.document, "start": s.start, "end": s.end, "text": s.text, "code": code, "coder": coder}
        for k, coder in enumerate(coders)
        for n, s in enumerate(said.itertuples())
        for code in CODES
        if _has(s.text, code) and (n + k) % 4
    ]
    return pd.DataFrame(rows).assign(parent_code="", memo="", date="") if rows else store.empty("codings")


def _themes(said: pd.DataFrame) -> dict[str, pd.DataFrame]:
    ids = [n % 3 - 1 if n % 5 == 0 else n % 2 for n in range(len(said))]
    given = said.assign(theme_id=ids)
    themes = []
    for theme_id, label in ((0, "Charts at <home>"), (1, "Time & the ward")):
        own = given[given.theme_id == theme_id]
        sizes = {
            "n_segments": len(own),
            "n_cases": own[own.case != ""].case.nunique(),
            "n_documents": own.document.nunique(),
        }
        words = ["charts", "home", "nobody"] if theme_id == 0 else ["time", "ward", "bleep"]
        themes.append(
            {"theme_id": theme_id, "parent_id": -1, "level": 1, "label": label, "keywords": words, "language": "en"}
            | sizes
        )
    assigned = pd.DataFrame({"segment_id": given.segment_id, "theme_id": ids, "subtheme_id": -1, "strength": 0.5})
    assigned = assigned.assign(
        cluster_id=ids, outside=["" if theme >= 0 else "unlike" for theme in ids], rejected_id=-1
    )
    quotes = [
        {"theme_id": theme, "kind": kind, "rank": rank + 1, "segment_id": segment, "score": 0.9 - rank / 10}
        for theme in (0, 1)
        for rank, (segment, kind) in enumerate(
            zip(given[given.theme_id == theme].segment_id[:3], ("typical", "typical", "borderline"), strict=False)
        )
    ]
    spread = given[given.theme_id >= 0].merge(_cases(said), on="case")
    counted = spread.groupby(["theme_id", "role"]).agg(n_segments=("case", "size"), n_cases=("case", "nunique"))
    attributes = counted.reset_index().rename(columns={"role": "value"}).assign(attribute="role")
    choice = pd.DataFrame({"n_themes": [2, 3], "score": [0.6, 0.4], "chosen": [True, False]})
    return {
        "themes": pd.DataFrame(themes),
        "theme_assignments": assigned,
        "theme_states": undecided({theme["theme_id"]: theme["label"] for theme in themes}, ids),
        "theme_quotes": pd.DataFrame(quotes),
        "theme_attributes": attributes,
        "theme_choice": choice,
    }


def undecided(labels: dict[int, str], ids: list[int]) -> pd.DataFrame:
    """Rows of theme_states for themes that nobody has decided on; `ids`: the theme of each segment."""
    rows = [{"theme_id": theme, "label": label, "n_segments": ids.count(theme)} for theme, label in labels.items()]
    rows = [row | {"state": "candidate", "into": -1, "split_from": -1, "n_clusters": 1} for row in rows]
    frame = pd.DataFrame(rows, columns=[*store.empty("theme_states").columns])
    return frame.fillna("")


def _codes(said: pd.DataFrame) -> dict[str, pd.DataFrame]:
    rows = []
    for n, segment in enumerate(said.itertuples()):
        for code in CODES:
            score = 0.8 if _has(segment.text, code) else 0.1
            rows.append({"segment_id": segment.segment_id, "code": code, "score": score - n % 7 / 100})
    table = pd.DataFrame(rows)
    table = table.assign(accepted=table.score > 0.5, method="zero_shot")
    against = {"n_theme": 6, "n_coded": 6, "n_overlap": 2, "overlap": 0.25, "precision": 1 / 3, "recall": 0.5}
    pairs = [
        {"theme_id": theme, "code": code, "coder": "pipeline", "n_code": 4, "verdict": "overlaps"} | against
        for theme in (0, 1)
        for code in CODES
    ]
    crossed = pd.DataFrame(pairs)
    return {"code_assignments": table, "theme_code": crossed, "theme_human_code": crossed.assign(coder="lea")}


def _agreement(coders: tuple[str, ...], n: int) -> dict[str, pd.DataFrame]:
    pairs = [(a, b) for a in coders for b in coders if a < b] + [(coder, "pipeline") for coder in coders]
    figures = {
        "n": n,
        "n_documents": 4,
        "n_a": 5,
        "n_b": 6,
        "n_both": 4,
        "given_a": 9,
        "given_b": 6,
        "prevalence": 0.3,
        "percent": 0.8,
    }
    figures |= {"kappa": 0.42, "low": 0.2, "high": 0.6, "alpha": 0.41, "ac1": 0.5, "f1": 0.55}
    rows = []
    for a, b in pairs:
        for level, code in [
            ("pooled", "(all codes)"),
            ("pooled", "(any code)"),
            *(("code", code) for code in CODES),
        ]:
            row = {"unit": "segment", "level": level, "code": code, "coder_a": a, "coder_b": b, "note": ""} | figures
            if code == "Staffing":
                row |= {"kappa": np.nan, "low": np.nan, "high": np.nan, "n_a": 0, "n_b": 0, "n_both": 0}
                row["note"] = "Neither applied this code."
            rows.append(row)
    measures = [
        {"coder": coder, "level": "code", "measure": measure, "n": n, "value": 0.2, "low": 0.1, "high": 0.3, "note": ""}
        for coder in coders
        for measure in ("ami", "ari", "v_measure")
    ]
    agreement = pd.DataFrame(rows) if rows else store.empty("agreement")
    return {
        "agreement": agreement,
        "theme_agreement": pd.DataFrame(measures) if measures else store.empty("theme_agreement"),
    }
