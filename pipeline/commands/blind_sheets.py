"""Blind sheets: a sample of passages to be coded by a person who does not see what the machine said.

Also the list of disagreements to be resolved. Both come back as codings: rows of a csv in human_codes/, where a passage
that was read and given no code says so with the code "(no code)", so that what was not read stays unknown.
"""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.commands import sheet_codings, sheets
from pipeline.commands.sheets import SheetError
from pipeline.comparison.units import ratings_of_units
from pipeline.core import coders, store, study_lock
from pipeline.core.coders import CONSENSUS, NO_CODE
from pipeline.core.study_paths import Places
from pipeline.core.terms import Uncoded
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
# So much of a coder's name, or a sheet's, names a file.
LONGEST = 60
# Draws by what a passage would teach, in place of strata.
GAIN = "gain"
NONE = frozenset({"none", "no code", NO_CODE, "-", "–"})


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
        raise SheetError(f"{_own(coder)} Name the person who will code.")
    base_path = Places(study).sheets / f"coding_{_safe(coder)}"
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
    sheets.refuse_filled(base_path, "Take it in or move it first.")
    about = [
        ["What to do", "Read from the top: disagreements in which coders were confident come first."],
        [
            "resolution",
            "All codes the passage should have, separated by ;. Write 'none' if no code applies. Leave blank if "
            "undecided.",
        ],
        ["Then", "Run `counterpoint take-in SHEET`: resolutions become codings by the coder 'consensus'."],
    ]
    sheet_files = sheets.contents(sheet_rows, RESOLVED, widths=WIDTHS, to_fill=("resolution", "memo"), about=about)
    return sheets.put(study, base_path, sheet_files, "Take it in or move it first.")


def take_in(
    study: Path,
    sheet: Path,
    *,
    coder: str = "",
    uncoded: Uncoded = "negative",
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Read a filled sheet and write its codings to human_codes/<sheet>.csv; return that file.

    A blind sheet brings its own coder (`coder`, where the column is empty). A list of disagreements brings the coder
    "consensus": what was resolved, and the passages on which people agreed to begin with. What is there already is
    treated as `sheet_codings` says; `say` is given a line for each thing to know of it.
    """
    if sheet.resolve().is_relative_to(Places(study).human_codes.resolve()):
        raise SheetError(f"{sheet} is already in human_codes/. Take in the completed sheet from sheets/.")
    documents, codings = store.read(study, "documents"), store.read(study, "codings")
    texts = dict(zip(documents["document"], documents["text"], strict=True))
    known_codes = sorted({*codebook.load_codebook(Places(study).codebook).names, *codings["code"]} - {NO_CODE})
    sheet_rows = sheets.read(sheet, ("document", "start", "end"))
    resolved = bool(sheet_rows) and "resolution" in sheet_rows[0]
    column = "resolution" if resolved else "code"
    sheet_codings_ = filled(
        sheet, texts=texts, column=column, coder=CONSENSUS if resolved else coder, known=known_codes
    )
    if not sheet_codings_:
        raise SheetError(f"{sheet}: the column '{column}' is empty, so there is nothing to take in.")
    if resolved:
        resolved_passages = {(row["document"], row["start"]) for row in sheet_codings_}
        agreed = agreed_codings(store.read(study, "segments"), codings, texts=texts, uncoded=uncoded)
        sheet_codings_ += [row for row in agreed if (row["document"], row["start"]) not in resolved_passages]
    passages = {(row["document"], *span) for row in sheet_rows if (span := _span(row, texts))}
    coders = {str(row["coder"]) for row in sheet_codings_} | {
        row.get("coder", "").strip() or coder for row in sheet_rows
    } - {""}
    name = CONSENSUS if resolved else _safe(sheet.stem)
    with study_lock.locked(study):
        written = sheet_codings.write(
            study, name, sheet_codings.Filled(sheet_codings_, passages, coders, anywhere=resolved)
        )
    for line in written.lines:
        say(line)
    return written.file


def agreed_codings(
    segments: pd.DataFrame, codings: pd.DataFrame, *, texts: Mapping[str, str], uncoded: Uncoded
) -> list[dict[str, Any]]:
    """The passages that two people or more read and gave the same codes, as codings of the consensus coder."""
    ratings = ratings_of_units(
        unit="segment",
        uncoded=uncoded,
        segments=segments,
        turns=segments,
        documents=segments,
        codings=codings[codings["coder"] != CONSENSUS],
        assignments=pd.DataFrame({name: [] for name in ("segment_id", "code", "score", "method")}).assign(
            accepted=False
        ),
    )
    is_agreed = (
        (ratings.given & ratings.seen[:, :, None]).sum(0) % np.maximum(ratings.seen.sum(0), 1)[:, None] == 0
    ).all(1)
    agreed = []
    for unit in np.flatnonzero(is_agreed & (ratings.seen.sum(0) > 1)):
        document, start, end = (ratings.units[name].iloc[unit] for name in ("document", "start", "end"))
        names = np.array(ratings.codes, dtype=object)[ratings.given[:, unit].any(0)].tolist() or [NO_CODE]
        passage = {"document": document, "start": int(start), "end": int(end), "text": texts[document][start:end]}
        agreed += [
            passage | {"code": name, "coder": CONSENSUS, "parent_code": "", "memo": "", "date": ""} for name in names
        ]
    return agreed


def filled(
    sheet: Path, *, texts: Mapping[str, str], column: str, coder: str = "", known: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The codings in a filled sheet, one a code; rows left blank are not read, and say nothing.

    The passage is taken from the document by its offsets, since spreadsheets alter text. Raises SheetError with every
    problem: a place that is none, a row without a coder, a code that is not in `known` (empty: any is taken).
    """
    problems: list[str] = []
    codings: list[dict[str, Any]] = []
    for row in sheets.read(sheet, ("document", "start", "end", column)):
        names = _codes(row[column], known)
        if not names:
            continue
        where = f"{sheet}, row {row['row']}"
        coder_name = coder if column == "resolution" else row.get("coder", "").strip() or coder
        span = _span(row, texts)
        unknown_codes = [name for name in names if known and name not in known and name != NO_CODE]
        if span is None:
            problems.append(
                f"{where}: {row['document']} {row['start']}-{row['end']} is not a passage of this study. Restore the "
                "cells."
            )
        if coders.is_program(coder_name):
            problems.append(f"{where}: {_own(coder_name)} Enter the coder's name.")
        if not coder_name:
            problems.append(f"{where}: the column 'coder' is empty. Enter the coder's name.")
        problems += [
            f"{where}: '{name}' is not in the codebook. Correct the spelling, or add the code."
            for name in unknown_codes
        ]
        if span is not None:
            start, end = span
            passage = {
                "document": row["document"],
                "start": start,
                "end": end,
                "text": texts[row["document"]][start:end],
            }
            coding_fields = {"coder": coder_name, "parent_code": "", "memo": row.get("memo", "").strip(), "date": ""}
            codings += [passage | {"code": name} | coding_fields for name in names]
    if problems:
        raise SheetError("\n".join(problems))
    return codings


def _own(coder: str) -> str:
    return f"'{coder}' is reserved for this program's own codings."


def _codes(cell: str, known: Sequence[str]) -> list[str]:
    """The codes in a cell, in the spelling of the codebook; a code with a semicolon in its name is found whole."""
    if cell.strip() in known:
        return [cell.strip()]
    spelling = {name.casefold(): name for name in known}
    names = [name.strip() for name in cell.replace("\n", ";").split(";") if name.strip()]
    if names and all(name.casefold() in NONE for name in names):
        return [NO_CODE]
    return list(dict.fromkeys(spelling.get(name.casefold(), name) for name in names))


def _span(row: Mapping[str, str], texts: Mapping[str, str]) -> tuple[int, int] | None:
    text = texts.get(row["document"])
    if text is None or not (row["start"].strip().isdecimal() and row["end"].strip().isdecimal()):
        return None
    start, end = int(row["start"]), int(row["end"])
    return (start, end) if start < end <= len(text) else None


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


def _safe(name: str) -> str:
    """A name as a file's name: letters, digits, - and _; raise SheetError where nothing is left."""
    composed = unicodedata.normalize("NFC", name.strip())[:LONGEST]
    file_name = "".join(character if character.isalnum() or character in "-_" else "_" for character in composed).strip(
        "_"
    )
    if not file_name:
        raise SheetError("The coder's name needs letters or digits: it is part of the file name.")
    return file_name
