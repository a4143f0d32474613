import numpy as np
import pandas as pd
import pytest

from pipeline.inductive import theme_quotes


def study(n: int = 24) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
    """Two themes around two directions, said by four cases in turn; the later a segment, the further from its middle."""
    themes = np.arange(n) % 2
    away = np.arange(n) / n
    vectors = np.zeros((n, 4))
    vectors[np.arange(n), themes] = 1 - away / 2
    vectors[np.arange(n), 1 - themes] = away / 2
    vectors[:, 2] = np.where(np.arange(n) % 3 == 0, 0.2, -0.1)
    strength = np.stack([vectors[:, 0], vectors[:, 1]], axis=1)
    rows = {
        "segment_id": [f"s{k:02d}" for k in range(n)],
        "case": [f"c{k // 2 % 4}" for k in range(n)],
        "document": "d",
    }
    return pd.DataFrame(rows), vectors, themes, strength / strength.sum(axis=1, keepdims=True)


def chosen(count: int = 5) -> pd.DataFrame:
    return theme_quotes.choose(*study(), count=count)


def of(quotes: pd.DataFrame, theme: int, kind: str) -> list[int]:
    rows = quotes[(quotes["theme"] == theme) & (quotes["kind"] == kind)].sort_values("rank")
    return [int(name[1:]) for name in rows["segment_id"]]


def test_every_theme_has_every_kind_ranked_from_one():
    quotes = chosen()
    for (_, _), rows in quotes.groupby(["theme", "kind"]):
        assert rows["rank"].tolist() == [1, 2, 3, 4, 5]
        assert rows["segment_id"].is_unique
    assert set(quotes["kind"]) == {"typical", "diverse", "borderline", "contrasting"}


@pytest.mark.parametrize("kind", ["typical", "diverse", "borderline"])
def test_quotes_of_a_theme_are_its_own(kind):
    themes = study()[2]
    assert all(themes[place] == 0 for place in of(chosen(), 0, kind))


def test_contrasting_quotes_are_of_another_theme_and_the_nearest_come_first():
    quotes = chosen()
    assert all(study()[2][place] == 1 for place in of(quotes, 0, "contrasting"))
    scores = quotes[(quotes["theme"] == 0) & (quotes["kind"] == "contrasting")]["score"].tolist()
    assert scores == sorted(scores, reverse=True)


def test_no_two_diverse_quotes_are_of_one_case_where_it_can_be_helped():
    segments = study()[0]
    first = [segments["case"][place] for place in of(chosen(), 0, "diverse")]
    assert len(set(first[:4])) == len(set(segments["case"][::2]))


def test_the_most_borderline_is_the_one_with_the_smallest_gap():
    _, _, themes, strength = study()
    gap = np.abs(strength[:, 0] - strength[:, 1])
    inside = np.flatnonzero(themes == 0)
    assert of(chosen(), 0, "borderline")[0] == inside[gap[inside].argmin()]


def test_there_may_be_fewer_quotes_than_asked_for():
    assert len(of(chosen(50), 0, "typical")) == 12


def test_one_theme_has_no_border_and_nothing_against_it():
    segments, vectors, _, _ = study()
    quotes = theme_quotes.choose(segments, vectors, np.zeros(24, int), np.ones((24, 1)), count=3)
    assert set(quotes["kind"]) == {"typical", "diverse"}


def test_what_is_unassigned_is_quoted_nowhere():
    segments, vectors, themes, strength = study()
    quotes = theme_quotes.choose(segments, vectors, np.where(np.arange(24) < 6, -1, themes), strength, count=30)
    assert not set(quotes["segment_id"]) & set(segments["segment_id"][:6])


def test_nothing_gives_nothing():
    segments, vectors, _, _ = study()
    assert theme_quotes.choose(segments[:0], vectors[:0], np.zeros(0, int), np.ones((0, 0)), count=3).empty


def test_people_who_are_not_named_count_by_document():
    segments, vectors, themes, strength = study()
    segments = segments.assign(case="", document=[f"n{place // 2 % 4}" for place in range(24)])
    quotes = theme_quotes.choose(segments, vectors, themes, strength, count=4)
    places = of(quotes, 0, "diverse")
    assert len({segments["document"][place] for place in places}) == len(set(segments["document"][::2]))
