"""Blind sheets: a sample of passages to be coded by a person who does not see what the machine said.

Also the list of disagreements to be resolved. Both come back by `counterpoint import` (see `sheets_back`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.commands import sheets
from pipeline.commands.sheets import SheetError
from pipeline.core import coders, store
from pipeline.core.study_paths import Places
from pipeline.corpus.coded_segments import codes_of_segments
from pipeline.deductive import codebook, teaching
from pipeline.deductive.codebook import Codebook

COLUMNS = ("document", "start", "end", "speaker", "question", "before", "text", "after", "code", "coder", "memo")
WIDTHS = {
    "document": 22,
    "start": 8,
    "end": 8,
    "question": 36,
    "before": 36,
    "text": 80,
    "after": 36,
    "code": 36,
    "says": 60,
    "resolution": 36,
    "memo": 30,
}
RESOLVED = (
    *("rank", "worth", "document", "start", "end", "speaker", "question", "before", "text", "after"),
    *("agreed", "disputed", "says", "resolution", "memo"),
)
# Draws by what a passage would teach, in place of strata.
GAIN = "gain"


def sample_for_coding(
    segments: pd.DataFrame, *, n: int, strata: Mapping[str, str] | None = None, seed: int = 0
) -> pd.DataFrame:
    """A random sample of substantive segments, in the order of the text.

    `strata`: the stratum of each segment_id (a site, or whether the machine gave it a code); each stratum then gives a
    share in proportion to its size, and at least one segment where n allows. Segments in no stratum are not drawn.
    The sample does not depend on the order of the rows. Cochran (1977), Sampling Techniques, ch. 5.
    """
    pool = segments[segments["substantive"]].sort_values(["document", "start"], kind="stable", ignore_index=True)
    if strata is not None:
        pool = pool[pool["segment_id"].isin(strata.keys())]
    if n < 1 or pool.empty:
        raise SheetError(
            f"Cannot draw a sample of {n} from {len(pool)} passages. Ask for at least one passage; if there are none, "
            "run the pipeline first."
        )
    stratum_of = pool["segment_id"].map(dict(strata)) if strata is not None else pd.Series("", index=pool.index)
    groups = {str(name): members.to_numpy() for name, members in sorted(pool.groupby(stratum_of).groups.items())}
    random = np.random.default_rng(seed)
    sizes = allocation([len(members) for members in groups.values()], min(n, len(pool)))
    chosen = [
        random.choice(members, size=size, replace=False) for members, size in zip(groups.values(), sizes, strict=True)
    ]
    return pool.loc[np.sort(np.concatenate(chosen))].reset_index(drop=True)


def allocation(sizes: Sequence[int], n: int) -> list[int]:
    """How many of n each stratum gives: in proportion, none more than it has, and each at least one where n allows."""
    sizes_drawn = np.minimum(np.asarray(sizes), 1 if n >= len(sizes) else 0)
    while sizes_drawn.sum() < n:
        # The next goes to the stratum that lies furthest behind its share.
        behind = np.where(sizes_drawn < sizes, np.asarray(sizes) * n / sum(sizes) - sizes_drawn, -np.inf)
        sizes_drawn[int(np.argmax(behind))] += 1
    return [int(count) for count in sizes_drawn]


def left_without_code(assignments: pd.DataFrame) -> dict[str, str]:
    """The segments to which the study's primary method gave no code (the miss check), each mapped to one stratum."""
    rows = assignments[assignments["method"] == coders.primary(assignments["method"])]
    given = rows.groupby("segment_id")["accepted"].any()
    return dict.fromkeys(sorted(given.index[~given]), "left without a code")


def strata_by(segments: pd.DataFrame, cases: pd.DataFrame, documents: pd.DataFrame, by: str) -> dict[str, str]:
    """The stratum of each segment: its document, case, source_type, or an attribute of its case."""
    if by in ("document", "case"):
        strata = segments[by]
    elif by == "source_type":
        strata = segments["document"].map(dict(zip(documents["document"], documents["source_type"], strict=True)))
    elif by in cases.columns:
        strata = segments["case"].map(dict(zip(cases["case"], cases[by].astype("str"), strict=True))).fillna("")
    else:
        possible = ", ".join(
            ["document", "case", "source_type", GAIN, *(name for name in cases.columns if name != "case")]
        )
        raise SheetError(f"Cannot sample by '{by}'. Use one of: {possible}.")
    return dict(zip(segments["segment_id"], strata, strict=True))


def sample_by_gain(study: Path, pool: pd.DataFrame, *, n: int, seed: int = 0) -> pd.DataFrame:
    """Passages of the pool whose codes would teach mapping most, and as many at random, with a column `drawn`.

    They are chosen by the scores of the study's primary method; passages that a person coded are not drawn.
    """
    assignments = store.read(study, "code_assignments")
    own = assignments[assignments["method"] == coders.primary(assignments["method"])]
    scores = own.pivot(index="segment_id", columns="code", values="score")
    pool = pool[pool["substantive"] & pool["segment_id"].isin(scores.index)]
    pool = pool.sort_values(["document", "start"], kind="stable", ignore_index=True)
    if pool.empty:
        raise SheetError("No passage is mapped to codes yet. Write a codebook and run the pipeline first.")
    vectors = store.read(study, "embeddings").set_index("segment_id")["vector"].loc[pool["segment_id"]]
    people = codes_of_segments(pool, store.read(study, "codings"))
    how = teaching.drawn(
        scores.loc[pool["segment_id"]].to_numpy(dtype=np.float64),
        np.stack(vectors.tolist()),
        coded=pool["segment_id"].isin(people["segment_id"]).to_numpy(dtype=bool),
        n=n,
        seed=seed,
    )
    pool["drawn"] = how
    chosen: pd.DataFrame = pool[pool["drawn"] != ""]
    return chosen.reset_index(drop=True)


def write_sheets(
    study: Path, *, coder: str, n: int = 50, by: str | None = None, missed: bool = False, seed: int = 0
) -> list[Path]:
    """Draw a sample and write it as sheets/coding_<coder>.xlsx and .csv in the study; return both.

    `by`: document, case, source_type, an attribute, or gain (passages whose codes would teach mapping most, and as many
    at random; the column "drawn" says which); `missed`: only passages that the machine left without a code. A
    sheet that is there is not overwritten: it may be half filled.
    """
    if coders.is_program(coder):
        raise SheetError(f"{sheets.own(coder)} Name the person who will code.")
    base_path = Places(study).sheets / f"coding_{sheets.safe(coder)}"
    sheets.refuse_filled(base_path, "Move it, or use another coder's name.")
    segments, turns = store.read(study, "segments"), store.read(study, "turns")
    pool = segments
    if missed:
        pool = segments[segments["segment_id"].isin(left_without_code(store.read(study, "code_assignments")).keys())]
    if by == GAIN:
        drawn = sample_by_gain(study, pool, n=n, seed=seed)
    else:
        strata = strata_by(pool, store.read(study, "cases"), store.read(study, "documents"), by) if by else None
        drawn = sample_for_coding(pool, n=n, strata=strata, seed=seed)
    how = drawn["drawn"].tolist() if by == GAIN else [""] * len(drawn)
    in_context = zip(_in_context(drawn, segments, turns), how, strict=True)
    sheet_rows = [row | {"coder": coder, "drawn": word} for row, word in in_context]
    book = codebook.load_codebook(Places(study).codebook)
    sheet_files = sheets.contents(
        sheet_rows,
        (*COLUMNS, "drawn") if by == GAIN else COLUMNS,
        widths=WIDTHS,
        to_fill=("code", "memo"),
        about=_about_coding(book),
    )
    return sheets.put(study, base_path, sheet_files, "Move it, or use another coder's name.")


def write_disagreements(study: Path) -> list[Path]:
    """Write the list of disagreements as sheets/disagreements.xlsx and .csv, to be resolved; return both."""
    sheet_rows: list[dict[str, Any]] = [
        {**{str(name): value for name, value in row.items()}, "worth": round(float(row["worth"]), 3)}
        for row in store.read(study, "disagreements").to_dict("records")
    ]
    base_path = Places(study).sheets / "disagreements"
    sheets.refuse_filled(base_path, "Import it or move it first.")
    about = [
        ["What to do", "Read from the top: disagreements in which coders were confident come first."],
        [
            "resolution",
            "All codes the passage should have, separated by ;. Write 'none' if no code applies. Leave blank if "
            "undecided.",
        ],
        ["Then", "Run `counterpoint import SHEET`: resolutions become codings by the coder 'consensus'."],
    ]
    sheet_files = sheets.contents(sheet_rows, RESOLVED, widths=WIDTHS, to_fill=("resolution", "memo"), about=about)
    return sheets.put(study, base_path, sheet_files, "Import it or move it first.")


def _in_context(drawn: pd.DataFrame, segments: pd.DataFrame, turns: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a blind sheet: the passage, the question it answers and the talk around it."""
    ordered = segments.sort_values(["document", "start"], kind="stable")
    around = ordered.groupby("document")["text"]
    near = ordered.assign(before=around.shift(1).fillna(""), after=around.shift(-1).fillna(""))
    near = near.assign(
        question=near["prompt_id"].map(dict(zip(turns["turn_id"], turns["text"], strict=True))).fillna("")
    )
    rows = near.set_index("segment_id").loc[list(drawn["segment_id"])]
    shown = [name for name in COLUMNS if name in rows.columns]
    return [dict(zip(shown, row, strict=True)) for row in rows[shown].to_numpy(dtype=object).tolist()]


def _about_coding(book: Codebook) -> list[list[str]]:
    rows = [
        [
            "What to do",
            "Read each passage and write its codes in the column 'code', separated by ;. Write 'none' if no "
            "code applies. Leave a row blank if you did not read it. Do not change other columns.",
        ],
        ["code", "definition", "include", "exclude"],
    ]
    codable = [code for code in book.codes if code.codable]
    return rows + [[code.name, code.definition, code.include, code.exclude] for code in codable]
