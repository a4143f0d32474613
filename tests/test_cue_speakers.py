"""Who speaks in subtitles: voice tags, identifiers, labels in the text, dashes and arrows, captions that roll."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.readers import inline_labels, rolling_captions, vtt
from pipeline.corpus.readers.model import Labels

LABELS = Labels(("interviewer",))
QUESTIONS = ["How do you begin a day?", "And who writes that list?", "What if nobody answers?", "Would you change it?"]
ANSWERS = [
    "I open the shed and look at the list.",
    "The night team writes it.",
    "Then we wait, and waiting costs us the morning.",
    "I would put it on a screen.",
]
TALK = [words for pair in zip(QUESTIONS, ANSWERS, strict=True) for words in pair]


def stamp(seconds):
    return f"00:{seconds // 60:02}:{seconds % 60:02}"


def subtitles(payloads, identifiers=None):
    above = identifiers or [str(number) for number in range(1, len(payloads) + 1)]
    return "WEBVTT\n\n" + "\n".join(
        f"{above[at]}\n{stamp(5 * at)}.000 --> {stamp(5 * at + 4)}.500\n{payload}\n"
        for at, payload in enumerate(payloads)
    )


def alternately(one, other, talk=TALK):
    """Each line of talk with a sign or label before it, in turn; {} stands for the words."""
    return [(other if at % 2 else one).replace("{}", words) for at, words in enumerate(talk)]


def read(text):
    found = vtt.read_vtt(text.encode(), LABELS)
    return [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns], found


def said(payloads, identifiers=None):
    return read(subtitles(payloads, identifiers))[0]


def told(payloads, identifiers=None):
    return [remark.text for remark in read(subtitles(payloads, identifiers))[1].remarks]


def in_turn(one, other):
    return [(other if at % 2 else one, words) for at, words in enumerate(TALK)]


@pytest.mark.parametrize(
    "name",
    [
        "Bo Kern",
        "bo kern",
        "bo",
        "4th floor room",
        "🌸 Bo",
        "🦄",
        'Bo "BK" Kern',
        "Bo Kern!",
        "Who is this?",
        "Bo Kern (he/him)",
        "Prof. Dr. Bo-Lennart Kern (Uni Köln, er/ihn)",
        "Bo Kern [Acme Ltd]",
        "Maria del Carmen Lopez de Haro",
        "iPhone de Bo",
        "samsung sm-g991b",
        "b.kern@acme",
        "محمد",
        "王小明",
        "בני",
    ],
)
def test_display_names_are_read_as_people_type_them(name):
    payloads = alternately("Ana Ruiz: {}", f"{name}: {{}}")
    assert said(payloads) == in_turn("Ana Ruiz", name)
    assert told(payloads) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[Ana]: {}", "[Bo]: {}"),
        ("[Ana:] {}", "[Bo:] {}"),
        ("[Ana] {}", "[Bo] {}"),
        ("(Ana) {}", "(Bo) {}"),
        ("<Ana> {}", "<Bo> {}"),
        ("【Ana】{}", "【Bo】{}"),
        ("Ana - {}", "Bo - {}"),
        ("Ana [00:05]: {}", "Bo [00:09]: {}"),
        ("[Ana]\n{}", "[Bo]\n{}"),
        ("Ana\n{}", "Bo\n{}"),
        ("Ana:\n{}", "Bo:\n{}"),
        (">> Ana: {}", ">> Bo: {}"),
        ("- Ana: {}", "- Bo: {}"),
        ("Ana：{}", "Bo：{}"),
        ("<b>Ana:</b> {}", "<b>Bo:</b> {}"),
        ("**Ana:** {}", "**Bo:** {}"),
        ("\u202bAna:\u202c {}", "\u200fBo\u200f: {}"),
        ("00:00:05 Ana: {}", "[00:00:07] Bo: {}"),
        ("<v Ana>[00:00:00] {}", "<v Bo>{}"),
        ("<v Ana>Ana: {}</v>", "<v Bo>Bo: {}</v>"),
        ("<v.loud Ana><00:00:01.000><c>{}</c></v>", "<v Bo>{}"),
    ],
)
def test_forms_of_labels_in_subtitles(one, other):
    payloads = alternately(one, other)
    assert said(payloads) == in_turn("Ana", "Bo")
    assert told(payloads) == []


def test_several_labels_in_a_cue():
    pairs = list(zip(QUESTIONS, ANSWERS, strict=True))
    assert said([f"- ANA: {question}\n- BO: {answer}" for question, answer in pairs]) == in_turn("ANA", "BO")
    assert said([f"Ana: {question} Bo: {answer}" for question, answer in pairs]) == in_turn("Ana", "Bo")


def test_a_label_at_a_change_of_speaker_covers_the_cues_after_it():
    payloads = [
        x for pair in zip(QUESTIONS, ANSWERS, strict=True) for x in ("Ana: " + pair[0], "Bo: We", "wait.", pair[1])
    ]
    assert said(payloads)[:2] == [("Ana", QUESTIONS[0]), ("Bo", f"We wait. {ANSWERS[0]}")]


def test_a_colon_in_speech_is_no_label():
    payloads = []
    for question, answer in zip(QUESTIONS, ANSWERS, strict=True):
        payloads += [f"Ana: {question}", f"Bo: {answer}", "I say one thing.", "One thing: it rains.", "That is all."]
    assert {speaker for speaker, _ in said(payloads)} == {"Ana", "Bo"}
    assert any("One thing" in message for message in told(payloads))
    plain = [*TALK, "One thing: it rains.", *TALK, "One thing: it snows.", "At 10:30 we go."]
    assert {speaker for speaker, _ in said(plain)} == {""}


def test_sounds_in_brackets_are_no_speakers():
    payloads = ["[Applause] " + TALK[0], "[Laughter] " + TALK[1], "[Applause]", "[Laughter] " + TALK[2], *TALK]
    assert {speaker for speaker, _ in said(payloads)} == {""}


def test_a_cue_that_is_a_sound_is_nobodys():
    payloads = ["Ana: Why?", "[Music]", "Bo: So", "[coughs]", "it is.", "Ana: Well?", "Bo: Yes."]
    assert said(payloads)[:5] == [("Ana", "Why?"), ("", "[Music]"), ("Bo", "So"), ("", "[coughs]"), ("Bo", "it is.")]
    assert told(payloads) == []


def test_a_cue_without_a_label_is_nobodys_where_every_cue_has_one():
    payloads = ["Ana: Why?", "Bo: So it is.", "Bo: And more.", "And who?", "Bo: We all.", "Ana: Well?", "Bo: Yes."]
    assert ("", "And who?") in said(payloads)
    assert any("One passage has no speaker" in message and "cue 4" in message for message in told(payloads))


def test_a_misspelt_name_and_one_that_speaks_once():
    payloads = [*alternately("Interviewer: {}", "Bo: {}"), "Interveiwer: So?", "bo from home: No."]
    assert said(payloads)[-2:] == [("Interviewer", "So?"), ("bo from home", "No.")]
    assert ["Interveiwer" in told(payloads)[0], "bo from home" in told(payloads)[1]] == [True, True]


@pytest.mark.parametrize("sign", ["- ", "-", "– ", "— ", ">> ", ">>", "<v ->"])
def test_signs_without_names_part_the_speech_and_are_told(sign):
    payloads = [f"{sign}{question}\n{sign}{answer}" for question, answer in zip(QUESTIONS, ANSWERS, strict=True)]
    assert said(payloads) == in_turn("", "")
    assert any("nobody is named" in message and "cue 1" in message for message in told(payloads))


def test_a_dash_in_speech_is_no_change_of_speaker():
    payloads = [*TALK, "We went", "- or so I think - home.", "-5 degrees.", "--and then", *TALK]
    assert " - or so I think - home. -5 degrees. --and then" in said(payloads)[-1][1]


def test_the_second_voice_of_a_cue_alone_may_have_the_dash():
    assert said([f"{question}\n- {answer}" for question, answer in zip(QUESTIONS, ANSWERS, strict=True)]) == in_turn(
        "", ""
    )


def test_a_dash_that_breaks_sentences_off_is_no_label():
    broken = [f"We waited - {words}" if at % 3 else words for at, words in enumerate([*TALK, *TALK])]
    assert {speaker for speaker, _ in said(broken)} == {""}


def test_arrows_after_named_ones_are_nobodys():
    payloads = [">> ANA RUIZ: Why?", ">> BO: So.", ">> And who?", ">> We all."]
    assert said(payloads) == [("ANA RUIZ", "Why?"), ("BO", "So."), ("", "And who?"), ("", "We all.")]
    assert any("2 passages have no speaker" in message for message in told(payloads))


GUID = "6d1c1a5d-8b2c-4a3e-9f51-d1c1a5d8b2c4"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("{name}", ("Speaker 1", "Speaker 2")),
        ("{name}", ("ana", "bo")),
        ('{number} "{name}" (10{which})', ("Ana Ruiz", "bo 🌸")),
        ("{number}. {name}", ("Ana Ruiz", "Bo")),
        ("{number}\n{name}", ("SPEAKER_00", "SPEAKER_01")),
        (f"{GUID}/{{number}}-0", ("", "")),
        (f"{GUID[:-1]}{{which}}", ("", "")),
        ("cue-{number}", ("", "")),
        ("Chapter {number}", ("", "")),
    ],
)
def test_speakers_in_cue_identifiers_but_no_ids(pattern, names):
    above = [pattern.format(number=at + 1, name=names[at % 2], which=at % 2) for at in range(len(TALK))]
    got = said(TALK, above)
    assert got == in_turn(*names) if names[0] else {speaker for speaker, _ in got} == {""}


def test_two_signs_that_disagree_are_told():
    payloads = [f"<v Room 4>{words}" for words in alternately("Ana: {}", "Bo: {}")]
    assert said(payloads) == in_turn("Ana", "Bo")
    assert any("Room 4" in message for message in told(payloads))
    above = ["SPEAKER_00" if at % 2 else "SPEAKER_01" for at in range(len(TALK))]
    assert told(alternately("Ana: {}", "Bo: {}"), above) == []


def test_teams_with_metadata():
    payloads = [
        json.dumps({"speakerName": "bo" if at % 2 else "Ana", "spokenText": words}) for at, words in enumerate(TALK)
    ]
    assert said(payloads) == in_turn("Ana", "bo")


def rolled(form):
    halves = [
        "we open the shed",
        "and look at the list",
        "that hangs on the door",
        "and changes every night",
        "and so we wait",
    ]
    if form == "YouTube":
        shown = [x for one, two in zip(["", *halves], halves, strict=False) for x in (f"{one}\n{two}".strip(), two)]
    elif form == "two lines":
        shown = [f"{one}\n{two}" for one, two in pairwise(halves)]
    elif form == "highlighted":
        shown = [line.replace(word, f"<u>{word}</u>", 1) for line in halves for word in line.split()]
    else:
        shown = [" ".join(line.split()[: n + 1]) for line in halves for n in range(len(line.split()))]
    return shown, " ".join(halves)


@pytest.mark.parametrize("form", ["YouTube", "two lines", "highlighted", "word by word"])
def test_captions_that_roll_are_read_once(form):
    payloads, words = rolled(form)
    assert said(payloads) == [("", words)]
    assert any("read once" in message for message in told(payloads))


def test_people_say_yes_twice():
    payloads = ["Yes.", "Yes.", "No.", *TALK]
    assert said(payloads)[0][1].startswith("Yes. Yes. No.")


WORD = st.sampled_from(["yes", "no", "we", "go", "on"])


@given(st.lists(st.lists(st.lists(WORD, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=3), max_size=8))
def test_reading_once_only_takes_away_what_the_cue_before_shows(cues):
    lines, cut = rolling_captions.read_once(cues)
    assert len(lines) == len(cues)
    for at, (kept, whole) in enumerate(zip(lines, cues, strict=True)):
        words = " ".join(whole).split()
        left = " ".join(kept).split()
        gone = words[: len(words) - len(left)]
        assert words[len(gone) :] == left
        assert not gone or " ".join(cues[at - 1]).split()[-len(gone) :] == gone
    assert cut == sum(1 for kept, whole in zip(lines, cues, strict=True) if " ".join(kept) != " ".join(whole))


@pytest.mark.parametrize(
    ("label", "clean"),
    [("[Ana]", "Ana"), ("**Ana**", "Ana"), ("[Ana", "Ana"), ("Ana (she/her)", "Ana (she/her)")],
)
def test_labels_are_cleaned(label, clean):
    assert inline_labels.cleaned(label) == clean
