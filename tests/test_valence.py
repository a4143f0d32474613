"""Facilitator or barrier: by wording, with its sentence, and learned where people coded it."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.deductive import mapping_few, valence
from tests import mapped_study as made


@pytest.mark.parametrize(
    ("text", "helps", "hinders"),
    [
        ("It helped us and it was easy.", 2, 0),
        ("It was difficult and a waste.", 0, 2),
        ("It was not easy.", 0, 1),
        ("It wasn\u2019t difficult.", 1, 0),
        ("There was no support at all.", 0, 1),
        ("Too easy.", 0, 1),
        ("It was not all that easy.", 0, 1),  # the third word before still turns it
        ("It was not all of that easy.", 1, 0),
        ("Not one of the many things that were said helped.", 1, 0),  # the negation is too far away
        ("The table is blue.", 0, 0),
        ("", 0, 0),
    ],
)
def test_words_of_help_and_hindrance_and_what_turns_them(text, helps, hinders):
    assert valence.read(text) == valence.Reading(helps, hinders)


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        ("facilitator", "The coach helped and it was easy."),
        ("barrier", "Then it was a mess, slow and difficult!"),
        ("both", "Then it was a mess, slow and difficult!"),
        ("neither", ""),
    ],
)
def test_the_evidence_is_the_sentence_that_says_it_most(verdict, sentence):
    text = "We met on Monday. The coach helped and it was easy. Then it was a mess, slow and difficult! And so on"
    start, end = valence.evidence(text, verdict)
    assert text[start:end] == sentence


def test_no_sentence_says_it():
    assert valence.evidence("We met on Monday.", "barrier") == (0, 0)


def frame(*texts: str, document: str = "d") -> pd.DataFrame:
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    return pd.DataFrame(
        {
            "segment_id": [f"{document}{n}" for n in range(len(texts))],
            "document": document,
            "start": starts,
            "end": [start + len(text) for start, text in zip(starts, texts, strict=True)],
            "text": list(texts),
        }
    )


def valences(segments: pd.DataFrame, codings: pd.DataFrame | None = None) -> pd.DataFrame:
    texts = segments["text"].tolist()
    plain = made.encode(texts).astype(float)
    said = valence.witness(texts, plain, made.encode(list(valence.ANCHORS)))
    people = store.empty("codings") if codings is None else codings
    return valence.valences(segments, said, codings=people, features=lambda: plain, options=mapping_few.Options())


def test_by_wording_alone():
    rows = valences(
        frame(
            "It helped us, it was easy and useful and people were happy.",
            "It was difficult and slow, a waste, and it failed.",
            "It helped us and it was easy, but it was slow and difficult too.",
            "The table is blue.",
        )
    )
    assert rows["valence"].tolist() == ["facilitator", "barrier", "both", "neither"]
    assert set(rows["method"]) == {"zero_shot"}
    assert rows["facilitator"][0] > 0.6 > 0.4 > rows["facilitator"][1]
    assert np.allclose(rows["facilitator"] + rows["barrier"], 1)
    assert rows["evidence_end"][3] == rows["evidence_start"][3]
    store.schema("valence").validate(rows)


def test_verdicts_and_scores_by_hand():
    helps = np.array([0.61, 0.59, 0.59, 0.41, 0.39, 0.39])
    once, both = valence.Reading(1, 0), valence.Reading(1, 2)
    said = valence.Witness(np.log(helps / (1 - helps)) / 10, np.zeros(6), (once, once, both, once, once, both))
    segments = frame("It helped.", "Hm.", "It helped. It failed, a mess.", "Hm.", "It failed.", "It helped. A mess.")
    rows = valence.valences(
        segments, said, codings=store.empty("codings"), features=lambda: np.zeros((6, 1)), options=mapping_few.Options()
    )
    assert rows["valence"].tolist() == ["facilitator", "neither", "both", "neither", "barrier", "barrier"]
    assert rows["score"].to_numpy() == pytest.approx([0.61, 0.82, 0.82, 0.82, 0.61, 0.61])
    assert rows["facilitator"].to_numpy() == pytest.approx(helps)
    assert rows["barrier"].to_numpy() == pytest.approx(1 - helps)
    figures = rows[["score", "facilitator", "barrier"]]
    assert figures.equals(figures.round(6)), "six places, the same on every machine"
    talk = " ".join(segments["text"])  # offsets are those of the document
    told = [talk[start:end] for start, end in zip(rows["evidence_start"], rows["evidence_end"], strict=True)]
    assert told == ["It helped.", "", "It failed, a mess.", "", "It failed.", "A mess."]


def test_words_count_beside_vectors():
    one = valence.witness(
        ["It helped, it was easy.", "It failed.", "Hm."], np.zeros((3, 2)), np.zeros((16, 2), np.float32)
    )
    assert one.words == pytest.approx([2 / 3, -1 / 2, 0])
    assert one.helps == pytest.approx(1 / (1 + np.exp(-1.5 * one.words)))
    anchors = np.repeat([[1.0, 0.0], [0.0, 1.0]], 8, axis=0).astype(np.float32)
    near = valence.witness(["Hm."] * 2, np.array([[1.0, 0.0], [0.6, 0.8]]), anchors)
    assert near.vectors == pytest.approx([1.0, -0.2])


def test_a_code_tells_its_valence_by_its_name_or_else_by_its_parents():
    rows = [("Time", "Barriers"), ("ENABLER", "Barriers"), ("Time", "Resources"), ("obstacles", "")]
    segments = frame(*["Some words."] * 4)
    empty = store.empty("codings")
    coded = [
        (one.document, one.start, one.end, one.text, code, parent, "ann", "", "")
        for one, (code, parent) in zip(segments.itertuples(), rows, strict=True)
    ]
    codings = pd.DataFrame(coded, columns=list(empty.columns)).astype(empty.dtypes)
    assert valence._coded(segments, codings).tolist() == [[False, True], [True, False], [False, False], [False, True]]


def test_it_is_learned_where_people_coded_it():
    # In this study "green" helps and "red" hinders, which no list of words knows.
    parts, coded = [], []
    for d in range(6):
        texts = [f"The {'green' if n % 2 else 'red'} one came number {n} today." for n in range(8)]
        parts.append(frame(*texts, document=f"d{d}."))
        for row, text in zip(parts[-1].itertuples(), texts, strict=True):
            code = "Facilitator" if "green" in text else "Barriers"
            coded.append((row.document, row.start, row.end, text, code, "", "ann", "", ""))
    segments = pd.concat(parts, ignore_index=True)
    empty = store.empty("codings")
    codings = pd.DataFrame(coded, columns=list(empty.columns)).astype(empty.dtypes)
    rows = valences(segments, codings)
    green = segments["text"].str.contains("green")
    assert set(rows["method"]) == {"few_shot"}
    assert (rows.loc[green, "valence"] == "facilitator").mean() > 0.9
    assert (rows.loc[~green, "valence"] == "barrier").mean() > 0.9
    few = codings[codings["document"] == "d0."]
    assert set(valences(segments, few)["method"]) == {"zero_shot"}


def test_the_words_are_one_side_or_the_other():
    assert not valence.HELP_WORDS & valence.HINDER_WORDS
    assert len(valence.ANCHORS) == 16
