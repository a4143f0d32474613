"""Comments that people wrote into a list stay where a command writes the list anew."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core import study_template
from pipeline.decisions import alternative_readings, ledger, reading_ledger
from pipeline.decisions.ledger import Decision
from pipeline.reporting import written_summaries

HEAD = study_template.HEADS["decisions"]
EARLIER = "# What the researchers decided about candidate themes. Ids and words only: no participant's text.\n"
NEW = Decision(id="m", action="memo", theme=5, text="new", who="Ben", when="2026-03-01")
M = "- {id: m, when: '2026-03-01', who: Ben, action: memo, theme: 5, text: new}\n"


def old(name: str) -> str:
    return f"- {{id: {name}, when: '2026-01-15', who: Asha, action: accept, theme: 5}}\n"


def added(tmp_path: Path, text: str) -> str:
    path = tmp_path / "decisions.yaml"
    path.write_text(text)
    before = ledger.load(path)
    ledger.save(path, [*before, NEW])
    assert ledger.load(path) == ledger.in_order([*before, NEW])
    once = path.read_text()
    ledger.save(path, ledger.load(path))
    assert path.read_text() == once
    return once


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", HEAD + "decisions:\n" + M),
        (f"{EARLIER}decisions:\n", HEAD + "decisions:\n" + M),
        (f"{EARLIER}# ours\ndecisions:\n", "# ours\n" + HEAD + "decisions:\n" + M),
        ("# ours\ndecisions: []  # none yet\n", "# ours\n# none yet\n" + HEAD + "decisions:\n" + M),
        (
            f"decisions:\n# about z\n# ask Bea\n{old('z')[:-1]}  # agreed\n\n# about a\n{old('a')}# the end\n",
            f"{HEAD}decisions:\n# about a\n{old('a')}{M}# about z\n# ask Bea\n# agreed\n{old('z')}# the end\n",
        ),
        (
            "decisions:\n  - id: z\n    # within\n    when: 2026-01-15\n    who: Asha # her\n    action: accept\n    theme: 5\n",
            f"{HEAD}decisions:\n{M}# within\n# her\n{old('z')}",
        ),
        (f"# top\n{old('z')}", f"{HEAD}decisions:\n{M}# top\n{old('z')}"),
        (
            f"decisions: [{old('z')[2:-1]}, {old('y')[2:-1]}] # both\n# end\n",
            f"{HEAD}decisions:\n{M}{old('y')}# both\n{old('z')}# end\n",
        ),
        (f"decisions:\n{old('z')}# of another key\nseen: []\n", f"{HEAD}decisions:\n{M}{old('z')}# of another key\n"),
    ],
)
def test_a_comment_stays_with_what_it_is_about(tmp_path: Path, text: str, wanted: str):
    assert added(tmp_path, text) == wanted


def test_words_that_look_like_comments_stay_words_and_are_no_comments(tmp_path: Path):
    text = (
        "decisions:\n- id: z\n  when: 2026-01-15\n  who: Asha\n  action: memo\n  theme: 5\n  text: |\n    # first\n    two #2\n"
        "  why: 'see # 3'\n# a comment\n"
    )
    found = added(tmp_path, text)
    assert found == (
        f"{HEAD}decisions:\n{M}- {{id: z, when: '2026-01-15', who: Asha, action: memo, theme: 5, "
        "text: \"# first\\ntwo #2\\n\", why: 'see # 3'}\n# a comment\n"
    )


def test_the_comment_of_an_entry_that_is_gone_goes_with_it(tmp_path: Path):
    path = tmp_path / "decisions.yaml"
    path.write_text(f"decisions:\n# about z\n{old('z')}# about a\n{old('a')}")
    ledger.save(path, [one for one in ledger.load(path) if one.id == "a"])
    assert path.read_text() == f"{HEAD}decisions:\n# about a\n{old('a')}"


def test_the_other_files_keep_their_comments_too(tmp_path: Path):
    for name, text, module in [
        ("passages_read.yaml", "passages_read:\n# twice\n- {segment: a, who: Asha}\n", reading_ledger),
        (
            "interpretations.yaml",
            "interpretations:\n# ask\n- {theme: 5, who: Dev, when: 2026-03-01, means: x}\n",
            alternative_readings,
        ),
        (
            "summaries.yaml",
            "summaries:\n# mine\n- {case: A, code: B, summary: s, who: W, when: 2026-01-15}\n",
            written_summaries,
        ),
    ]:
        (tmp_path / name).write_text(text)
        module.save(tmp_path / name, module.load(tmp_path / name))
        assert text.splitlines()[1] in (tmp_path / name).read_text().splitlines()


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.sampled_from("abcdefgxyz"), unique=True, max_size=5),
    comments=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=5, unique=True),
)
def test_no_comment_is_lost_and_no_entry_changes(tmp_path_factory, names: list[str], comments: list[tuple[int, int]]):
    lines = ["decisions:" if names else "decisions: []", *(old(name)[:-1] for name in names)]
    for at, number in comments:
        lines.insert(min(at, len(lines)), f"# comment {number} {at}")
    found = added(tmp_path_factory.mktemp("c"), "\n".join(lines) + "\n").splitlines()
    assert all(found.count(f"# comment {number} {at}") == 1 for at, number in comments)
