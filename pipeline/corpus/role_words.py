"""Words for people who ask and people who answer, in many languages: a hint at a speaker's part, not proof of it."""

import re

from pipeline.core.names import key

# People who ask, whatever the study is about.
ASKS = """
interviewer intervieweur interviewerin interviewleiter interviewleiterin interviewster interviewaar interjuer
moderator moderatorin moderatore moderatrice moderador moderadora modérateur modératrice modereerder moderaattori
facilitator facilitateur facilitatrice facilitador facilitadora facilitatore researcher investigator questioner
forscher forscherin fragesteller fragestellerin befrager befragerin chercheur chercheuse enquêteur enquêtrice
enqueteur enquetrice animateur animatrice entrevistador entrevistadora investigador investigadora pesquisador
pesquisadora intervistatore intervistatrice ricercatore ricercatrice onderzoeker onderzoekster intervjuare
intervjuer forsker forskare haastattelija tutkija badacz badaczka ankieter ankieterka prowadzący prowadząca
tazatel tazatelka výzkumník kérdező kutató interjúkészítő araştırmacı görüşmeci mülakatçı
интервьюер интервьюерка модератор исследователь исследовательница ведущий ведущая інтервʼюер дослідник
ερευνητής ερευνήτρια συντονιστής συντονίστρια συνεντευκτής συνεντευξιαστής συνεντεύκτρια
الباحث الباحثة باحث باحثة المحاور المحاورة محاور المقابل المقابلة الميسر المذيع
מראיין מראיינת חוקר חוקרת מנחה مصاحبه‌گر پژوهشگر محقق साक्षात्कारकर्ता शोधकर्ता ผู้สัมภาษณ์ pewawancara peneliti
访谈者 采访者 采访人 访问者 访问员 访员 主持人 主持 研究者 研究员 提问者 記者 记者 訪談者 採訪者 訪問者 研究員 提問者
聞き手 インタビュアー インタビューアー 調査者 質問者 司会 司会者 研究者 聞手 면담자 인터뷰어 연구자 진행자 사회자 질문자
"""
# People whose work is to ask; in a study about them they answer.
LEADS = """
therapist therapeut therapeutin thérapeute terapeuta counsellor counselor clinician coach host presenter journalist
anchor chair interlocutor examiner teacher tutor psychologist assessor doctor clinician podcaster
терапевт ведущий врач θεραπευτής المعالج 咨询师 治疗师 諮商師 医生 カウンセラー 상담사
"""
# People who answer.
ANSWERS = """
interviewee participant respondent informant narrator guest client patient subject student caller attendee
befragter befragte befragten interviewter interviewte teilnehmer teilnehmerin proband probandin interviewpartner
interviewpartnerin erzähler klient klientin gast enquêté enquêtée interviewé interviewée participante
répondant répondante informateur informatrice entrevistado entrevistada informante encuestado encuestada
participantes intervistato intervistata partecipante rispondente geïnterviewde deelnemer deelneemster respondente
deltagare intervjuperson deltager deltaker haastateltava osallistuja uczestnik uczestniczka rozmówca rozmówczyni
respondentka badany badana účastník respondentka dotazovaný résztvevő interjúalany válaszadó katılımcı görüşülen
респондент респондентка информант информантка участник участница интервьюируемый собеседник клиент клиентка пациент
респондентка учасник учасниця συμμετέχων συμμετέχουσα ερωτώμενος ερωτώμενη συνεντευξιαζόμενος πληροφορητής
المشارك المشاركة مشارك مشاركة المستجيب المبحوث المبحوثة مبحوث العميل
מרואיין מרואיינת משתתף משתתפת נחקר مصاحبه‌شونده شرکت‌کننده प्रतिभागी उत्तरदाता ผู้ให้สัมภาษณ์
narasumber informan responden peserta
受访者 受访人 被访者 被访人 被采访者 被访谈者 参与者 回答者 来访者 受訪者 被訪者 參與者
個案 話し手 回答者 参加者 対象者 協力者 語り手
면담대상자 피면담자 참여자 응답자 연구참여자 인터뷰이
"""
_ASKS, _LEADS, _ANSWERS = (frozenset(key(word) for word in words.split()) for words in (ASKS, LEADS, ANSWERS))
_LETTERS = re.compile(r"[^\W\d_]+(?:[ʼ'’\u200c\u0900-\u097F\u0E00-\u0E7F]+[^\W\d_]*)*")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def kind(label: str) -> str:
    """Return what a label's words say of the speaker: asks, leads (their work is to ask), answers, or ''.

    A label with words of two kinds (`Moderator, participant`) says nothing.
    """
    found = {one for word in _words(label) for one in _kinds(word)}
    return found.pop() if len(found) == 1 else ""


def part(label: str) -> str:
    """Return the part that a stated role means: interviewer, participant, or ''."""
    return {"asks": "interviewer", "answers": "participant"}.get(kind(label), "")


def _words(label: str) -> list[str]:
    return [key(word) for word in _LETTERS.findall(label)] + [key(label)]


def _kinds(word: str) -> set[str]:
    for name, known in (("asks", _ASKS), ("leads", _LEADS), ("answers", _ANSWERS)):
        if word in known or (_EAST_ASIAN.match(word) and any(_begins(word, start) for start in known)):
            return {name}
    return set()


def _begins(word: str, start: str) -> bool:
    """Return whether a word of a script without spaces is a role with a letter or number behind it: `受访者A`."""
    return word.startswith(start) and not _EAST_ASIAN.search(word[len(start) :]) and len(start) > 1
