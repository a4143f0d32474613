"""Thanks, farewells and talk about the interview itself are set aside where they are that and nothing else."""

import pytest
from test_segment import run

from pipeline.corpus import formalities
from pipeline.reporting import method_talk
from pipeline.reporting.views import overview


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thank you very much, it was lovely talking to you. Bye!"),
        ("en", "Oh, you’re very welcome. Thanks, take care, bye."),
        ("de", "Vielen Dank Ihnen, und einen schönen Tag noch!"),
        ("fr", "Merci beaucoup à vous, au revoir."),
        ("es", "Muchas gracias a ustedes, adiós."),
        ("nl", "Heel veel dank en nog een goed weekend."),
    ],
)
def test_thanks_and_nothing_else_are_a_courtesy(language, text):
    assert formalities.kind(text, language=language) == "courtesy"


PROCEDURE = {
    "en": """
        Is it recording now?
        Has the recording started already?
        I’m going to stop the recording here, thank you so much.
        I do have a question for you after you turn off the recording.
        Can everyone hear me all right?
        You’re on mute, could you unmute yourself?
        Okay. I'll share my screen. All right. Can you see this?
        You can withdraw from the study at any time without giving a reason.
        This interview will be audio recorded, transcribed and anonymised.
        Everything you say will be kept strictly confidential.
        You don't have to answer any questions that you don't want to answer.
        There are no right or wrong answers.
        Do you have any questions before we start?
        Hello everyone, my name is Anna Berg, nice to meet you all.
        Shall I move on to the next one?
        Let's go on to question five.
        Sorry, could you repeat the question please?
        I'm just turning the page.
        I don't know if that answers your question.
        Would Thursday at ten work for you?
        Could we reschedule for tomorrow afternoon?
        Let's say half past two on Friday then.
        Hi, I'm Sarah, nice to meet you.
        The recording will be deleted once it has been transcribed.
        I still have a few more questions for you, and then we will be done.
    """,
    "de": """
        Können Sie mich gut hören?
        Sie können das Interview jederzeit ohne Angabe von Gründen abbrechen.
        Guten Tag, mein Name ist Anna Weber.
    """,
    "fr": """
        Est-ce que vous m’entendez bien ?
        L’entretien sera enregistré et anonymisé.
    """,
    "es": "Usted puede retirarse en cualquier momento sin dar explicaciones.",
    "nl": "Zal ik naar de volgende vraag gaan?",
    "it": "Sta già registrando adesso?",
    "pt": "A entrevista será gravada e anonimizada.",
}
EVIDENCE = {
    "en": """
        Thank you for the extra nurse.
        Thank you, nobody ever did anything for us.
        No thanks to them, we never have enough.
        They said thank you. And then they made us do it again.
        It was lovely, and very good for us.
        I was anxious that the recording might be used against me.
        They read the consent form to patients too fast.
        The patient has the right to withdraw from the trial, and that is what mattered to me.
        We record it and then we move on to the next patient.
        We will move on to the next one.
        I stopped the recording because he was crying.
        You can stop at any time.
        You can leave the session at any time.
        They said the interview will be recorded.
        My name is on the poster and nothing else.
        My name is Polish, so they get it wrong.
        I signed the consent form without reading it.
        I only have ten minutes.
        How much time do we have left?
        Nobody could hear me in those meetings.
        Can you hear how angry I am?
        I'm happy to be here.
        Hello, I'm here about the job, I said.
        Participation is voluntary.
        There are no right answers.
        The last page of the notes was missing.
        I have another meeting.
        I have completed the task.
        I need to get back to my tasks.
        I am going over these questions again and again.
        Okay, what was the other question?
        No, I don't have to answer that.
        Good question, let's go to the full metadata exploration text.
        Shall we meet on Tuesday, she asked, and never came.
        I can hear you now that I have the new hearing aid.
    """,
    "de": """
        Danke sagt hier keiner, nie.
        Sie können das Medikament jederzeit abbrechen.
        Niemand kann mich hier hören.
    """,
    "fr": """
        On ne dit jamais merci aux infirmières.
        Vous pouvez arrêter le traitement à tout moment.
    """,
    "es": "Nadie me escucha en las reuniones.",
    "it": "Mi sente bene solo mia figlia.",
    "eo": "Dankon, merci.",
    "pl": "Can you hear me?",
}


def lines(texts):
    return [(language, line.strip()) for language, of in texts.items() for line in of.strip().splitlines()]


@pytest.mark.parametrize(("language", "text"), lines(PROCEDURE))
def test_talk_about_the_interview_itself_is_a_procedure(language, text):
    assert formalities.kind(text, language=language) == "procedure"
    assert not formalities.kind(f"{text} Zebra.", language=language), "a word of its own keeps a segment"


@pytest.mark.parametrize(("language", "text"), lines(EVIDENCE))
def test_a_sentence_with_content_is_never_a_formality(language, text):
    assert not formalities.kind(text, language=language)


def test_tasks_are_the_interviews_only_where_it_sets_some():
    said = ["Task 1 completed.", "Okay, that's task 2 done.", "So the task is completed, let's go on to the next task."]
    assert formalities.sets_tasks("\n".join(said))
    assert not formalities.sets_tasks("My tasks are many. I never finish the tasks in time. The task is too big.")
    for text in said:
        assert formalities.kind(text, language="en", tasks=True) == "procedure"
        assert not formalities.kind(text, language="en")
    assert not formalities.kind("What was the task asking me to do?", language="en", tasks=True), "that is a finding"


def test_formalities_are_set_aside_with_their_reason_and_are_no_question():
    found = run(
        "Interviewer: Why did you leave?\nAnna: We had no time for it.\nInterviewer: Sorry, can you hear me?\n"
        "Anna: Yes, I can hear you now.\nAnna: As I said, there was never any time.\nAnna: Thank you so much, it was nice "
        "to talk.\n"
    )
    assert found["set_aside"].tolist() == ["interviewer", "", "interviewer", "procedure", "", "courtesy"]
    assert found["prompt_id"].tolist() == ["", "a:0", "", "a:0", "a:0", "a:0"]


def test_every_formality_is_explained_to_readers():
    for reason in (formalities.COURTESY, formalities.PROCEDURE):
        assert overview.ASIDE[reason]
        assert method_talk.ASIDE[reason]
