"""What people coded, and what their silence means."""

import numpy as np
import pandas as pd
import pytest

from pipeline.core import store
from pipeline.deductive import coded
from pipeline.deductive.codebook import Code, Codebook

SEGMENTS = pd.DataFrame(
    [(f"{d}{n}", d, n * 10, n * 10 + 9) for d in "ab" for n in range(3)],
    columns=["segment_id", "document", "start", "end"],
)
BOOK = Codebook(codes=(Code(name="Top"), Code(name="Leaf", parent="Top"), Code(name="Other")))


def codings(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> pd.DataFrame:
    """Rows of (segment, code, coder[, parent_code])."""
    place = SEGMENTS.set_index("segment_id")
    made = [
        (
            place.loc[s, "document"],
            place.loc[s, "start"],
            place.loc[s, "end"],
            "",
            code,
            (*rest, "")[1],
            rest[0],
            "",
            "",
        )
        for s, code, *rest in rows
    ]
    empty = store.empty("codings")
    return pd.DataFrame(made, columns=list(empty.columns)).astype(empty.dtypes)


def truth(*rows, **options):
    given = codings(*rows)
    tree = coded.tree(BOOK, given)
    found = coded.truth(SEGMENTS, given, codes=tree, **options)

    def named(matrix):
        pairs = zip(*matrix.nonzero(), strict=True)
        return sorted((SEGMENTS["segment_id"][row], tree.names[column]) for row, column in pairs)

    return tree, found, named


def test_codes_above_are_rolled_up_and_direct_ones_kept_apart():
    _, found, named = truth(("a0", "Leaf", "ann"))
    assert named(found.direct) == [("a0", "Leaf")]
    assert named(found.rolled) == [("a0", "Leaf"), ("a0", "Top")]


def test_a_document_that_was_coded_was_read_and_another_was_not():
    _, found, _ = truth(("a0", "Leaf", "ann"))
    assert found.seen.tolist() == [True, True, True, False, False, False]


def test_any_coder_counts():
    _, found, named = truth(("a0", "Leaf", "ann"), ("a0", "Other", "ben"))
    assert named(found.direct) == [("a0", "Leaf"), ("a0", "Other")]


def test_where_the_coders_settled_a_segment_that_alone_counts():
    _, found, named = truth(("a0", "Leaf", "ann"), ("a0", "Other", coded.CONSENSUS), ("a1", "Leaf", "ann"))
    assert named(found.direct) == [("a0", "Other"), ("a1", "Leaf")]


def test_no_code_is_an_answer_and_makes_silence_elsewhere_none():
    tree, found, named = truth(("a0", "Leaf", "ann"), ("a1", coded.NO_CODE, "ann"), ("b0", "Leaf", "ann"))
    assert coded.NO_CODE not in tree.names
    assert named(found.direct) == [("a0", "Leaf"), ("b0", "Leaf")]
    assert found.seen.tolist() == [True, True, False, True, True, True]


def test_where_silence_is_unknown_only_what_somebody_coded_was_answered():
    rows = [("a0", "Leaf", "ann"), ("a1", coded.NO_CODE, "ann"), ("b2", "Other", "ben")]
    _, found, named = truth(*rows, uncoded="unknown")
    assert found.seen.tolist() == [True, True, False, False, False, True]
    assert named(found.direct) == [("a0", "Leaf"), ("b2", "Other")]
    assert truth(rows[0])[1].seen.sum() == 3


def test_settled_as_no_code_takes_a_code_away():
    _, found, named = truth(("a0", "Leaf", "ann"), ("a0", coded.NO_CODE, coded.CONSENSUS))
    assert named(found.direct) == []
    assert found.seen[0]


def test_codes_beside_the_codebook_come_after_it_with_the_parents_that_coders_gave():
    rows = [
        ("a0", "New", "ann", "Kind"),
        ("a1", "New", "ann", "Kind"),
        ("a2", "New", "ann", "Rare"),
        ("b0", "B", "ann"),
    ]
    tree, found, named = truth(*rows)
    assert tree.names == ("Top", "Leaf", "Other", "B", "New", "Kind")
    assert tree.missing == ("B", "New")
    assert tree.line("New") == ["New", "Kind"]
    assert "Kind" not in tree.given
    assert ("a0", "Kind") in named(found.rolled)


def test_a_code_of_the_codebook_keeps_the_codebooks_parent():
    tree, _, _ = truth(("a0", "Leaf", "ann", "Elsewhere"))
    assert tree.line("Leaf") == ["Leaf", "Top"]
    assert "Elsewhere" not in tree.names


def test_a_code_that_is_its_own_parent_and_rings_end():
    tree, _, _ = truth(("a0", "X", "ann", "X"), ("a1", "P", "ann", "Q"), ("a2", "Q", "ann", "P"))
    assert tree.line("X") == ["X"]
    assert tree.line("P") == ["P", "Q"]
    assert tree.above.shape == (len(tree.names),) * 2


def test_nobody_coded():
    tree, found, _ = truth()
    assert tree.names == BOOK.names
    assert not found.seen.any()
    assert found.direct.shape == (6, 3)


def spread(*documents: tuple[int, int], n: int = 40) -> tuple[coded.Truth, np.ndarray]:
    """Documents of n segments, each with so many codings of four subjects and of a marker."""
    direct = np.zeros((n * len(documents), 5), dtype=bool)
    for at, (subjects, markers) in enumerate(documents):
        for segment in range(subjects):
            direct[at * n + segment, segment % 4] = True
        direct[at * n : at * n + markers, 4] = True
    names = np.repeat([f"d{at}" for at in range(len(documents))], n)
    return coded.Truth(np.ones(len(direct), dtype=bool), direct, direct), names


@pytest.mark.parametrize(
    ("documents", "apart"),
    [
        ([(20, 0), (16, 0), (0, 8)], ["d2"]),  # markers alone
        ([(20, 3), (16, 3), (0, 8)], ["d2"]),  # that the others use too
        ([(20, 0), (16, 0), (1, 0)], ["d2"]),  # begun
        ([(20, 0), (16, 0), (4, 0)], []),  # little is coded, but by the same codes
        ([(20, 0), (0, 8)], []),  # of two it cannot be told which
        ([(20, 0), (0, 8), (0, 8)], []),  # nor where they are as many
        ([(4, 0), (4, 0), (0, 2)], []),  # too little to expect
    ],
)
def test_documents_coded_by_markers_or_only_begun_are_found(documents, apart):
    assert coded.coded_apart(*spread(*documents)) == apart


def test_documents_that_were_coded_apart_count_as_unread():
    truth, names = spread((20, 0), (16, 0), (0, 8))
    left = coded.without(truth, names, ["d2"])
    assert left.seen.sum() == 80
    assert (left.direct == truth.direct).all()
