"""What the small study lacks, written beside its tables: steadiness, mapping, codes and themes, saturation, questions."""

from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core import store

CODES = ("Pride", "Time", "Staffing", "Leaders")
PAIR = {"coder_a": "lea", "coder_b": "max"}


def tables(segments: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The tables by name; `segments` are those of the small study."""
    said = segments[segments.substantive].segment_id.to_list()
    return {**_themes(said), **_mapping(said), **_people(), **_growth()}


def write(folder: Path) -> Path:
    """Write them into a copy of the small study."""
    for name, frame in tables(store.read(folder, "segments")).items():
        store.write(folder, name, frame[list(store.empty(name).columns)])
    return folder


def _themes(said: list[str]) -> dict[str, pd.DataFrame]:
    runs = {"run": [1, 2], "left_out": [["interviews/ana.txt"], ["interviews/ben.vtt"]], "n_segments": [8, 8]}
    rests = pd.DataFrame(
        {
            "theme_id": [0, 0, 1],
            "kind": ["case", "site", "case"],
            "name": ["Ana", "north", "Dev"],
            "share": [0.5, 0.7, 0.3],
        }
    )
    questions = {"theme_id": [0, 1], "kind": ["shifted", "joined"], "n_segments": [2, 1]}
    news = {"theme_id": [0, 1], "verdict": ["fits", "asks"], "candidate_id": [-1, 1], "n_segments": 3, "n_documents": 1}
    return {
        "theme_stability": pd.DataFrame(runs | {"n_themes": [2, 3], "agreement": [0.31, 0.53]}),
        "theme_choice": pd.DataFrame(
            {"n_themes": [1, 2, 3], "score": [0.0, 0.64, 0.63], "chosen": [False, True, False]}
        ),
        "theme_dependence": rests.assign(jaccard=[0.37, 0.83, 0.61], remains=[False, True, True]),
        "theme_unassigned": pd.DataFrame({"rank": [2, 1], "segment_id": [said[0], said[1]], "likeness": [0.29, 0.17]}),
        "theme_questions": pd.DataFrame(
            questions | {"sentence": ["Two moved <away>.", "One joined."], "settles": [["shifted 2"], []]}
        ),
        "theme_news": pd.DataFrame(news | {"sentence": ["It fits.", "It asks."]}),
    }


def _mapping(said: list[str]) -> dict[str, pd.DataFrame]:
    codes = pd.DataFrame({"segment_id": said, "method": "few_shot", "n_codes": 1, "best_code": "Time", "fold": 0})
    codes = codes.assign(status="accepted", best_score=0.43, threshold=0.47, source="out of fold", review_rank=0)
    codes.loc[[0, 1], ["status", "n_codes"]] = ["uncertain", 0]
    codes.loc[[0, 1], "review_rank"] = [2, 1]
    quality = pd.DataFrame(
        {"method": ["few_shot", "zero_shot", "few_shot"], "code": ["(all codes)", "(all codes)", "Time"]}
    )
    quality = quality.assign(n_segments=11, n_coded=8, n_given=6, n_right=3, coverage=0.55, precision=0.5, recall=0.375)
    bins = {"method": "few_shot", "low": [0.0, 0.5], "high": [0.5, 1.0], "n": [30, 14], "mean_score": [0.21, 0.77]}
    segment = pd.DataFrame({"segment_id": said[:3], "valence": ["facilitator", "barrier", "neither"], "score": 0.9})
    against = {"code": "Time", "kind": ["near", "contradicts"], "rank": 1, "segment_id": [said[2], said[3]]}
    fates = pd.DataFrame({"code": list(CODES), "verdict": ["recovered", "fragmented", "invisible", "cannot tell"]})
    fates = fates.assign(
        n_segments=4, theme_id=[0, 1, 1, -1], precision=0.57, recall=0.67, themes=["0", "1; 0", "", ""], half_in=""
    )
    fates = fates.assign(level="code", parent="", n_documents=2, expected=0.3, p=0.01, power=0.9)
    fates = fates.assign(note=["", "", "", "too few to tell: 4 coded segments (at least 10 needed)"])
    return {
        "segment_codes": codes,
        "mapping_quality": quality.assign(f1=0.43, threshold=0.47, ece=0.07, brier=0.05, base_brier=0.06),
        "code_reliability": pd.DataFrame(bins | {"share": [0.13, 0.71]}),
        "valence": segment.assign(facilitator=0.9, barrier=0.1, evidence_start=0, evidence_end=0, method="zero_shot"),
        "negative_cases": pd.DataFrame(
            against | {"score": 0.3, "theme_id": [-1, 1], "reason": ["Near it.", "Not as theme 1."]}
        ),
        "code_themes": fates,
    }


CODED = {"n_a": 12, "n_b": 9, "n_both": 7}


def _people() -> dict[str, pd.DataFrame]:
    together = {"unit": "segment", "level": ["pooled", "code"], "code": ["(all codes)", "Time"], "coders": "lea; max"}
    figures = {
        "n": 11,
        "n_complete": 10,
        "given": "8; 5",
        "n_every": 4,
        "n_documents": 4,
        "prevalence": 0.3,
        "percent": [np.nan, 0.9],
        "alpha": [0.39, 0.7],
    }
    group = pd.DataFrame(
        {"attribute": "role", "value": ["doctor", "nurse"], "n": 40, "n_cases": 3, "n_documents": [1, 6], **CODED}
    )
    group = group.assign(
        **PAIR, percent=0.8, kappa=[np.nan, 0.23], kappa_low=np.nan, kappa_high=np.nan, rest=[np.nan, 0.49]
    )
    missed = {"coder": "lea", "method": "pipeline (few_shot)", "n_left": 9, "n_read": 8, "n_missed": 2, "share": 0.25}
    shares = {f"{name}{end}": 0.59 for name in ("precision", "recall") for end in ("", "_low", "_high")}
    code = {
        "coder": "lea",
        "level": "code",
        "code": list(CODES[:2]),
        "n_segments": 5,
        "n_documents": 2,
        "theme_id": [0, 1],
    }
    theme = {
        "coder": "lea",
        "level": "code",
        "theme_id": [0, 1],
        "n_segments": 6,
        "n_coded": 3,
        "coded": 0.5,
        "code": ["Pride", ""],
    }
    theme |= {name: value for name, value in shares.items() if name.startswith("precision")}
    facet = {"coder": "lea", "level": "code", "n": 40, "note": "", "facet": ["question", "document", "code"]}
    facets = [
        pd.DataFrame(facet | {"of": of, "theme_id": theme, "value": values}).assign(follows=follows)
        for of, theme, values, follows in (
            ("themes", -1, [0.6, -0.1, 0.2], [True, False, False]),
            ("theme", 0, [0.7, -0.1, 0.1], [True, False, False]),
            ("theme", 1, [0.2, 0.0, 0.25], False),
            ("codes", -1, [0.03, 0.0, np.nan], False),
        )
    ]
    followed = pd.concat(facets, ignore_index=True)
    followed = followed[(followed.of != "codes") | (followed.facet != "code")]
    return {
        "theme_facets": followed.assign(low=followed.value - 0.05, high=followed.value + 0.05),
        "agreement_of_all": pd.DataFrame(
            together | figures | {"low": 0.2, "high": 0.6, "fleiss": 0.4, "ac1": 0.5, "note": ""}
        ),
        "agreement_by_attribute": group.assign(
            difference=-0.26, low=[np.nan, -0.4], high=[np.nan, -0.1], note=["refused", ""]
        ),
        "missed": pd.DataFrame([missed | {"low": 0.1, "high": 0.4, "note": ""}]),
        "code_recovery": pd.DataFrame(
            code
            | shares
            | {"parent": "", "verdict": ["recovered", "merged"], "themes": ["0", "1; 0"], "half_in": "", "note": ""}
            | {"expected": 0.3, "p": 0.01, "power": 0.9}
        ),
        "theme_mapping": pd.DataFrame(theme | {"verdict": ["mapped", "orphan"], "codes": ["Pride", ""], "note": ""}),
    }


def _growth() -> dict[str, pd.DataFrame]:
    rows = []
    for source in ("lea", "themes"):
        for place in range(1, 5):
            row = {"source": source, "cell": "(all)", "position": place, "n_new": float(place < 3)}
            none = {"known_low": np.nan, "known_high": np.nan}
            rows.append(row | none | {"order": "file names", "document": f"d{place}", "n_known": float(min(place, 2))})
            band = {"known_low": 1.0, "known_high": 2.0, "n_known": min(0.9 + place * 0.3, 2)}
            rows.append(row | band | {"order": "random", "document": ""})
    return {"saturation": pd.DataFrame(rows).assign(ratio=np.nan, ratio_low=np.nan, ratio_high=np.nan)}
