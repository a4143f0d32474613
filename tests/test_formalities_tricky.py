"""Tricky sentences: what looks like thanks, procedure or an introduction and is talk, and what is not talk."""

import pytest
from test_formalities import lines

from pipeline.corpus import formalities

STAYS = {
    "en": """
        Thanks, I am alone.
        They used to thank us.
        We say thank you less and less.
        I thank everyone every evening.
        Thank you, you were there.
        Thanks to him I can see.
        Thank you, I cannot
        Thanks, but it was too much.
        Thank you, and then he was off.
        No thanks.
        Nobody says thank you here.
        He would thank me and go.
        Thanks to you all I am still here.
        You don't get a thank you.
        Thank you for everything you did.
        Very good, thanks.
        I said goodbye to her.
        Bye, and that was it.
        Not much thanks for all this.
        Thank you was all they said.
        We had to thank them again and again.
        Thanks, we see to ourselves.
        You can only thank the others.
        I take care of myself, thanks.
        I can talk now, thanks to them.
        Thank you, but still it is bad.
        I'm fine now, thank you.
        I am very well, thanks.
        Cheers and then more cheers at work.
        Goodbye is what I could not say.
        Thanks for nothing.
        He was never one to thank anyone.
        You can drop out at any time.
        You can withdraw at any time.
        You can opt out at any time.
        I signed the consent form for this study.
        I am leading this research.
        I am conducting this study.
        You are cutting out.
        You are breaking up.
        You froze.
        I was still muted.
        You were on mute.
        I lost you for a moment.
        It is still recording.
        We are still recording.
        We will start recording.
        Is that all?
        Should I carry on?
        I still have some questions.
        I have to check the statements.
        We are going to turn the page.
        I have another interview tomorrow.
        Can you do it in the morning?
        Our conversation is being recorded.
        Anything you say will be recorded.
        I am the moderator.
        I'm glad to be here today.
        I need to take this call.
        Here is your consent form.
        The next card.
        Can you see that?
        I can see you.
        You can end the conversation.
        I will move on to the next one.
        Are we finished?
        I forgot the questions.
        Hello, I'm HIV Positive
        Hi, I'm Scared.
        Hello, I'm Muslim
        Hi, I'm Not Well.
        My name is Polish.
        Hello, I am Deaf
        Good morning, I'm Autistic.
        Hi all, I'm Type One Diabetic.
        Hey, I'm Gay.
        Hello there, I'm Homeless
        My name is Arabic.
    """,
    "de": """
        Danke, sehr gut.
        Ich danke ihm noch.
        Kein Dank, nie.
        Dank ihm bin ich da.
        Danke, aber ich bin allein.
        Die Aufnahme läuft.
        Ich mache die Aufnahme.
        Ihre Teilnahme ist freiwillig.
        Alle Daten werden gelöscht.
        Sie können die Teilnahme jederzeit beenden.
        Wir gehen zur nächsten Aufgabe.
        Mein Name ist Türkisch.
    """,
    "fr": """
        Merci à lui.
        Très bien, merci.
        Sans merci.
        Je passe à la tâche suivante.
        L'enregistrement est terminé.
        Vous m'entendez.
        Vous pouvez vous retirer à tout moment.
        Mon nom est Arabe.
    """,
    "es": """
        Gracias a él estoy aquí.
        Muy bien, gracias.
        No me dan las gracias.
        Está grabando.
        Puede oírme.
        Puede retirarse en cualquier momento.
        Empezó a grabar.
        Mi nombre es Árabe.
    """,
    "nl": """
        Heel goed, bedankt.
        Dank zij haar.
        Neemt hij op?
        Ik stop de opname.
        We gaan naar de volgende opdracht.
        Mijn naam is Marokkaans.
    """,
    "it": """
        Grazie a lui.
        Molto bene, grazie.
        Sta registrando.
        Può ritirarsi in qualsiasi momento.
        La registrazione è finita.
        Il mio nome è Arabo.
    """,
    "pt": """
        Obrigado a sair.
        Muito bem, obrigado.
        Está a gravar.
        A gravação começou.
        Meu nome é Africano.
    """,
}
COURTESY = {
    "en": """
        Thank you so, so much. Bye bye!
        Thanks again, everyone.
        Okay, thank you all. Have a lovely weekend!
        Thank you for your time today.
        Thanks for having me.
        Many thanks, take care, see you soon.
        Thank you, you too. Bye now.
        Okay great, thank you very much.
        It was a pleasure to meet you, thank you.
        Thank you guys so much.
        Thank you, Bye.
    """,
    "de": """
        Danke schön, Ihnen auch.
        Herzlichen Dank für das Gespräch. Auf Wiedersehen!
    """,
    "fr": """
        Merci à vous, bonne journée.
    """,
    "es": """
        Gracias a usted, hasta luego.
    """,
    "it": """
        Grazie mille a lei, arrivederci.
    """,
    "pt": """
        Muito obrigada, até logo.
    """,
    "nl": """
        Dank u wel, nog een fijne dag.
    """,
    "pl": """
        Dziękuję bardzo.
    """,
    "sv": """
        Tack så mycket, hejdå!
    """,
}
PROCEDURE = {
    "en": """
        Can you hear me now?
        You're muted.
        You can pull out of this study at any time.
        Is the recording still on?
        Do you mind if I record this?
        Hi, can you see my screen?
        Sorry, I didn't catch the question.
        Could you repeat that, please?
        Shall we start?
        Thank you for having me, it's nice to be here. Is it recording?
    """,
    "de": """
        Läuft die Aufnahme schon?
        Ihre Daten werden streng vertraulich behandelt.
        Hören Sie mich?
    """,
    "fr": """
        Pouvez-vous répéter la question, s'il vous plaît ?
    """,
    "es": """
        ¿Me escucha bien?
        Me llamo Ana.
    """,
    "nl": """
        Kunt u mij goed horen?
    """,
    "it": """
        Mi sentite bene?
        L'intervista sarà registrata.
    """,
    "pt": """
        Pode repetir a pergunta, por favor?
    """,
}


@pytest.mark.parametrize(("language", "text"), lines(STAYS))
def test_what_only_looks_like_a_formality_stays(language, text):
    assert not formalities.kind(text, language=language)


@pytest.mark.parametrize(("language", "text"), lines(COURTESY))
def test_set_phrases_of_thanks_are_a_courtesy(language, text):
    assert formalities.kind(text, language=language) == "courtesy"


@pytest.mark.parametrize(("language", "text"), lines(PROCEDURE))
def test_set_phrases_on_the_interview_are_a_procedure(language, text):
    assert formalities.kind(text, language=language) == "procedure"


def test_an_introduction_is_set_aside_only_with_a_name_of_the_document():
    for text in ("Hello, I'm Anna.", "My name is Anna."):
        assert formalities.kind(text, language="en", names={"anna"}) == "procedure"
        assert not formalities.kind(text, language="en", names={"ben"})
