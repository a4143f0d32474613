"""A living study: decisions through the stage of themes itself, while interviews arrive, leave and change their order."""

import numpy as np
import pandas as pd
import pytest

from pipeline import themes
from pipeline.core import params, store
from pipeline.decisions.ledger import Decision

OPTIONS = params.Themes(runs=8, min_segments=10, min_size=3, stability_runs=0, drop_one=0, context=0, n_themes=3)
WORDS = ["hours rota shift cover", "audit chart measure dashboard", "board executive visit photograph"]
RNG = np.random.default_rng(11)
CENTRES = np.linalg.qr(RNG.normal(size=(12, 12)))[0][:4]


def talk(documents: list[str], *, blobs: tuple[int, ...] = (0, 1, 2), each: int = 5) -> dict[str, pd.DataFrame]:
    """Interviews of one participant each, who speaks of every subject as often; the same document, the same talk."""
    rows, vectors = [], []
    for document in documents:
        noise = np.random.default_rng(sum(map(ord, document)))
        for number in range(each * len(blobs)):
            blob = blobs[number % len(blobs)]
            text = f"{WORDS[blob % 3]} {document} {number}"
            place = {"start": 100 * number, "end": 100 * number + len(text), "turn_id": f"{document}:{number:04d}"}
            who = {"document": document, "case": document, "speaker": document, "part": "participant", "prompt_id": ""}
            rows.append(
                {"segment_id": f"{document}-{number:03d}", **who, **place, "time_s": np.nan, "n_words": 6, "place": ""}
            )
            rows[-1] |= {"language": "en", "substantive": True, "set_aside": "", "text": text}
            vector = CENTRES[blob] + noise.normal(0, 0.12, 12)
            vectors.append((vector / np.linalg.norm(vector)).astype(np.float32))
    segments = pd.DataFrame(rows)[list(store.empty("segments").columns)]
    return {
        "segments": segments,
        "embeddings": pd.DataFrame({"segment_id": segments["segment_id"], "vector": vectors}),
        "turns": store.empty("turns"),
        "cases": pd.DataFrame({"case": sorted(documents)}),
    }


def join(*parts: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in parts[0]}


def found(study: dict[str, pd.DataFrame], *taken: Decision) -> dict[str, pd.DataFrame]:
    return themes.themes(**study, options=OPTIONS, decisions=taken).tables


def of(tables: dict[str, pd.DataFrame], theme: int) -> set[str]:
    held = tables["theme_assignments"]
    return set(held.loc[held["theme_id"] == theme, "segment_id"])


def decide(tables: dict[str, pd.DataFrame], action: str, theme: int, day: int = 1, **more: object) -> Decision:
    """A decision on what the tables show."""
    documents = tuple(sorted({name.split("-")[0] for name in tables["theme_assignments"]["segment_id"]}))
    anchor = {"members": tuple(sorted(of(tables, theme))), "documents": documents}
    return Decision(**{"action": action, "theme": theme, "who": "Asha", "when": f"2026-01-{day:02d}", **anchor, **more})


START = ["ana", "ben", "cleo", "dev", "eli"]


@pytest.fixture(scope="module")
def before() -> dict[str, pd.DataFrame]:
    return found(talk(START))


@pytest.fixture(scope="module")
def first(before: dict[str, pd.DataFrame]) -> int:
    return int(before["themes"]["theme_id"].iloc[0])


def test_the_stage_finds_the_subjects_and_nothing_is_decided(before: dict[str, pd.DataFrame]):
    level = before["themes"][before["themes"]["level"] == 1]
    assert len(level) == 3 and level["n_segments"].between(24, 25).all(), "one segment may be unlike the rest"
    assert set(level["status"]) == {"candidate"} and set(level["decided"]) == {""}
    assert before["theme_questions"].empty and before["theme_news"].empty


def test_every_table_fits_its_schema_with_decisions_as_without(before: dict[str, pd.DataFrame], first: int):
    for tables in (before, found(talk(START), decide(before, "reject", first))):
        for name, table in tables.items():
            store.schema(name).validate(table, lazy=True)


def test_a_decided_theme_keeps_its_segments_label_and_id_when_an_interview_comes(
    before: dict[str, pd.DataFrame], first: int
):
    taken = decide(before, "rename", first, label="Protected time")
    after = found(talk([*START, "fay"]), taken)
    row = after["themes"].set_index("theme_id").loc[first]
    assert (row["label"], row["status"], row["decided"], row["label_source"]) == (
        "Protected time", "accepted", taken.key, "people",
    )  # fmt: skip
    assert {s for s in of(after, first) if not s.startswith("fay")} == of(before, first)
    assert row["n_segments"] == len(of(after, first)) == 30
    assert after["theme_questions"][["theme_id", "kind", "n_segments"]].values.tolist() == [[first, "joined", 5]]
    news = after["theme_news"].iloc[0]
    assert (news["theme_id"], news["verdict"], news["n_segments"]) == (first, "fits", 5)


def test_nothing_about_an_accepted_theme_changes_when_nobody_speaks_of_it(before: dict[str, pd.DataFrame], first: int):
    own = {int(s.split("-")[1]) % 3 for s in of(before, first)}
    others = tuple(blob for blob in range(3) if blob not in own)
    after = found(join(talk(START), talk(["fay"], blobs=others)), decide(before, "accept", first))
    assert of(after, first) == of(before, first)
    assert after["theme_questions"].empty
    assert after["theme_news"]["verdict"].tolist() == ["silent"]


def test_talk_of_something_else_asks_for_a_theme_of_its_own(before: dict[str, pd.DataFrame]):
    taken = [
        decide(before, "accept", int(theme), day)
        for day, theme in enumerate(before["themes"].loc[before["themes"]["level"] == 1, "theme_id"], start=1)
    ]
    study = join(talk(START), talk(["fay"], blobs=(3,), each=20))
    options = OPTIONS.model_copy(update={"n_themes": 4})
    after = themes.themes(**study, options=options, decisions=taken).tables
    asks = after["theme_news"][after["theme_news"]["verdict"] == "asks"]
    # Who speaks of one subject alone has it taken in part for a habit, so a few of the twenty join what there was.
    assert len(asks) == 1
    assert 15 <= asks["n_segments"].iloc[0] <= 20
    candidate = int(asks["candidate_id"].iloc[0])
    assert after["themes"].set_index("theme_id").loc[candidate, "status"] == "candidate"
    for decision in taken:
        assert of(after, decision.theme) == set(decision.members)


def test_a_withdrawn_interview_leaves_the_rest_of_a_decided_theme_as_it_was(
    before: dict[str, pd.DataFrame], first: int
):
    after = found(talk(START[1:]), decide(before, "accept", first))
    assert of(after, first) == {s for s in of(before, first) if not s.startswith("ana")}
    assert after["theme_questions"][["kind", "n_segments"]].values.tolist() == [["gone", 5]]


def test_other_settings_do_not_move_what_was_decided(before: dict[str, pd.DataFrame], first: int):
    taken = decide(before, "accept", first)
    for update in ({"n_themes": 2}, {"n_themes": 6}, {"seed": 5}, {"neighbours": 4}):
        after = themes.themes(**talk(START), options=OPTIONS.model_copy(update=update), decisions=[taken]).tables
        assert of(after, first) == of(before, first), update


def test_the_order_of_rows_and_of_decisions_changes_nothing(before: dict[str, pd.DataFrame], first: int):
    taken = [decide(before, "rename", first, 1, label="Time"), decide(before, "memo", first, 2, text="hm")]
    study = talk(START)
    mixed = {name: table.sample(frac=1, random_state=4).reset_index(drop=True) for name, table in study.items()}
    one, two = found(study, *taken), found(mixed, *taken[::-1])
    for name in one:
        pd.testing.assert_frame_equal(one[name], two[name])


def test_undoing_a_decision_gives_back_what_was_there(before: dict[str, pd.DataFrame], first: int):
    reject = decide(before, "reject", first)
    undo = Decision(action="undo", undoes=reject.key, who="Asha", when="2026-01-02")
    assert first not in set(found(talk(START), reject)["themes"]["theme_id"])
    after = found(talk(START), reject, undo)
    for name in before:
        pd.testing.assert_frame_equal(before[name], after[name])


def test_quotes_begin_with_what_was_pinned_and_rejected_talk_is_on_the_reading_list(
    before: dict[str, pd.DataFrame], first: int
):
    second = int(before["themes"]["theme_id"].iloc[1])
    last = sorted(of(before, first))[-1]
    after = found(talk(START), decide(before, "pin", first, segments=(last,)), decide(before, "reject", second, 2))
    quotes = after["theme_quotes"]
    typical = quotes[(quotes["theme_id"] == first) & (quotes["kind"] == "typical")].sort_values("rank")
    assert typical["segment_id"].iloc[0] == last
    assert typical["rank"].tolist() == list(range(1, len(typical) + 1))
    assert of(before, second) <= set(after["theme_unassigned"]["segment_id"])


def test_all_themes_may_be_rejected(before: dict[str, pd.DataFrame]):
    level = before["themes"].loc[before["themes"]["level"] == 1, "theme_id"]
    taken = [decide(before, "reject", int(theme), day) for day, theme in enumerate(level, start=1)]
    after = found(talk(START), *taken)
    assert after["themes"].empty and after["theme_quotes"].empty
    assert (after["theme_assignments"]["theme_id"] == -1).all()


def test_sub_themes_lie_inside_their_theme_also_after_a_merge(before: dict[str, pd.DataFrame], first: int):
    second = int(before["themes"]["theme_id"].iloc[1])
    both = tuple(sorted(of(before, first) | of(before, second)))
    after = found(talk(START), decide(before, "merge", first, others=(second,), members=both))
    assert of(after, first) == set(both)
    held = after["theme_assignments"]
    parents = after["themes"].set_index("theme_id")["parent_id"]
    for row in held[held["subtheme_id"] >= 0].itertuples():
        assert parents[row.subtheme_id] == row.theme_id
    parts = after["themes"][after["themes"]["parent_id"] == first]
    assert len(parts) > 1 and parts["n_segments"].sum() <= len(both)
