from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from pipeline import ingest
from pipeline.commands import checks, overview_lines
from pipeline.core import params
from pipeline.corpus import overview

TALK = """Interviewee: Bo Kern
Date: 3 May 2021

# Interview

Interviewer: How did you come to work here?
Bo: It was near my home, and I had friends on the ward already.
[door opens]
Interviewer: And would you do it again?
Bo: Yes, I think I would, but not at night.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    (tmp_path / "data/mine/transcripts").mkdir(parents=True)
    return tmp_path / "data/mine"


def put(folder: Path, name: str, text: str) -> None:
    (folder / "transcripts" / name).write_text(text, encoding="utf-8")


def read(folder: Path) -> list[overview.Overview]:
    return overview.overviews(ingest.ingest(folder, **params.Ingest().model_dump()))


def test_a_document_says_who_speaks_and_what_was_set_aside(folder):
    put(folder, "int1.txt", TALK)
    (one,) = read(folder)
    assert (one.document, one.source_type) == ("int1.txt", "interview")
    bo = next(voice for voice in one.voices if voice.speaker == "Bo")
    (asks,) = one.of("interviewer")
    assert (bo.speaker, bo.part, bo.n_turns) == ("Bo", "participant", 2)
    assert bo.first == "It was near my home, and I had friends on the ward already."
    assert (asks.part, asks.first) == ("interviewer", "How did you come to work here?")
    assert "label" in asks.why
    aside = "; ".join(one.aside)
    assert "1 heading" in aside


def test_lines_before_the_first_speaker_are_counted_and_shown(folder):
    by = "Transcribed by K. Lowe and checked, DRAFT v2"
    put(folder, "int1.txt", f"{by}\n\n{TALK.split('# Interview', 1)[1].lstrip()}")
    (one,) = read(folder)
    assert any(f"1 line before the first speaker (8 words): “{by}”" in line for line in one.aside), one.aside
    assert [voice.speaker for voice in one.voices if voice.part == "none" and by in voice.first] == []


def test_answers_without_a_label_do_not_make_a_title_evidence(folder):
    by = "Transcribed by K. Lowe and checked, DRAFT v2"
    put(folder, "int1.txt", f"{by}\n\n" + "Interviewer: Why here?\n\nIt was near my home.\n\n" * 3)
    turns = ingest.ingest(folder, **params.Ingest().model_dump())["turns"]
    assert set(turns[turns.text == by].case) == {""}


def test_lines_that_nobody_says_are_told_without_labels_and_times():
    text = "Interviewee: Bo Kern\nDate: 3 May\n\nAnna  00:12\nHello there.\n[00:15]\nBo: Hi. (00:20)\n\nEnd of tape\n"
    spans = [(at, at + len(said)) for said in ("Hello there.", "Hi.") for at in [text.index(said)]]
    found = list(overview.outside(text, spans, {"Anna", "Bo"}))
    assert found == ["Interviewee: Bo Kern", "Date: 3 May", "End of tape"]
    assert list(overview.outside("no turns\nat all", [], set())) == ["no turns", "at all"]
    assert list(overview.outside("all of it", [(0, 9)], {""})) == []


def test_a_question_stands_with_its_document_and_problems_of_codes_do_not(folder):
    put(folder, "int1.txt", "Ann: Why do you stay?\nBo: I like it.\nAnn: Why is that?\nBo: The people.\n")
    (folder / "human_codes").mkdir()
    (folder / "human_codes/lea.csv").write_text("document,text,code\nint1,nobody said this,Time\n")
    (one,) = read(folder)
    assert len(one.questions) == 1 and "Ann" in one.questions[0]
    assert one.of("interviewer")[0].why


def documents(number: int, asked: int = 0) -> list[overview.Overview]:
    voice = overview.Voice("王小明", "participant", "", "", 3, 1200, 0.6, "我觉得这个很好" * 20)
    other = overview.Voice("A very long name of somebody", "interviewer", "", "they ask", 2, 1, 0.004, "Why?\x1b[31m")
    return [
        overview.Overview(
            f"site/interview_{at:03}.docx",
            "interview",
            "Chinese (98%)",
            1201,
            (voice, other),
            ("1 heading",),
            ("'A' was assumed to be the interviewer. " * 4,) if at >= number - asked else (),
        )
        for at in range(number)
    ]


@pytest.mark.parametrize("width", [40, 80, 132])
@pytest.mark.parametrize("number", [1, 60])
def test_no_line_is_wider_than_the_terminal(width, number):
    for whole in (True, False):
        said = overview_lines.lines(documents(number, 2), width=width, whole=whole)
        assert max(map(cell_len, said)) <= width
        assert not any("\x1b" in line for line in said)


def test_columns_of_wide_letters_stand_below_one_another():
    said = overview_lines.lines(documents(1), width=80)
    at = {
        cell_len(line.partition(part)[0]) for line in said for part in ("participant ", "interviewer ") if part in line
    }
    assert len(at) == 1


def test_a_long_study_shows_questions_first_and_sums_up_the_rest():
    said = overview_lines.lines(documents(300, 2), width=80)
    assert said[0] == "site/interview_298.docx"
    assert sum("question" in line for line in said if line.startswith("  question")) == 2
    assert sum(line.startswith("  site/") for line in said) == overview_lines.IN_ONE_LINE
    assert "… and 198 more documents" in said
    assert any("2 of 300 documents have questions" in line and "--all" in line for line in said)
    assert len(overview_lines.lines(documents(300, 2), width=80, whole=True)) > 300 * 6


def test_many_speakers_and_questions_of_a_document_are_summed_up():
    (one,) = documents(1)
    many = replace(one, voices=one.voices[:1] * 40, questions=tuple(f"Is {n} so?" for n in range(40)))
    said = "\n".join(overview_lines.lines([many], width=80))
    assert "… and 28 more speakers" in said and "… and 34 more questions" in said and "Is 6 so?" not in said
    assert "Is 39 so?" in "\n".join(overview_lines.lines([many], width=80, whole=True))


def test_who_asks_in_the_study_is_one_sentence():
    one = documents(3)
    nobody = overview.Overview("x", "interview", "unknown", 1, one[0].voices[:1], (), ())
    assert overview_lines.interviewers([*one, nobody]) == (
        "Interviewer: A very long name of somebody (3 documents), nobody (1 document)."
    )
    assert overview_lines.interviewers([]) == ""


def test_everything_is_said_at_once_whatever_is_wrong(folder):
    put(folder, "int1.txt", TALK)
    put(folder, "int2.txt", TALK)
    Path("params.yaml").write_text("study: data/mine\nthemes:\n  keywords: many\n")
    (folder / "codebook.yaml").write_text("codes: 1\n")
    (folder / "decisions.yaml").write_text("decisions: 1\n")
    (folder / "participants.csv").write_text("document,speaker,case,part\nint1,Bo,bo,guest\nint1,Nobody,n,\n")
    (folder / "human_codes").mkdir()
    (folder / "human_codes/lea.csv").write_text("document,text,code\nint1,nobody said this,Time\n")
    found = checks.check(None)
    said = "\n".join(found.lines)
    for part in (
        "themes.keywords",
        "codebook.yaml",
        "decisions.yaml",
        "unknown part 'guest'",
        "No turn by 'Nobody'",
        "lea.csv",
    ):
        assert part in said, part
    assert found.refused
    assert [one.document for one in found.documents] == ["int1.txt", "int2.txt"]
    assert any("int1.txt" in question for question in found.documents[1].questions), "the same transcript twice"


def test_codes_that_may_be_headings_are_asked_about(folder):
    put(folder, "int1.txt", TALK)
    Path("params.yaml").write_text("study: data/mine\n")
    (folder / "human_codes").mkdir()
    words = next(line.partition(": ")[2] for line in TALK.splitlines() if line.startswith("Bo: "))
    (folder / "human_codes/lea.csv").write_text(f'document,text,code\nint1,"{words}",Applied\n')
    (folder / "codebook.yaml").write_text(
        "codes:\n- {name: Bare}\n- {name: A, parent: Bare}\n- {name: Heading, codable: false}\n- {name: B, parent: Heading}\n"
        "- {name: Defined, definition: Of time.}\n- {name: C, parent: Defined}\n- {name: Applied}\n- {name: D, parent: Applied}\n"
    )
    said = "\n".join(checks.check(None).lines)
    assert "without a definition, that nobody applied: Bare. Those that are only headings need `codable: false`" in said
    (folder / "codebook.yaml").write_text("codes:\n- {name: Bare}\n- {name: A}\n")
    assert "only headings" not in "\n".join(checks.check(None).lines)


def test_problems_that_say_the_same_are_summed_up(folder):
    put(folder, "int1.txt", TALK)
    for number in range(9):
        put(folder, f"film{number}.mp4", "x")
    few = [line for line in checks.check(None).lines if line.startswith("LEFT OUT")]
    assert len(few) == 4 and few[0].startswith("LEFT OUT: film0.mp4") and "6 more" in few[-1]
    assert sum(line.startswith("LEFT OUT") for line in checks.check(None, whole=True).lines) == 9
