import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.corpus.readers import speakers
from pipeline.corpus.readers.model import Labels
from pipeline.corpus.readers.times import first_time

ASKERS = ("interviewer", "moderator", "facilitator", "int", "i", "q")
LABELS = Labels(ASKERS)


def said(text, labels=LABELS):
    found = speakers.transcript(text, labels)
    return [(turn.speaker, text[turn.start : turn.end]) for turn in found.turns]


def times(text):
    return [turn.time_s for turn in speakers.transcript(text, LABELS).turns]


def remarks(text, labels=LABELS):
    return [remark.text for remark in speakers.transcript(text, labels).remarks]


def test_labels_open_turns_that_go_on_over_paragraphs():
    text = "Dan: How is it?\n\nAnna: Fine.\n\nIt was not always so.\nDan: No?\nAnna: No."
    assert said(text) == [
        ("Dan", "How is it?"),
        ("Anna", "Fine.\n\nIt was not always so."),
        ("Dan", "No?"),
        ("Anna", "No."),
    ]


def test_a_numbered_label_without_its_colon_is_a_turn_all_the_same():
    lines = [f"{letter}{n}: We say the words number {n} of {letter}." for n in range(1, 9) for letter in "QA"]
    for at in (6, 9):  # Q4 and A5
        slipped = "\n".join(line.replace(":", "") if n == at else line for n, line in enumerate(lines))
        assert [speaker for speaker, _ in said(slipped)] == ["Q", "A"] * 8
        assert any("without a colon" in remark for remark in remarks(slipped))


def test_labels_of_a_wrapped_text_are_shares_of_its_paragraphs():
    line = "we went there and they told us of all the things that had been done there"
    block = "\n".join([line] * 9)
    assert [name for name, _ in said(f"Dan: {block}\n\nAnna: {block}\n\nDan: {block}\n\nAnna: {block}")] == [
        "Dan",
        "Anna",
        "Dan",
        "Anna",
    ]


def test_a_colon_in_speech_is_no_label():
    text = "Dan: So?\nAnna: I said this: never.\nRemember: it rained.\nDan: And?\nAnna: Nothing."
    assert said(text)[1] == ("Anna", "I said this: never.\nRemember: it rained.")
    assert any("'Remember:'" in remark for remark in remarks(text))


def test_a_label_must_recur_unless_it_is_known():
    text = "Interviewer: So?\nBeth: We had no time.\nInterviewer: None?\n"
    assert said(text)[0] == ("Interviewer", "So?")
    assert ("Beth", "We had no time.") in said(text, Labels(ASKERS, frozenset(["beth"])))
    assert ("Beth", "We had no time.") in said(text, Labels(ASKERS, min_count=1))


def test_role_words_and_numbers_need_no_recurrence():
    assert said("Q: Why?\nParticipant 2: Because.") == [("Q", "Why?"), ("Participant 2", "Because.")]
    text = "Facilitator: Names?\nP1: Al.\nP2: Bo.\nP3: Cy.\nFacilitator: Well?"
    assert [speaker for speaker, _ in said(text)] == ["Facilitator", "P1", "P2", "P3", "Facilitator"]


def test_one_speaker_has_one_spelling():
    text = "DAN: One?\nAnna: Two.\nDan: Three?\nAnna: Four.\nDan: Five?"
    assert {speaker for speaker, _ in said(text)} == {"Dan", "Anna"}


def test_a_slip_of_the_pen_is_the_speaker_it_resembles():
    text = "Dan: One?\nParticipant: Two.\nDan: Three?\nParticpant: Four.\nParticipant: Five."
    assert ("Participant", "Four.") in said(text)
    assert any("'Particpant:'" in remark for remark in remarks(text))


@pytest.mark.parametrize(("slip", "taken"), [("Nurseryman", "Nurserymen"), ("Nurserimans", "")])
def test_a_label_is_a_slip_where_nine_letters_in_ten_are_the_same(slip, taken):
    text = f"Dan: One?\nNurserymen: Two.\nDan: Three?\n{slip}: Four.\nNurserymen: Five."
    assert ((taken, "Four.") in said(text)) == bool(taken)


def test_numbered_labels_are_no_slips_of_each_other():
    text = "Dan: One?\nNurse 11: Two.\nDan: Three?\nNurse 11: Four.\nNurse 12: Five.\nNurse 12: Six."
    assert ("Nurse 12", "Five.") in said(text)


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("[00:01:02] Anna: Yes.", 62.0),
        ("(00:01:02) Anna: Yes.", 62.0),
        ("Anna [01:02]: Yes.", 62.0),
        ("Anna: [1:01:02] Yes.", 3662.0),
        ("00:01:02.500 Anna: Yes.", 62.5),
        ("   Anna: Yes.", None),
        ("**Anna:** Yes.", None),
        ("Anna (01:02): Yes.", 62.0),
        ("- Anna: Yes.", None),
    ],
)
def test_times_stand_before_or_after_the_label(line, seconds):
    text = f"Dan: So?\n{line}\nDan: And?\n{line}"
    assert said(text)[1][1].strip("*") == "Yes."
    assert said(text)[1][0] == "Anna"
    assert times(text)[1] == seconds


def test_a_time_is_that_of_one_turn():
    said_ = "[00:10]\nAnna: Yes.\nDan: So?\n[00:30]\nAnna: No.\nDan: [00:40] Oh.\nAnna: Well."
    assert times(said_) == [10.0, None, 30.0, 40.0, None]
    assert times("[00:10]\nAnna [00:12]: Yes.\nDan: So?\nAnna: No.\nDan: Oh.") == [12.0, None, None, None]


def test_otter_writes_name_and_time_above_the_words():
    text = "Anna Bell  0:03\nWe began in May.\nIt was hot.\n\nDan  1:00:12\nReally?\n\nAnna Bell  1:00:20\nYes.\n\nDan  1:00:30\nOh."
    assert said(text)[0] == ("Anna Bell", "We began in May.\nIt was hot.")
    assert times(text) == [3.0, 3612.0, 3620.0, 3630.0]


def test_times_on_their_own_line_belong_to_what_follows():
    text = "00:00:00.000 --> 00:00:03.450\nJane Doe\nHello there.\n" + "".join(
        f"0:0:{n}.0 --> 0:0:{n + 1}.0\n{name}\nWords of {name}.\n"
        for n, name in enumerate(["Al Roe", "Jane Doe"] * 3, start=4)
    )
    assert said(text)[:2] == [("Jane Doe", "Hello there."), ("Al Roe", "Words of Al Roe.")]


def test_names_alone_on_a_line_as_nvivo_writes_them():
    text = "Interview with Ann, at home.\nQ.1. Moving here\n" + "Hal\nHow long?\nAnn\nTen years. We like it.\nYes\n" * 3
    assert said(text)[:4] == [
        ("", "Interview with Ann, at home."),
        ("", "Q.1. Moving here"),
        ("Hal", "How long?"),
        ("Ann", "Ten years. We like it.\nYes"),
    ]


def test_prose_has_no_speakers():
    text = "The ward was full.\nLater\nWe waited. Nobody came.\nLater\nIt rained.\nNote: a poster.\nNote: another."
    assert {speaker for speaker, _ in said(text)} == {""}


def test_recurring_words_in_a_report_are_no_speakers():
    text = "\n".join(["We agreed to go on with the chart as it is."] * 20 + ["Risk: high.", "Risk: low."])
    assert {speaker for speaker, _ in said(text)} == {""}


def test_headings_and_notes_are_turns_of_nobody():
    text = "# Interview\n\n[Q1] Change\nAnna: It got better.\n[laughter]\nMuch better.\n\n[Q2] Time\nAnna: None."
    assert said(text) == [
        ("", "# Interview"),
        ("", "[Q1] Change"),
        ("Anna", "It got better."),
        ("", "[laughter]"),
        ("Anna", "Much better."),
        ("", "[Q2] Time"),
        ("Anna", "None."),
    ]


def test_where_only_the_moderator_is_labelled_the_rest_is_somebody_elses():
    text = "1 Log in.\n I am in.\n   MODERATOR: Please go on.\n Now I search.\n Moderator: Thanks.\n"
    assert said(text) == [
        ("", "1 Log in."),
        ("", "I am in."),
        ("MODERATOR", "Please go on."),
        ("", "Now I search."),
        ("MODERATOR", "Thanks."),
    ]


def test_no_labels_no_speakers():
    assert said("One.\nTwo.") == [("", "One."), ("", "Two.")]
    assert said("") == []
    assert said(" \n\n") == []
    assert said("word") == [("", "word")]


def test_only_an_interviewer():
    assert said("Interviewer: Hello?") == [("Interviewer", "Hello?")]


def test_a_label_without_words_opens_no_turn():
    assert said("Interviewer:\nInterviewer: Hello?\nAnna:\n\nHi.\nAnna: Yes.") == [
        ("Interviewer", "Hello?"),
        ("Anna", "Hi."),
        ("Anna", "Yes."),
    ]


@pytest.mark.parametrize("text", ["http://a.b\nhttp://a.c", "10:30 we met\n11:30 we left", "Ratio 3:1\nRatio 3:2"])
def test_addresses_and_clocks_are_no_labels(text):
    assert {speaker for speaker, _ in said(text)} == {""}


@pytest.mark.parametrize(
    ("stamp", "seconds"), [("12:34", 754.0), ("[1:02:03.5]", 3723.5), ("00:01,250", 1.25), ("x", None)]
)
def test_seconds(stamp, seconds):
    assert first_time(stamp) == seconds


@pytest.mark.parametrize(
    "label",
    ["Interviewer", "INTERVIEWER 2", "I1", "Int.", "int 1", "Interviewer (Jo)", "Moderator - Sam", "facilitator A"],
)
def test_who_asks_is_known_by_label(label):
    assert LABELS.asks(label.rstrip("."))


@pytest.mark.parametrize("label", ["Internist", "Ian", "Quentin", "I think", "Anna", ""])
def test_who_answers_is_not(label):
    assert not LABELS.asks(label)


LINES = st.lists(
    st.sampled_from(
        [
            "Anna: yes",
            "Dan: é?",
            "I: why",
            "[Q1] Time",
            "(pause)",
            "",
            "  ",
            "Anna  0:12",
            "[00:10]",
            "then: so",
            "😀 \u202eאב",
            "word",
            "1 2",
            "Q:",
            "\tP1: a\tb",
        ]
    ),
    max_size=14,
).map("\n".join)


@given(
    st.one_of(LINES, st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=120))
)
@example("Anna:\n[00:10]\nAnna:")
def test_turns_lie_in_order_and_are_trimmed(text):
    turns = speakers.transcript(text, LABELS).turns
    assert all(turn.start < turn.end for turn in turns)
    assert all(one.end <= two.start for one, two in itertools.pairwise(turns))
    assert all(text[turn.start : turn.end] == text[turn.start : turn.end].strip() for turn in turns)


@given(
    st.lists(st.sampled_from(["word one", "(pause)", "é ש", "then so", "", "[Q1] Time", "12"]), max_size=12).map(
        "\n".join
    )
)
def test_without_labels_every_letter_is_in_a_turn(text):
    turns = speakers.transcript(text, LABELS).turns
    covered = {at for turn in turns for at in range(turn.start, turn.end)}
    assert all(at in covered for at, letter in enumerate(text) if not letter.isspace())


BOTH = [
    ("Interviewer", "How long?"),
    ("Anna", "Ten years."),
    ("Interviewer", "Oh?"),
    ("Anna", "Yes, it is."),
    ("Anna", "Really."),
]


@pytest.mark.parametrize(
    "form",
    ["[{}]: {}", "{}\t{}", "{} - {}", "{} – {}", "3. {}: {}", "12 {}: {}", "{}:{}", "[{}] 10:01:02\n{}", "{}\n{}"],
)
def test_forms_of_labels(form):
    assert said("\n".join(form.format(*turn) for turn in BOTH)) == BOTH


def test_letters_with_full_stops():
    assert said("Q. How long?\nA. Ten.\nQ. Oh?\nA. Yes.\nA. Well.\nQ. Hm?")[:2] == [("Q", "How long?"), ("A", "Ten.")]


@pytest.mark.parametrize(
    "text",
    [
        "Milk - two\nEggs - six\nMilk - one more\nBread - one",
        "One\tTwo\nThree\tFour",
        "J. Smith came.\nHe left.",
        "Yes - no\n" * 4,
    ],
)
def test_lists_and_tables_have_no_speakers(text):
    assert {speaker for speaker, _ in said(text)} == {""}


def test_many_rare_labels_make_one_remark():
    text = "Dan: So?\nEve: Yes.\n" * 3 + "".join(
        f"{name}: words\n" for name in ("Alba", "Bert", "Cleo", "Dora", "Emil", "Fritz", "Greta")
    )
    (remark,) = remarks(text)
    assert "'Alba:'" in remark
    assert "and others" in remark


@pytest.mark.parametrize(
    "head",
    [
        "Study: Dialysis at home. Transcribed by L. Okafor, checked by H. Lunt.",
        "Interview 7\nSite: Aldermere\nDate: 12 March",
        "Projekt: Heimdialyse\n\nOrt: Lübbow",
    ],
)
def test_a_title_line_with_a_colon_is_not_said_to_be_read_as_speech(head):
    assert remarks(f"{head}\n\n" + "Dan: So?\nEve: Yes, we do.\n" * 3) == []


def test_long_talk_before_the_first_speaker_is_speech_and_its_label_is_told():
    head = "Vera: I came here by bus. It took an hour. Then I waited. Nobody asked me in. I went home again."
    (remark,) = remarks(f"{head}\n\n" + "Dan: So?\nEve: Yes, we do.\n" * 3)
    assert "'Vera:'" in remark


TALK = [*BOTH[:4], ("Interviewer", "What if nobody comes?"), ("Anna", "Then we wait.")]


def written(form):
    """TALK with each turn in a form; `n` counts turns, from 1."""
    return "\n".join(form.format(speaker, words, n=n, s=f"{n:02d}") for n, (speaker, words) in enumerate(TALK, start=1))


@pytest.mark.parametrize(
    "form",
    [
        "**{}** {}\n",
        "__{}__ {}\n",
        "**{}:** {}\n",
        "***{}:*** {}\n",
        "_{}_: {}\n",
        "* **{}**: {}",
        "> **{}:** {}\n",
        "<b>{}</b> {}<br>",
        '<p><span class="s"><b>{}</b></span>: {}</p>',
        "### {}\n{}\n",
        "## {}:\n\n{}\n",
        "({}) {}",
        "[{}] {}",
        "[[{}]] {}",
        "{{{}}} {}",
        "<{}> {}",
        "【{}】{}",
        "| {} | {} |",
        "| 00:00:{s} | {} | {} |",
        "{n} | {} | {}",
        "{}; {}",
        "{} -- {}",
        "{}— {}",
        "{}- {}",
        "{}> {}",
        "{}        {}",
        "T{n} {}: {}",
        "[T0{n}] {}: {}",
        "(#{n}) {}: {}",
        "\u200f{}\u200f: {}",
        "\ufeff{}\u00a0: {}",
        "{}：{}",
        "0{n}:11 {}\n{}\n",
        "[00:00:{s}.000] - {}\n{}\n",
        "{} 00:00:{s}:12\n{}\n",
        "{} [00:00:{s}] {}",
        "0:00:{s}.0\t{}\t{}",
        "{}: {} #00:00:{s}-4#",
        "{}\n{n} minutes 7 seconds\n{}\n",
        "{} {n} minutos y 7 segundos\n{}\n",
        "10:{s}:22 From {} to Everyone:\n\t{}",
    ],
)
def test_speakers_are_found_in_whatever_form_recurs(form):
    assert said(written(form)) == TALK
    assert remarks(written(form)) == []


@pytest.mark.parametrize("form", ["{}: {} #00:0{n}:09-4#", "{} 00:0{n}:09:12\n{}", "{} {n} Minuten 9 Sekunden\n{}"])
def test_times_of_other_programs_are_read(form):
    assert times(written(form)) == [60 * n + (9.4 if "#" in form else 9.0) for n in range(1, 7)]


def test_labels_in_capitals_or_before_a_full_stop():
    assert said("\n".join(f"{speaker.upper()} {words}" for speaker, words in TALK))[0] == ("INTERVIEWER", "How long?")
    assert said("\n".join(f"{speaker[:3].upper()}. {words}" for speaker, words in TALK))[1] == ("ANN", "Ten years.")


def test_labels_within_lines_where_line_ends_were_lost():
    pairs = [f"{TALK[at][0]}: {TALK[at][1]} {TALK[at + 1][0]}: {TALK[at + 1][1]}" for at in (0, 2, 4)]
    for text in ("\n".join(pairs), " ".join(pairs)):
        assert said(text) == TALK
        assert any("within" in remark and "line 1" in remark for remark in remarks(text))
    assert said("主持人：几点？受访者：六点。主持人：谁写？受访者：夜班。\n主持人：没人？受访者：等。")[1::2] == [
        ("受访者", "六点。"),
        ("受访者", "夜班。"),
        ("受访者", "等。"),
    ]


def test_words_before_a_colon_within_speech_are_no_labels():
    text = "Ana: Well. My answer is: no.\nBen: So? One thing: yes.\nAna: Right. My answer is: maybe.\nBen: Ah."
    assert {speaker for speaker, _ in said(text)} == {"Ana", "Ben"}


@pytest.mark.parametrize(
    ("questions", "answers", "people"),
    [
        ("Q{}", "A{}", {"Q", "A"}),
        ("Q{}", "A", {"Q", "A"}),
        ("Frage {}", "Antwort {}", {"Frage", "Antwort"}),
        ("F{}", "A{}", {"F", "A"}),
        ("Moderator", "P{}", {"Moderator", "P1", "P2", "P3"}),
        ("F{}", "M1", {"F1", "F2", "F3", "M1"}),
    ],
)
def test_numbers_of_questions_are_no_people(questions, answers, people):
    lines = [f"{form.format(n)}: {words}" for n in (1, 2, 3) for form, words in ((questions, "Why?"), (answers, "So."))]
    assert {speaker for speaker, _ in said("\n".join(lines))} == people


def test_an_abbreviation_is_the_person_it_was_introduced_with():
    text = "Interviewer (I): So?\nRespondent (R1): Yes.\nI: And?\nR1: No.\nI: Oh?\nR1: Well."
    assert {speaker for speaker, _ in said(text)} == {"Interviewer (I)", "Respondent (R1)"}
    assert {speaker for speaker, _ in said(text, Labels(ASKERS, frozenset(["r1"])))} >= {"R1"}


@pytest.mark.parametrize(
    "head",
    [
        "Interviewee: Bo Kern, storekeeper\n",
        "Participant: P07\nInterviewer: AR\nDate: 3 March\n",
        "INTERVIEWEE: Bo Kern\nINTERVIEWER: Ana Ruiz\nDATE: 12 May 2019\n\n---\n",
        "Datum: 3. Mai\nBefragte: Frau K.\nOrt: Köln\n",
        "Date: 3 March\nAnna: nurse, 45\n",
    ],
)
def test_the_head_is_nobodys_talk(head):
    text = (
        head + "\nAR: Hello?\nAnna: Good morning, it is hot.\nAR: So?\nAnna: I begin early, and then I wait.\nAR: Oh?"
    )
    talk = [turn for turn in said(text) if turn[0]]
    assert {speaker for speaker, _ in talk} == {"AR", "Anna"}
    assert talk[0] == ("AR", "Hello?")


def test_a_dialogue_has_no_head():
    text = "Interviewer: Hello\nParticipant: Good morning\nInterviewer: So?\nParticipant: Yes."
    assert [speaker for speaker, _ in said(text)] == ["Interviewer", "Participant"] * 2


def test_a_label_without_its_colon_is_told():
    text = written("{}: {}").replace("Anna: Yes", "Anna Yes")
    assert said(text) == TALK
    assert remarks(text) == [
        "1 label without a colon: line 4 ('Anna'). They were read as speaker labels; if one is speech, change the line."
    ]
    assert said("Ana: So?\nBen: I asked\nAna if she comes.\nAna: Oh?\nBen: Yes.")[1] == (
        "Ben",
        "I asked\nAna if she comes.",
    )


def test_dashes_are_turns_of_people_without_names():
    text = "\n".join(f"– {words}" for _, words in TALK)
    assert said(text) == [("", words) for _, words in TALK]
    assert "could not be told apart" in remarks(text)[0]
    listed = "\n".join(f"- point {n} of the list" for n in range(6))
    assert remarks(listed) == []


def test_an_irregular_pattern_is_asked_about():
    text = "\n".join(
        f"[{name}] We talked of it.\nIt was long.\nAnd hot." for name in ("id1", "id2", "id1", "id2", "id1")
    )
    (question,) = remarks(text)
    assert "5 lines begin with 'id1', 'id2' in brackets (line 1" in question
    assert "participants.csv" in question


def test_a_panel_copied_from_a_player_names_each_speaker_once():
    talk = [("Ana Ruiz", "AR", "So?"), ("Bo Kern", "BK", "Yes."), ("Ana Ruiz", "AR", "Oh?"), ("Bo Kern", "BK", "No.")]
    text = "".join(
        f"{initials}\n{name}\n0 minutes {n} seconds0:0{n}\n{name} 0 minutes {n} seconds\n{words}\n"
        for n, (name, initials, words) in enumerate(talk, start=1)
    )
    assert said(text) == [(name, words) for name, _, words in talk]
    assert times(text) == [1.0, 2.0, 3.0, 4.0]
    assert remarks(text) == []


def test_a_single_time_in_brackets_is_speech():
    text = written("{}: {}") + " (11:30)"
    assert said(text)[-1] == ("Anna", "Then we wait. (11:30)")


def test_a_question_below_the_moderators_label_is_what_they_say():
    text = "Moderator:\nQuestion 2. How long?\nAnna: Ten.\nModerator:\nQuestion 3. Why?\nAnna: So."
    assert said(text)[0] == ("Moderator", "Question 2. How long?")
