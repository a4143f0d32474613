"""Speakers' habits are taken out of vectors, by as much as they say."""

import numpy as np
import pandas as pd
import pytest

from pipeline.vectors import context, speaker_means


def talk(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["document", "speaker", "case"])


def drawn(count: int) -> np.ndarray:
    return context.unit(np.random.default_rng(3).normal(size=(count, 8)))


def test_of_a_speakers_mean_as_much_is_taken_as_they_say():
    vectors = drawn(5)
    found = speaker_means.removed(talk(*[("d", "A", "")] * 4, ("d", "B", "")), vectors, shrinkage=4)
    often = vectors[:4] - 4 / 8 * (vectors[:4].mean(axis=0) - vectors.mean(axis=0))
    once = vectors[4:] - 1 / 5 * (vectors[4:].mean(axis=0) - vectors.mean(axis=0))
    assert found == pytest.approx(context.unit(np.vstack([often, once])), abs=1e-6)
    assert found.dtype == np.float32


def test_speakers_who_say_the_same_in_their_own_way_come_together():
    said, habit = np.eye(6)[:2], np.eye(6)[2:4]
    rows = [("d", who, "") for who in "AB" for _ in range(100)]
    vectors = context.unit(np.array([said[n % 2] + 2 * habit[who] for who in range(2) for n in range(100)]))
    before, after = vectors @ vectors.T, (found := speaker_means.removed(talk(*rows), vectors)) @ found.T
    assert before[0, 100] < before[0, 1], "nearer to what they said of something else than to the other speaker"
    assert after[0, 100] > after[0, 1]


def test_a_participant_is_one_speaker_in_all_documents_and_a_document_without_speakers_is_one():
    vectors = drawn(4)
    one = speaker_means.removed(talk(("a", "Anna", "x"), ("b", "AN", "x"), ("c", "", ""), ("c", "", "")), vectors)
    same = speaker_means.removed(talk(("a", "S", ""), ("a", "S", ""), ("b", "S", ""), ("b", "S", "")), vectors)
    apart = speaker_means.removed(talk(("a", "S", ""), ("b", "S", ""), ("c", "", ""), ("d", "", "")), vectors)
    assert (one == same).all()
    assert (one != apart).any()


def test_a_single_speaker_keeps_their_mean_and_nothing_is_no_error():
    vectors = drawn(3)
    assert speaker_means.removed(talk(*[("a", "S", "")] * 3), vectors) == pytest.approx(vectors, abs=1e-6)
    assert speaker_means.removed(talk(), np.zeros((0, 4))).shape == (0, 4)
