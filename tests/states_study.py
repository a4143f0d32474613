"""A small invented study through the real stages: a run, decisions of every kind by two people, a new interview, reruns.

Eleven subjects, each a theme with a part to play (see PARTS); who decided what on it is in `decided`.
"""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from browsing import MODELS
from small_study import ENGLISH

from pipeline import compare, map_codes, report, themes
from pipeline.core import store
from pipeline.core.study_paths import Places
from pipeline.corpus import speaker_table
from pipeline.decisions import deciding, held_themes, ledger, screen
from pipeline.decisions.ledger import Decision
from pipeline.vectors import speaker_means

STUDY = Path("data/lived")
FIRST = ("ana", "ben", "cleo", "dev", "eli")
NEW = "fay"
# What becomes of the theme of each subject, and the words that its talk is made of.
PARTS = {
    "accepted": "rota hours cover shift bleep",
    "renamed": "audit chart measure dashboard figure",
    "took": "board executive visit photograph parking",
    "merged": "money budget grant invoice receipt",
    "split": "night dark torch corridor alarm",
    "rejected": "biscuit kettle teabag cupboard milk",
    "open": "training course lecture module exam",
    "undone": "handover notes folder letter phone",
    "candidate": "patient family daughter visitor bed",
    "empty": "poster wall paint frame nail",
    "contested": "computer login screen password printer",
}
NOBODY = ("candidate", "undone")
RNG = np.random.default_rng(7)
WIDTH = 384  # of the vectors of the model that reads the codebook
CENTRES = dict(zip((*PARTS, "new"), np.linalg.qr(RNG.normal(size=(WIDTH, 24)))[0].T, strict=False))
EACH = 5
PARAMS = """\
study: data/lived
themes: {{runs: 12, min_segments: 10, min_size: 3, stability_runs: 2, drop_one: 2, context: 0, n_themes: {n_themes}}}
"""


def talk(documents: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Interviews of one person each; everybody speaks of every subject, and the new one also of one of her own."""
    rows: dict[str, list[dict[str, object]]] = {"documents": [], "turns": [], "segments": [], "embeddings": []}
    for document in documents:
        noise, text = np.random.default_rng(sum(map(ord, document))), ""
        said = {**PARTS, **({"new": "garden pond heron bench gate"} if document == NEW else {})}
        for number in range(EACH * len(said)):
            subject = list(said)[number % len(said)]
            words = " ".join(noise.permutation(said[subject].split())[:4])
            sentence = f"We talked of the {words} on day {number} with {document}."
            start, text = len(text), f"{text}{sentence}\n"
            name = f"{document}.txt"
            at = {"document": name, "start": start, "end": start + len(sentence), "text": sentence, "place": ""}
            who = {"speaker": document.title(), "case": document.title(), "part": "participant", "time_s": np.nan}
            turn = f"{name}#{number:03d}"
            rows["turns"].append({**at, **who, "turn_id": turn})
            more = {
                "segment_id": f"{subject}-{document}-{number:03d}",
                "turn_id": turn,
                "prompt_id": "",
                "n_words": 11,
                "language": "en",
            }
            rows["segments"].append({**at, **who, **more, "substantive": True, "set_aside": ""})
            vector = CENTRES[subject] + noise.normal(0, 0.02, WIDTH)
            unit = (vector / np.linalg.norm(vector)).astype(np.float32)
            rows["embeddings"].append({"segment_id": more["segment_id"], "vector": unit})
        source = {"document": f"{document}.txt", "source_type": "interview", "path": f"{document}.txt", "text": text}
        rows["documents"].append({**source, "sha256": document, "n_words": len(text.split()), **ENGLISH})
    tables = {name: pd.DataFrame(found) for name, found in rows.items()}
    people = [document.title() for document in documents]
    spoken = speaker_table.speakers(list(tables["turns"].itertuples(index=False)), {})
    tables["speakers"] = pd.DataFrame(spoken)
    tables["cases"] = pd.DataFrame({"case": people, "role": [("nurse", "doctor")[len(name) % 2] for name in people]})
    return tables


def write(documents: Sequence[str]) -> None:
    """What reading, segmenting and embedding would have left."""
    for name, frame in talk(documents).items():
        columns = list(frame if name == "cases" else store.empty(name).columns)
        store.write(STUDY, name, frame[columns])
    codings = [
        {"document": row.document, "start": row.start, "end": row.end, "text": row.text, "code": code, "coder": coder}
        for row in store.read(STUDY, "segments").itertuples()
        for coder in ("lea", "max")
        for code, subjects in (("Time", ("accepted", "split")), ("Measures", ("renamed", "rejected")))
        if row.segment_id.split("-")[0] in subjects
    ]
    frame = pd.DataFrame(codings).assign(parent_code="", memo="", date="")
    for name in ("memos", "imports"):
        store.write(STUDY, name, store.empty(name))
    store.write(STUDY, "codings", frame[list(store.empty("codings").columns)])
    for name in ("ingest_problems", "segment_problems", "ingest_record", "segment_record", "embed_record"):
        store.write(STUDY, name, store.empty(name))


def run(patched: pytest.MonkeyPatch, *, n_themes: int) -> None:
    """The stages after embed, as DVC would call them."""
    Path("params.yaml").write_text(PARAMS.format(n_themes=n_themes), encoding="utf-8")
    patched.setattr(report, "fingerprints", lambda params: MODELS)
    # Everybody speaks of everything alike: without a habit to take out, subjects stay as far apart as they are made.
    patched.setattr(speaker_means, "removed", lambda segments, vectors: np.asarray(vectors, dtype=np.float32))
    for stage in (themes, map_codes, compare, report):
        stage.main()


def begin(root: Path, patched: pytest.MonkeyPatch) -> None:
    """A project in a folder, run once with nothing decided."""
    patched.chdir(root)
    for folder in (Places(STUDY).transcripts, Places(STUDY).human_codes):
        folder.mkdir(parents=True)
    models = Path(__file__).parent.parent / "models"
    shutil.copytree(models, "models", ignore=shutil.ignore_patterns("data"))
    Places(STUDY).codebook.write_text("codes: [Time, Measures]\n", encoding="utf-8")
    write(FIRST)
    for name in ("guide", "prompts"):
        store.write(STUDY, name, store.empty(name))
    run(patched, n_themes=len(PARTS))


def theme_of(subject: str) -> int:
    """The theme that most segments of a subject are in after the first run, by the run's clusters."""
    assigned = store.read(STUDY, "theme_assignments")
    own = assigned[assigned.segment_id.str.startswith(f"{subject}-")]
    return int(own.cluster_id.mode().iloc[0])


def decided() -> dict[str, int]:
    """Take a decision of every kind, by two people, in conflict too; return the theme that plays each part."""
    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    ids = {subject: theme_of(subject) for subject in PARTS}
    shown = screen.read(STUDY, [])

    def take(who: str, action: str, subject: str, *rest: str, why: str = "") -> Decision:
        nonlocal now
        now += timedelta(days=1)
        return deciding.decide(STUDY, action, str(ids[subject]), rest, who=who, why=why, now=now)

    take("Asha", "accept", "accepted", why="It came up everywhere.")
    take("Ben", "rename", "renamed", "Counting")
    take("Asha", "merge", "took", str(ids["merged"]), why="The same complaint.")
    part = take("Ben", "split", "split", "Alarms", *shown.members(ids["split"])[:6])
    ids["part"] = held_themes.part_id(part)
    take("Asha", "reject", "rejected", why="Only tea.")
    take("Ben", "memo", "open", "Is this one?")
    take("Ben", "pin", "open", shown.members(ids["open"])[3])
    back = take("Asha", "accept", "undone")
    deciding.undo(STUDY, back.id, who="Ben", why="Too early.", now=now + timedelta(hours=1))
    take("Asha", "accept", "empty")
    take("Asha", "move", "accepted", *shown.members(ids["empty"]))
    # Ben's copy did not know yet that two of these segments had been accepted elsewhere.
    own = shown.members(ids["contested"])
    behind = Decision(
        action="accept",
        theme=ids["contested"],
        label=shown.labels[ids["contested"]],
        called=(shown.labels[ids["contested"]],),
        who="Ben",
        when="2026-02-01T10:00:00",
        members=(*own, *shown.members(ids["accepted"])[:2]),
        documents=tuple(sorted(set(shown.documents.values()))),
    )
    ledger.save(Places(STUDY).decisions, [*ledger.load(Places(STUDY).decisions), behind])
    return ids
