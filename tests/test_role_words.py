import pytest

from pipeline.corpus import legends, role_words
from pipeline.corpus.readers.model import Transcript, Turn


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Interviewer 2", "asks"),
        ("MODERATORIN", "asks"),
        ("Chercheuse (AR)", "asks"),
        ("Ερευνητής", "asks"),
        ("الباحث", "asks"),
        ("主持人", "asks"),
        ("聞き手", "asks"),
        ("Therapist", "leads"),
        ("受访者A", "answers"),
        ("被采访者", "answers"),
        ("Participant 7", "answers"),
        ("Anna", ""),
        ("Moderator, participant", ""),
        ("P7", ""),
        ("", ""),
    ],
)
def test_a_label_may_say_what_a_speaker_does(label, kind):
    assert role_words.kind(label) == kind


@pytest.mark.parametrize(
    ("head", "asks", "answers"),
    [
        ("R = researcher, I = interviewee", "R", "I"),
        ("Interviewer (I), Respondent (R)", "I", "R"),
        ("Key: INT = Interviewer; RES = Respondent", "INT", "RES"),
        ("I – Interviewerin, B – Befragte", "I", "B"),
        ("E: entrevistadora; P1: participante", "E", "P1"),
        ("**Interviewer:** Ana Ruiz\n**Interviewee:** Bo Kern, storekeeper", "AR", "BK"),
        ("INTERVIEWEE: Bo Kern\nINTERVIEWER: Ana Ruiz and Lee Orr\nDATE: 12 May", "Orr", "Kern"),
        ("AR (interviewer) and BK (participant)", "AR", "BK"),
        ("受访者：李明\n访谈者：王芳", "王芳", "李明"),
    ],
)
def test_the_head_says_who_is_who(head, asks, answers):
    text = f"{head}\n\n{asks}: Well.\n{answers}: Yes."
    turns = [Turn(asks, text.rindex("Well"), len(text) - 1), Turn(answers, text.rindex("Yes"), len(text))]
    assert legends.parts(Transcript(text, turns), [asks, answers]) == {asks.casefold(): 1.0, answers.casefold(): -1.0}


def test_a_head_that_contradicts_itself_says_nothing():
    text = "A = interviewer\nA = participant\n\nA: Well."
    assert legends.parts(Transcript(text, [Turn("A", text.rindex("W"), len(text))]), ["A"]) == {}
