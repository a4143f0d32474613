"""The human-coded sets that mapping is measured on, laid out as studies and brought as far as their vectors."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from pipeline.core import params as settings
from pipeline.core import store
from pipeline.core.params import SEED
from pipeline.corpus.coded_segments import codes_of_segments
from pipeline.deductive import coded, mapping_features
from pipeline.deductive.codebook import Code, Codebook
from pipeline.vectors import context, encoder

ROOT = Path(__file__).parent.parent
WORK = ROOT / "build" / "mapping"
OPTIONS = settings.MapCodes()


@dataclass
class Level:
    """A set at one level, code or category: truth (segments x codes), and what each code says of itself."""

    name: str
    codes: list[str]
    truth: np.ndarray
    book: Codebook


@dataclass
class Set:
    """A study ready to map. `groups`: what is left out together."""

    name: str
    segments: pd.DataFrame
    views: mapping_features.Views
    words: np.ndarray
    groups: np.ndarray
    levels: list[Level]
    said: dict[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    by_words: dict[str, tuple[np.ndarray, coded.Tree]] = field(default_factory=dict)

    @cached_property
    def features(self) -> np.ndarray:
        """What mapping learns from, of each segment."""
        return mapping_features.of_segments(self.views, self.words)

    @property
    def is_talk(self) -> bool:
        """Whether segments go on from one to the next; comments do not."""
        return not self.name.startswith("nhs")


def run_study(source: Path, name: str) -> Path:
    """Lay a set out as a study and run it up to embed; only vectors are kept from run to run."""
    folder = WORK / "data" / name
    shutil.copytree(source / "transcripts", folder / "transcripts", dirs_exist_ok=True)
    (folder / "human_codes").mkdir(exist_ok=True)
    shutil.copy(source / "codes.csv", folder / "human_codes")
    shutil.copytree(ROOT / "models", WORK / "models", dirs_exist_ok=True)
    params = yaml.safe_load((ROOT / "params.yaml").read_text()) | {"study": f"data/{name}"}
    (WORK / "params.yaml").write_text(yaml.safe_dump(params))
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for step in ("study", "ingest", "segment", "embed"):
        subprocess.run([sys.executable, "-m", f"pipeline.{step}"], cwd=WORK, env=environment, check=True)
    return folder


def embed(texts: list[str], name: str) -> np.ndarray:
    """Vectors of texts, kept beside the studies."""
    return encoder.encode(texts, **settings.Embed().model_dump(), cache=WORK / f"{name}.parquet")


def book_of(source: Path) -> dict[str, str]:
    """What the codebook says of each code, by name in lower case."""
    table = pd.read_csv(source / "codebook.csv", dtype=str, keep_default_na=False)
    column = "description" if "description" in table.columns else "definition"
    return {str(code).casefold(): str(text) for code, text in zip(table["code"], table[column], strict=True)}


def levels_of(segments: pd.DataFrame, codings: pd.DataFrame, said: dict[str, str]) -> list[Level]:
    """The set's codes, and its categories where it has more than two."""
    found = []
    above = codings["parent_code"].where(codings["parent_code"] != "", codings["code"])
    for level, names in (("category", above), ("code", codings["code"])):
        rows = codes_of_segments(segments, codings.assign(code=names, coder="people"))
        codes = sorted(set(rows["code"]))
        truth = np.zeros((len(segments), len(codes)), dtype=bool)
        place = dict(zip(segments["segment_id"], range(len(segments)), strict=True))
        truth[rows["segment_id"].map(place), rows["code"].map({code: n for n, code in enumerate(codes)})] = True
        kids = codings.assign(above=above)[["above", "code"]].drop_duplicates() if level == "category" else None
        entries = {code: Code(name=code, definition=said.get(code.casefold(), "")) for code in codes}
        if kids is not None:
            entries |= {
                kid: Code(name=kid, parent=parent, definition=said.get(kid.casefold(), ""))
                for parent, kid in sorted(kids.itertuples(index=False))
                if kid not in entries
            }
        if len(codes) > 2 and (level == "code" or set(codes) != set(codings["code"])):
            found.append(Level(level, codes, truth, Codebook(codes=tuple(entries.values()))))
    return found


def study_set(source: Path) -> Set:
    """A set of interviews, cut and embedded by the pipeline."""
    folder = run_study(source, source.name)
    segments, codings = store.read(folder, "segments"), store.read(folder, "codings")
    segments = segments.iloc[context.order(segments)].reset_index(drop=True)
    by_id = store.read(folder, "embeddings").set_index("segment_id")["vector"]
    vectors = np.stack(by_id.loc[segments["segment_id"]].tolist())
    views = mapping_features.views(segments, vectors, neighbours=OPTIONS.context, decay=OPTIONS.context_decay)
    talk = segments[segments["substantive"]].reset_index(drop=True)
    return of(source, talk, views, codings, talk["document"].to_numpy(dtype=str))


def comment_set(source: Path) -> Set:
    """A set of comments, each a segment by itself, split by its id."""
    table = pd.read_csv(source / "codes.csv", dtype=str, keep_default_na=False)
    table = table.astype({"start": int, "end": int})
    talk = table.drop_duplicates(["document", "start"]).sort_values(["document", "start"], ignore_index=True)
    plain = embed(talk["text"].tolist(), source.name).astype(np.float64)
    asked = [(source / "transcripts" / f"{name}.txt").open().readline().strip("# \n") for name in talk["document"]]
    views = mapping_features.Views(plain, plain, embed(asked, f"{source.name}-questions").astype(np.float64))
    ids = talk["segment_id"]
    groups = np.array([str(int(hashlib.sha256(one.encode()).hexdigest(), 16) % 5) for one in ids])
    return of(source, talk, views, table, groups)


def of(
    source: Path, talk: pd.DataFrame, views: mapping_features.Views, codings: pd.DataFrame, groups: np.ndarray
) -> Set:
    words, _ = mapping_features.vocabulary(talk["text"].tolist(), [], size=OPTIONS.vocabulary, seed=SEED)
    return Set(source.name, talk, views, words, groups, levels_of(talk, codings, book_of(source)))
