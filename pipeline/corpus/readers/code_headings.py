"""Recognises the columns of a table of coded segments by their headings, in the languages of the usual programs."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.corpus.readers.model import RefusedError

# Headings by what a column holds, the likeliest first; without accents, case and marks.
_DOCUMENT = """
document|document name|media title|source|source name|file name|file|filename|transcript|transcript name
transcript title|document title|interview|interview name|interview id|media|media name|resource|resource title|item
document id|doc|docs|documents|doc name|dokument|dokumentname|datei|dateiname|quelle|transkript|nom du document
document source|fichier|nom du fichier|entretien|transcription|documento|nombre del documento|nombre de documento
archivo|nombre del archivo|nombre de archivo|fuente|entrevista|transcripcion|nome do documento|arquivo|ficheiro
nome do arquivo|nome do ficheiro|fonte|transcricao|nome del documento|nome documento|nome file|nome del file
intervista|trascrizione|documentnaam|naam document|naam van document|naam van het document|bestand|bestandsnaam|bron
dokumentnamn|fil|filnamn|kalla|intervju|dokumentnavn|filnavn|kilde|asiakirja|asiakirjan nimi|dokumentti|tiedosto
haastattelu|nazwa dokumentu|plik|nazwa pliku|zrodlo|wywiad|nazev dokumentu|soubor|nazev souboru|rozhovor
dokumentum|dokumentum neve|fajl|interju|belge|belge adi|dosya|dosya adi|gorusme|документ|имя документа
название документа|файл|имя файла|источник|интервью|назва документа|интервю|文書|文書名|ドキュメント
ドキュメント名|ファイル|ファイル名|文档|文档名|文档名称|文件|文件名|文件名称|文檔
檔案|문서|문서 이름|εγγραφο|ονομα εγγραφου|αρχειο|συνεντευξη|מסמך|שם המסמך|קובץ
문서명|파일|파일명|المستند|اسم المستند|الملف|note title|data title|call title
nom del document|nume document|numele documentului
"""
_PERSON = """
participant|participants|participant id|participant code|respondent|respondents|respondent id|interviewee|informant
case|pid|id participant|speaker|teilnehmer|teilnehmende|teilnehmerin|befragte|befragter|interviewpartner
participante|participantes|entrevistado|entrevistada|informante|repondant|enquete|personne|partecipante|intervistato
rispondente|deelnemer|respondente|deltagare|deltager|informantti|haastateltava|uczestnik|ucastnik|katilimci|участник
респондент|参加者|参与者|受访者
"""
_TEXT = """
text|content|segment|excerpt|excerpt copy|coded text|quotation|snippet|preview|snippet text|excerpt text|quote
highlight|reference text|quotation content|text content|coded segment|coded segments|segment text|text segment
highlighted text|selected text|seltext|passage|extract|verbatim|verbatim quote|quotes|data extract|illustrative quote
quotation text|coded content|coded excerpt|meaning unit|codiertes segment|kodiertes segment|codierte segmente
textstelle|textsegment|zitat|zitatinhalt|inhalt|auszug|ausschnitt|fundstelle|texte|extrait|citation
contenu de la citation|contenu|segment code|segments codes|texte code|segmento|segmento codificado
segmentos codificados|texto|texto codificado|cita|contenido de la cita|extracto|fragmento|contenido|citacao
conteudo da citacao|trecho|excerto|conteudo|testo|citazione|contenuto della citazione|estratto|brano
segmento codificato|contenuto|tekst|tekstfragment|gecodeerd segment|citaat|inhoud van citaat|fragment|inhoud
kodat segment|citat|utdrag|textavsnitt|kodet segment|sitat|uddrag|segmentti|teksti|lainaus|sitaatti|katkelma|cytat
citace|usek|szegmens|szoveg|idezet|reszlet|bolum|kodlanmis bolum|metin|alinti|сегмент|текст|цитата|фрагмент|отрывок
contenido de cita|texto de la cita|texto de cita|contenu de citation|conteudo de citacao|zitattext|inhalt des zitats
citation content|fragment codat|segment codificat|кодированный сегмент|セグメント|テキスト|引用|抜粋|本文
コード化セグメント|片段|编码片段|文本|文本片段|引文|引用内容|文字|세그먼트|텍스트
인용|인용문|coded|source material|αποσπασμα|τμημα|κειμενο|παραθεμα|פסקה|ציטוט|טקסט|المقطع|النص|الاقتباس
"""
_CODE = """
hierarchical name|code|tag|codes applied combined|codes|code name|tags|node|node name|code names|labels|label
code path|codes applied|nodes|assigned codes|assigned code|applied codes|kode|kodes|codename|codenamen
nom du code|noms des codes|etiquette|etiquettes|noeud|codigo|codigos|nombre del codigo|etiqueta|etiquetas|nodo
nome do codigo|codice|codici|nome del codice|nome codice|etichetta|etichette|codenaam|naam code|kod|koder
kodnamn|koodi|koodit|kody|nazwa kodu|nazev kodu|kodok|kod adi|kodlar|код|коды|кодове|имя кода|コード|コード名|代码
编码|节点|代碼|編碼|codi|codis|cod|coduri|코드|코드명|quirk|quirks|κωδικας|κωδικοι|קוד|קודים|الرمز|الكود
"""
# Words for a group of codes: a code's parent where there is a column of codes, and the code itself where there is none.
_THEME = """
parent_code|parent code|parent|parent name|theme|themes|category|categories|main code|main theme|main category
overarching theme|higher order theme|domain|topic|topics|thema|themen|kategorie|kategorien|hauptkategorie|oberkategorie
obercode|oberkode|elterncode|code parent|thematique|categorie|categories|codigo padre|tema|temas|categoria
categorias|codigo pai|codice padre|temi|categorie|hoofdthema|hoofdcode|categorieen|bovenliggende code|teema
kategoria|motyw|temat|kategori|overkategori|тема|категория|родительский код|テーマ
カテゴリ|カテゴリー|主题|类别|主題|주제|범주|parent quirk|parent node|parent tag|parent theme|tag group|tagset
"""
_SUBCODE = """
subcode|sub code|subtheme|sub theme|subcategory|sub category|subkategorie|unterkategorie|untercode|subkode
sous theme|sous categorie|sous code|subtema|subcategoria|subcodigo|sottotema|sottocategoria|sottocodice|subthema
subcategorie|underkategori|undertema|подтема|подкатегория|子主题|子类别
"""
_CODER = """
coder|created by|excerpt creator|coded by|user|author|coded by initials|coded by user|creator|researcher|coder name
coded by name|owner|user name|codierer|codiererin|kodierer|kodiererin|codiert von|erstellt von|autor|bearbeiter
benutzer|codeur|codeuse|code par|cree par|auteur|utilisateur|codificador|codificadora|codificado por|creado por
usuario|criado por|utilizador|codificatore|creato da|autore|utente|codificato da|codeerder|gecodeerd door
gemaakt door|gebruiker|kodare|skapad av|anvandare|kodet af|oprettet af|opprettet av|bruger|koodaaja|luonut|tekija
koder imie|utworzone przez|utworzyl|uzytkownik|vytvoril|kodolo|letrehozta|olusturan|kodlayan|кодировщик|автор
создано|создал|кем создано|コーダー|作成者|συντακτης|δημιουργος|编码者|创建者|作者|코더|작성자
modified by|last modified by|geandert von|bearbeitet von|modificado por|modifie par|modificato da|gewijzigd door
"""
_MEMO = """
memo|comment|note|comments|notes|memos|kommentar|kommentare|notiz|notizen|commentaire|commentaires|remarque
comentario|comentarios|nota|notas|commento|commenti|opmerking|opmerkingen|notitie|anteckning|huomautus|kommentti
komentarz|poznamka|megjegyzes|yorum|комментарий|заметка|コメント|メモ|评论|备注|메모|설명
"""
_DATE = """
date|created|excerpt date|modified on|coded on|creation date|created on|modified|datum|erstellt am|erstellt
date de creation|cree le|fecha|fecha de creacion|creado|data|data de criacao|criado em|data di creazione|creato il
gemaakt op|skapad|oprettet|luotu|data utworzenia|дата|дата создания|日付|作成日|日期|创建日期|날짜
"""
_BEGIN = """
beginning|begin|start paragraph|first paragraph|paragraph start|start position|initial position|from paragraph
starting paragraph|anfang|beginn|startabsatz|absatz von|debut|paragraphe de debut|position initiale|inicio
parrafo inicial|paragrafo inicial|posicion inicial|posicao inicial|inizio|paragrafo iniziale|posizione iniziale
begin alinea|borjan|start stycke|begyndelse|alku|poczatek|zacatek|kezdet|baslangic|начало
開始|开始|αρχη|起始|시작|البداية|principio|comeco
"""
_END = """
end|end paragraph|last paragraph|paragraph end|end position|final position|to paragraph|ending paragraph|ende
endabsatz|absatz bis|fin|paragraphe de fin|position finale|final|parrafo final|paragrafo final|posicion final
posicao final|fim|fine|paragrafo finale|posizione finale|einde|eind|slut|slutt|loppu|koniec|konec|veg|bitis|son
конец|終了|结束|τελος|终止|끝|종료|النهاية
"""
_PLACE = """
paragraph|paragraphs|reference|position|location|paragraph number|paragraph no|absatz|absatze|absatznummer|position
paragraphe|paragraphes|parrafo|parrafos|posicion|referencia|paragrafo|paragrafi|posizione|riferimento|alinea
positie|stycke|afsnit|kappale|akapit|odstavec|абзац|段落|位置|단락
"""
_COUNT = """
number of codes|code count|codes count|count of codes|no of codes|n codes|num codes|anzahl codes|anzahl der codes
anzahl kodes|nombre de codes|numero de codigos|numero di codici|aantal codes|antal koder|liczba kodow|число кодов
количество кодов|コード数|代码数|编码数
"""


def _words(listed: str) -> list[str]:
    return [folded(heading) for heading in listed.replace("\n", "|").split("|") if heading]


def folded(heading: str) -> str:
    """Return a heading without case, accents, marks and surplus space; `Code(s)` is `codes`."""
    text = unicodedata.normalize("NFKD", heading.casefold().replace("ß", "ss").replace("ı", "i").replace("ł", "l"))
    text = re.sub(r"\((s|n|en|es|i|r)\)", r"\1", "".join(one for one in text if not unicodedata.combining(one)))
    return " ".join(re.sub(r"[^\w#]+|_", " ", text).split())


ROLES = {
    role: {heading: rank for rank, heading in reversed(list(enumerate(_words(listed))))}
    for role, listed in {
        "document": _DOCUMENT,
        "person": _PERSON,
        "text": _TEXT,
        "code": _CODE,
        "subcode": _SUBCODE,
        "theme": _THEME,
        "coder": _CODER,
        "memo": _MEMO,
        "date": _DATE,
        "begin": _BEGIN,
        "end": _END,
        "place": _PLACE,
        "count": _COUNT,
    }.items()
}
# Who changed a coding last, which is who made it unless somebody else changed it.
MODIFIED = frozenset(
    [
        *("modified by", "last modified by", "geandert von", "bearbeitet von", "modificado por", "modifie par"),
        *("modificato da", "gewijzigd door"),
    ]
)
# A column for each code, as Dedoose names them, or as people fill them in.
_APPLIED = re.compile(r"^code: (.+) applied$", re.IGNORECASE)
_YES = frozenset(
    [
        "1",
        "1.0",
        "x",
        "✓",
        "✔",
        "true",
        "yes",
        "y",
        "ja",
        "oui",
        "si",
        "sí",
        "sim",
        "j",
        "wahr",
        "vrai",
        "verdadero",
        "verdadeiro",
        "vero",
        "waar",
    ]
)
_NO = frozenset(
    [
        "",
        "0",
        "0.0",
        "-",
        *["false", "no", "n", "nein", "non", "não", "nao", "nee", "falsch", "faux", "falso", "onwaar"],
    ]
)
MOST_TITLES = 30
# What tells columns of codes apart: `Code 2`, `Second code`, `Other codes`, `Code B`.
_COUNTED = re.compile(
    r"^(?:\d+|first|second|third|fourth|fifth|other|further|additional|secondary|primary) | (?:\d+|[a-e])$"
    r"|(?<=[^\W\d])\d+$"
)


@dataclass(frozen=True)
class Columns:
    """The positions of a table's columns, by what they hold; -1 where there is none.

    `codes`: columns of codes; `marked`: the code of each column that says by a mark whether it applies.
    """

    headings: Sequence[str]
    at: dict[str, int] = field(default_factory=dict)
    codes: tuple[int, ...] = ()
    marked: dict[int, str] = field(default_factory=dict)

    def has(self, *roles: str) -> bool:
        """Return whether there is a column for each of these."""
        return all(self.at.get(role, -1) >= 0 for role in roles)

    def others(self, role: str) -> list[int]:
        """Return further columns whose headings say that they hold this too."""
        taken = {self.at.get(role, -1), *self.codes, *self.marked}
        return [at for at, one in enumerate(self.headings) if folded(one) in ROLES[role] and at not in taken]

    def cell(self, row: Sequence[str], role: str) -> str:
        """Return a row's cell by what its column holds; '' if there is none."""
        at = self.at.get(role, -1)
        return row[at] if 0 <= at < len(row) else ""


def columns(headings: Sequence[str], rows: Iterable[Sequence[str]] = ()) -> Columns:
    """Return the columns that headings name. `rows`: the cells below, from which columns of marks are recognised."""
    plain = [folded(heading) for heading in headings]
    at = {role: likeliest(plain, ranks) for role, ranks in ROLES.items()}
    codes = _numbered(plain, at["code"], ROLES["code"])
    marked: dict[int, str] = {}
    for number, heading in enumerate(headings):
        applied = _APPLIED.match(heading.strip())
        if applied:
            marked[number] = applied[1].strip()
    if at["subcode"] >= 0:
        at["theme"] = at["code"] if at["code"] >= 0 else at["theme"]
        codes = _numbered(plain, at["subcode"], ROLES["subcode"])
    elif not codes and at["theme"] >= 0:
        codes = _numbered(plain, at["theme"], ROLES["theme"])
        at["theme"] = -1
    if at["document"] < 0:
        at["document"] = at["person"]
    if at["begin"] < 0 and at["end"] >= 0 and "start" in plain:
        at["begin"] = plain.index("start")
    if not codes and not marked and at["text"] >= 0:
        marked = _marked(headings, set(at.values()), list(rows))
    return Columns(headings, at, codes, marked)


def header(records: Sequence[tuple[int, list[str]]]) -> tuple[int, Columns]:
    """Return the position of the row of headings among a table's first records, and its columns.

    Titles, dates and rows of merged headings may stand above. Raises RefusedError if there is no column for the text or
    the code.
    """
    best, found, most = 0, Columns([]), -1
    width = max((len(cells) for _, cells in records[: MOST_TITLES + 200]), default=0)
    for position, (_, cells) in enumerate(records[:MOST_TITLES]):
        below = (row for _, row in records[position + 1 : position + 201])
        layout = columns([*cells, *[""] * (width - len(cells))], below)
        known = sum(layout.has(role) for role in ("document", "text")) + bool(layout.codes or layout.marked)
        score = 100 * known + sum(place >= 0 for place in layout.at.values())
        if score > most and (known > 1 or position == 0):
            best, found, most = position, layout, score
        if known == 3:
            break
    missing = [role for role in ("document", "text") if not found.has(role)]
    missing += [] if found.codes or found.marked else ["code"]
    if missing not in ([], ["document"]):
        seen = ", ".join(f"'{heading.strip()}'" for heading in found.headings[:12] if heading.strip())
        raise RefusedError(
            f"No column for '{missing[0]}', and the header matches no known export. Expected columns: "
            f"document,start,end,text,code,coder. The columns found are {seen or 'none'}."
        )
    return best, found


def likeliest(plain: Sequence[str], ranks: Mapping[str, int]) -> int:
    """Return the place of the heading with the lowest rank, the first of several; -1 if none has a rank."""
    known = [(ranks[heading], position) for position, heading in enumerate(plain) if heading in ranks]
    return min(known)[1] if known else -1


def _numbered(plain: Sequence[str], first: int, ranks: dict[str, int]) -> tuple[int, ...]:
    """Return the columns with the heading of the first, or the same with a number: `Code`, `Code 1`, `Code 2`.

    A column without a heading beside them is one of them, as where the heading is merged over several columns.
    """
    bare = [_COUNTED.sub("", one) for one in plain]
    if first < 0:
        first = likeliest(bare, ranks)
    found: list[int] = []
    for number, heading in enumerate(bare if first >= 0 else []):
        further = heading != plain[number] and heading in ranks
        if heading == bare[first] or further or (not heading and number - 1 in found):
            found.append(number)
    return tuple(found)


def _marked(headings: Sequence[str], taken: set[int], rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """Return the columns that hold nothing but yes or no, with at least one yes; at least two of them."""
    found = {}
    for number, heading in enumerate(headings):
        cells = {row[number].strip().casefold() if number < len(row) else "" for row in rows}
        if heading.strip() and number not in taken and cells <= _YES | _NO and cells & _YES:
            found[number] = heading.strip()
    return found if len(found) > 1 else {}


def applies(cell: str) -> bool:
    """Return whether a mark in a code's column means yes."""
    return cell.strip().casefold() in _YES
