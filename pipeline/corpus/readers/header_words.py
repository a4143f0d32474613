"""Words that name the columns of a transcript or survey, in several languages.

A header is one sign of what a column holds; `table_columns` weighs it with the column's content.
"""

import re
import unicodedata
from typing import Literal

from pipeline.corpus.text_layout import word_list

Meaning = Literal["text", "speaker", "question", "interview", "role", "start", "end", "aside"]

_WORDS: dict[Meaning, frozenset[str]] = {
    "text": word_list(
        """
        what spoken original text utterance utterances
        transcript transcription content contents words speech sentence sentences response
        responses answer answers message verbatim dialogue dialog talk said statement turn comment comments quote body
        inhalt aussage aussagen äußerung beitrag redebeitrag wortlaut antwort antworten transkript kommentar
        texte propos parole paroles énoncé réponse réponses contenu verbatims commentaire
        texto contenido respuesta respuestas habla transcripción intervención enunciado comentario
        fala resposta respostas conteúdo transcrição comentário testo risposta risposte trascrizione contenuto battuta
        tekst antwoord uitspraak inhoud wypowiedź odpowiedź treść svar replik vastaus teksti puhe
        текст реплика ответ высказывание содержание 内容 文本 发言 回答 文字 テキスト 発話 発言
        대화 내용 발화 답변 النص الإجابة
        """
    ),
    "speaker": word_list(
        """
        speaker speakers name who participant participants person interviewee interviewees respondent respondents
        informant student teacher pupil user author sender voice patient sprecher sprecherin sprechende redner
        rednerin teilnehmer teilnehmerin teilnehmende befragte befragter befragten interviewte interviewter proband
        probandin locuteur locutrice intervenant intervenante participante répondant enquêté interviewé nom hablante
        locutor locutora orador entrevistado entrevistada encuestado nombre falante respondente nome parlante
        partecipante intervistato interlocutore spreker deelnemer respondente geïnterviewde mówca rozmówca uczestnik
        respondentka talare deltagare deltaker puhuja osallistuja haastateltava говорящий спикер участник респондент
        собеседник 说话人 发言人 参与者 受访者 姓名 話者 発言者 参加者 화자 참가자 응답자 المتحدث المشارك
        """
    ),
    "question": word_list(
        """
        question questions prompt item frage fragen pregunta preguntas pergunta perguntas domanda domande vraag vragen
        pytanie pytania fråga spørsmål spørgsmål kysymys вопрос вопросы 问题 提问 質問 질문 السؤال
        """
    ),
    "interview": word_list(
        """
        interview interviews file filename files document doc session recording audio video source conversation
        transcript meeting dialogue datei dateiname gespräch aufnahme dokument sitzung fichier entretien
        enregistrement séance archivo entrevista grabación sesión arquivo gravação sessão intervista registrazione
        bestand opname gesprek plik wywiad nagranie intervju inspelning haastattelu файл интервью запись 文件 访谈
        录音 ファイル インタビュー 인터뷰 파일
        """
    ),
    "role": word_list("role roles rolle rôle rol papel função ruolo rola roll rooli роль 角色 役割 역할"),
    "start": word_list(
        """
        start starts begin begins beginning time timestamp timecode from onset in tmin zeit beginn anfang von
        zeitstempel zeitmarke début temps heure horodatage de inicio tiempo hora desde início tempo inizio da tijd
        czas początek tid alku aika начало время 时间 开始 時間 開始 시간 시작
        """
    ),
    "end": word_list(
        "end ends stop to finish offset out until tmax duration length ende bis dauer fin fim hasta até fine a durée "
        "duración duração durata koniec slut loppu kesto конец 结束 終了 끝"
    ),
    "aside": word_list(
        """
        note notes memo memos tag tags code codes coding coded theme themes topic category label labels sentiment
        summary translation translated gloss keyword keywords observation observations remark remarks notiz notizen
        anmerkung anmerkungen bemerkung bemerkungen kode kodes thema übersetzung zusammenfassung schlagwort remarque
        remarques thème traduction résumé nota notas observaciones código códigos tema traducción resumen observação
        observações anotações tradução resumo osservazioni codice traduzione opmerking opmerkingen vertaling notatki
        uwagi kod tłumaczenie anteckningar заметки примечание перевод код 备注 笔记 翻译 備考 メモ 翻訳 비고 메모 번역
        """
    ),
}
_NUMBERS = word_list("id ids nr no num number n code key index row line nummer numéro número kennung")
_ASKS = word_list(
    """
    interviewer interviewers moderator moderatorin facilitator researcher interviewerin forscher forscherin
    interviewleiter interviewleitung intervieweur intervieweuse enquêteur enquêtrice chercheur chercheuse
    modérateur modératrice animateur entrevistador entrevistadora investigador investigadora moderador moderadora
    pesquisador pesquisadora intervistatore intervistatrice ricercatore moderatore onderzoeker ankieter badacz
    moderatorka prowadzący intervjuare intervjuer haastattelija интервьюер модератор исследователь 采访者 访谈者 主持人
    インタビュアー 聞き手 면접자 진행자 المحاور
    """
)
_ANSWERS = word_list(
    """
    participant participants interviewee interviewees respondent respondents informant subject befragte befragter
    befragte interviewte interviewter interviewpartner teilnehmer teilnehmerin teilnehmende proband probandin
    participante enquêté enquêtée interviewé interviewée répondant répondante entrevistado entrevistada encuestado
    respondente intervistato intervistata partecipante deelnemer geïnterviewde rozmówca rozmówczyni uczestnik
    uczestniczka respondentka deltagare deltaker haastateltava osallistuja респондент участник информант 受访者 参与者
    被访者 回答者 参加者 응답자 참가자 المشارك
    """
)
_SPLIT = re.compile(r"[\W_]+")


def words(header: str) -> list[str]:
    """Return the words of a header in lower case, without punctuation: `Speaker_ID:` is speaker, id."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", header)).casefold()
    return [word for word in _SPLIT.split(composed) if word]


def means(header: str, meaning: Meaning) -> float:
    """Return how far a header names a meaning: 1 if it consists of such words, 0.5 if one occurs in it, else 0.

    A question names nothing: `Who helped you?` is no column of speakers.
    """
    found = words(header)
    known = [word for word in found if word in _WORDS[meaning]]
    if not known or len(found) > 5 or header.rstrip().endswith(("?", "？", "؟")):
        return 0.0
    return 1.0 if len([word for word in found if word not in _NUMBERS]) == len(known) else 0.5


def known(header: str) -> bool:
    """Return whether a header consists of words that name columns."""
    found = words(header)
    every = frozenset().union(*_WORDS.values(), _NUMBERS)
    named = [word for word in found if not word.isdecimal()]
    return bool(named) and all(word in every for word in named)


def says_what(header: str) -> bool:
    """Return whether a header names the speech, the speaker or the question."""
    return max(means(header, "text"), means(header, "speaker"), means(header, "question")) > 0


def numbers_rows(header: str) -> bool:
    """Return whether a header names a number or identifier: `ID`, `Nr.`, `participant_id`."""
    return any(word in _NUMBERS for word in words(header))


def kind(header: str) -> str:
    """Return the word with which a header names its speakers, capitalised: `participant_id` is Participant; or ''."""
    return next((word.capitalize() for word in words(header) if word in _WORDS["speaker"]), "")


def role(cell: str) -> str:
    """Return the role that a cell names (`Interviewer 2`, `Befragte`): interviewer, participant, or ''."""
    found = [word for word in words(cell) if not word.isdecimal()]
    if not found or len(found) > 2:
        return ""
    if all(word in _ASKS for word in found):
        return "interviewer"
    return "participant" if all(word in _ANSWERS for word in found) else ""
