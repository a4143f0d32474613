"""Large studies: the sample that is clustered, and how the rest joins its themes, wherever and in whatever parts."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import themes
from pipeline.core import parallel, params
from pipeline.core.terms import UNASSIGNED as NONE
from pipeline.inductive import assigning, grouping
from pipeline.inductive.grouping import Groups, Talk

OPTIONS = params.Themes(runs=8, context=0, min_segments=4, stability_runs=0, drop_one=0)


def study(n: int, *, kinds: int = 3, documents: int = 10, seed: int = 1, noise: float = 0.1) -> Talk:
    """n segments on `kinds` subjects in turn, by document."""
    random = np.random.default_rng(seed)
    about = np.arange(n) % kinds
    vectors = np.eye(12)[about] + noise * random.normal(size=(n, 12))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    names = [f"d{place * documents // n:02}" for place in range(n)]
    frame = pd.DataFrame({"segment_id": [f"s{place:05}" for place in range(n)], "document": names, "case": names})
    return Talk(frame, vectors, vectors)


def sampled(segments: pd.DataFrame, most: int) -> set[str]:
    return set(segments["segment_id"][assigning.sampled(segments, most=most, seed=1)])


def test_a_study_within_the_limit_is_looked_at_whole():
    segments = study(30).segments
    assert assigning.sampled(segments, most=30, seed=1).all()
    assert not assigning.sampled(segments, most=20, seed=1).all()


@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.floats(0.05, 0.95))
def test_each_document_gives_its_share_to_a_segment(sizes, share):
    names = [f"d{number}" for number, size in enumerate(sizes) for _ in range(size)]
    segments = pd.DataFrame({"segment_id": [f"s{i}" for i in range(len(names))], "document": names, "case": ""})
    most = int(share * len(names))
    taken = segments[assigning.sampled(segments, most=most, seed=1)]["document"].value_counts()
    if most < len(names):
        for number, size in enumerate(sizes):
            assert abs(taken.get(f"d{number}", 0) - most / len(names) * size) <= 1


def test_about_as_many_are_looked_at_as_asked():
    one_each = study(3000, documents=3000).segments
    assert 850 <= len(sampled(one_each, 1000)) <= 1150
    assert len(sampled(study(3000).segments, 1000)) == pytest.approx(1000, abs=10)


def test_cases_of_one_document_give_their_share_too():
    segments = study(1000, documents=1).segments.assign(case=["many"] * 900 + ["few"] * 100)
    taken = segments[segments["segment_id"].isin(sampled(segments, 300))]["case"].value_counts()
    assert taken["many"] in (270, 271) and taken["few"] in (30, 31)


def test_the_sample_depends_on_names_alone_and_little_on_a_document_more():
    segments = study(1000).segments
    mixed = segments.sample(frac=1, random_state=1)
    assert sampled(mixed, 400) == sampled(segments, 400)
    more = pd.concat([segments, study(100).segments.assign(segment_id=lambda t: "n" + t["segment_id"], document="new")])
    before, after = sampled(segments, 400), {name for name in sampled(more, 440) if name.startswith("s")}
    assert before == after, "the same share of a larger study"


def groups(talk: Talk, mask: np.ndarray) -> Groups:
    return grouping.grouped(grouping.selection(talk, mask), options=OPTIONS)


def test_the_rest_joins_the_theme_it_is_nearest_to():
    talk = study(600)
    mask = assigning.sampled(talk.segments, most=200, seed=1)
    found = groups(talk, mask)
    fit = assigning.fitted(talk.vectors[mask], found)
    rest = assigning.assigned(talk.vectors[~mask], fit)
    about = np.arange(600) % 3
    of_kind = {int(kind): set(found.themes[about[mask] == kind]) for kind in range(3)}
    assert all(len(names - {NONE}) == 1 for names in of_kind.values()), "three subjects, three themes"
    right = [theme in of_kind[kind] for theme, kind in zip(rest["themes"], about[~mask], strict=True)]
    assert np.mean(right) > 0.97 and all(right & (rest["themes"] >= 0) == (rest["themes"] >= 0))
    np.testing.assert_allclose(rest["strength"].sum(axis=1), 1, atol=1e-5)
    assigned = rest["themes"] >= 0
    assert (rest["strength"].argmax(axis=1) == rest["themes"])[assigned].all()


def test_only_the_outer_tenth_of_a_theme_is_compared_with_the_sample():
    talk = study(600, noise=0.25)
    mask = np.arange(600) % 2 == 0
    found = groups(talk, mask)
    fit = assigning.fitted(talk.vectors[mask], found)
    middle = talk.vectors[mask].mean(axis=0)

    def cosines(vectors: np.ndarray) -> np.ndarray:
        """With the direction from the middle of all to the middle of each theme."""
        own = [talk.vectors[mask][found.themes == number].mean(axis=0) - middle for number in range(3)]
        apart = vectors - middle
        lengths = np.linalg.norm(apart, axis=1)[:, None] * np.linalg.norm(own, axis=1)
        return apart @ np.transpose(own) / lengths

    inside = found.themes >= 0
    of_sample = cosines(talk.vectors[mask])[inside, found.themes[inside]]
    assert fit.far == pytest.approx(np.quantile(of_sample, 0.1), abs=0.01)
    rest = assigning.assigned(talk.vectors[~mask], fit)
    nearest = cosines(talk.vectors[~mask]).max(axis=1)
    assert (rest["likeness"][nearest > fit.far + 0.001] == 1).all()
    rows = np.flatnonzero(nearest < fit.far - 0.001)
    like = np.sort(talk.vectors[~mask][rows] @ talk.vectors[mask].T, axis=1)[:, -5:].mean(axis=1)
    assert len(rows) > 10 and rest["likeness"][rows] == pytest.approx(like, abs=1e-3)


def test_a_part_is_one_of_its_theme():
    talk = study(900, kinds=6, noise=0.3)
    mask = assigning.sampled(talk.segments, most=450, seed=1)
    found = groups(talk, mask)
    fit = assigning.fitted(talk.vectors[mask], found)
    rest = assigning.assigned(talk.vectors[~mask], fit)
    inside = rest["themes"] >= 0
    assert (fit.theme_of_sub_theme[rest["sub_themes"][inside]] == rest["themes"][inside]).all()
    assert (rest["sub_themes"][~inside] == NONE).all()


def test_what_is_unlike_anything_else_joins_no_theme():
    talk = study(600)
    mask = assigning.sampled(talk.segments, most=300, seed=1)
    fit = assigning.fitted(talk.vectors[mask], groups(talk, mask))
    odd = np.zeros((2, 12), dtype=np.float32)
    odd[0, 11], odd[1, 0] = 1, 1
    found = assigning.assigned(odd, fit)
    assert found["themes"][0] == NONE and found["sub_themes"][0] == NONE and found["likeness"][0] < fit.unlike
    assert found["themes"][1] >= 0 and found["likeness"][1] == 1


def test_a_vector_of_zeros_is_assigned_somewhere_or_nowhere_but_breaks_nothing():
    talk = study(300)
    mask = assigning.sampled(talk.segments, most=150, seed=1)
    found = assigning.assigned(
        np.zeros((1, 12), dtype=np.float32), assigning.fitted(talk.vectors[mask], groups(talk, mask))
    )
    assert np.isfinite(found["strength"]).all()


@settings(max_examples=20)
@given(st.lists(st.integers(1, 399), max_size=5, unique=True))
def test_in_whatever_parts_the_groups_are_the_same(cuts):
    talk = study(600, noise=0.3)
    mask = np.arange(600) % 3 == 0
    fit = assigning.fitted(talk.vectors[mask], groups(talk, mask))
    rest = talk.vectors[~mask]
    whole = assigning.assigned(rest, fit)
    parts = [assigning.assigned(rows, fit) for rows in np.split(rest, sorted(cuts))]
    for name, values in whole.items():
        assert (np.concatenate([part[name] for part in parts]) == values).all(), name


def test_groups_of_all_put_the_largest_first_and_keep_what_was_found():
    talk = study(800, noise=0.25)
    mask = assigning.sampled(talk.segments, most=300, seed=1)
    whole = assigning.grouped(talk, mask, options=OPTIONS)
    alone = groups(talk, mask)
    sizes = np.bincount(whole.themes[whole.themes >= 0])
    assert (np.diff(sizes) <= 0).all()
    assert len(set(zip(whole.themes[mask], alone.themes, strict=True))) == len(set(alone.themes)), "named anew, no more"
    assert whole.curve == alone.curve and whole.strength.shape == (800, len(sizes))
    own = whole.themes >= 0
    assert ((whole.themes == NONE) == (whole.sub_themes == NONE)).all()
    assert (np.round(whole.strength[own].sum(axis=1), 3) == 1).all()


def test_on_files_and_on_two_processes_the_groups_are_the_same(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(assigning, "BATCH", 90)
    talk = study(600, noise=0.3)
    mask = assigning.sampled(talk.segments, most=200, seed=1)
    found = [assigning.grouped(talk, mask, options=OPTIONS)]
    for name in ("local", "dask"):
        with parallel.opened(name, workers=2):
            assign = partial(assigning.in_batches, folder=tmp_path / name)
            found.append(assigning.grouped(talk, mask, options=OPTIONS, assign=assign))
    assert len(list((tmp_path / "dask").glob("*.groups.npz"))) > 3
    for other in found[1:]:
        for name in ("themes", "sub_themes", "strength", "likeness"):
            assert (getattr(other, name) == getattr(found[0], name)).all(), name


def test_the_folder_of_blocks_is_gone_when_they_are_assigned(tmp_path):
    talk = study(300)
    mask = assigning.sampled(talk.segments, most=150, seed=1)
    whole = assigning.grouped(talk, mask, options=OPTIONS)
    beside = assigning.grouped(
        talk, mask, options=OPTIONS, assign=partial(assigning.in_scratch_batches, tmp_path / "assign")
    )
    assert (beside.themes == whole.themes).all() and (beside.strength == whole.strength).all()
    assert not (tmp_path / "assign").exists()


def test_the_stage_says_that_it_looked_at_a_sample():
    import test_themes

    tables = test_themes.study(n=1600, documents=16)
    result = themes.themes(*tables, options=test_themes.FAST.model_copy(update={"fit_segments": 1000}))
    table, given_ = result.tables["theme_assignments"], tables[0]
    assert set(table["segment_id"]) == set(given_["segment_id"])
    assert result.tables["themes"].query("level == 1")["n_segments"].sum() == (table["theme_id"] >= 0).sum()
    said = result.tables["themes_problems"]["reason"].tolist()
    assert any("Themes were found in a sample of 1,0" in one and "of the 1,600 segments" in one for one in said), said
    about = np.arange(1600) % 4
    inside = table.set_index("segment_id").loc[given_["segment_id"], "theme_id"].to_numpy()
    for kind in range(4):
        assert pd.Series(inside[about == kind]).value_counts(normalize=True).iloc[0] > 0.95
    whole = themes.themes(*tables, options=test_themes.FAST)
    assert not any("Themes were found in" in one for one in whole.tables["themes_problems"]["reason"])
