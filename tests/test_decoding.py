import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.readers import decoding
from pipeline.corpus.readers.model import RefusedError

SPEECH = "Anna: I can’t say it was “easy”. We hadn’t the staff – not on nights, at the café.\n" * 4


@pytest.mark.parametrize("encoding", ["utf_8", "utf_8_sig", "utf_16", "utf_32"])
def test_what_names_itself_is_not_guessed(encoding):
    assert decoding.decode(SPEECH.encode(encoding)) == (SPEECH, "")


@pytest.mark.parametrize("encoding", ["utf_16_le", "utf_16_be"])
def test_utf_16_without_its_mark(encoding):
    assert decoding.decode(SPEECH.encode(encoding)) == (SPEECH, "utf_16")


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_old_encodings_are_guessed_and_said(encoding):
    text, guessed = decoding.decode(SPEECH.encode(encoding))
    assert text == SPEECH
    assert guessed == encoding


SENTENCES = {
    "Ola: Wczoraj padał deszcz, więc zostaliśmy w świetlicy i graliśmy w szachy aż do północy.": "cp1250 iso8859_2 cp852",
    "Jana: Včera pršelo, takže jsme zůstali v klubovně a hráli šachy až do půlnoci, řekla paní.": "cp1250 iso8859_2",
    "Éva: Tegnap esett az eső, ezért bent maradtunk, és éjfélig sakkoztunk a nővéremmel, őszintén.": "cp1250 iso8859_2",
    "Ayşe: Dün yağmur yağdı, bu yüzden içeride kaldık ve gece yarısına kadar satranç oynadık, dedi.": "cp1254 mac_turkish",
    "Оля: Вчера шёл дождь, поэтому мы остались в клубе и до полуночи играли в шахматы.": "cp1251 koi8_r iso8859_5 cp866",
    "Оля: Вчора йшов дощ, тому ми лишилися в клубі й до півночі грали в шахи, її теж кликали.": "cp1251 koi8_u",
    "Μαρία: Χθες έβρεχε, γι' αυτό μείναμε μέσα και παίζαμε σκάκι μέχρι τα μεσάνυχτα.": "cp1253 iso8859_7",
    "דנה: אתמול ירד גשם, לכן נשארנו בפנים ושיחקנו שחמט עד חצות.": "cp1255 iso8859_8",
    "سلمى: أمس نزل المطر فبقينا في البيت ولعبنا الشطرنج حتى منتصف الليل.": "cp1256 iso8859_6",
    "Ona: Vakar lijo, todėl likome viduje ir žaidėme šachmatais iki vidurnakčio, sakė mūsų mokytoja.": "cp1257",
    "สมชาย: เมื่อวานฝนตก เราจึงอยู่ข้างในและเล่นหมากรุกจนถึงเที่ยงคืน": "cp874",
    "安娜：昨天下雨了，所以我们留在屋里，一直下棋到半夜。": "gb18030",
    "安娜：昨天下雨了，所以我們留在屋裡，一直下棋到半夜。": "big5",
    "花子：昨日は雨が降ったので、私たちは部屋にいて夜中まで将棋をしました。": "shift_jis euc_jp",
    "지민: 어제 비가 와서 우리는 안에 남아 자정까지 장기를 두었어요.": "euc_kr",
    "Zoé : Hier il a plu, alors nous sommes restés à l'intérieur, ma sœur et moi, jusqu'à minuit.": "cp1252 iso8859_15 mac_roman",
    "Jörg: Gestern hat es geregnet, also blieben wir drin und spielten für mich viel zu lange Schach.": "cp1252 mac_roman cp850",
    "Inês: Ontem choveu, então ficámos lá dentro e jogámos xadrez até à meia-noite, não é?": "cp1252 mac_roman",
    "Begoña: Ayer llovió, así que nos quedamos dentro y jugamos al ajedrez hasta muy tarde, mañana más.": "cp1252 mac_roman",
}


@pytest.mark.parametrize(
    ("text", "encoding"), [(text, encoding) for text, names in SENTENCES.items() for encoding in names.split()]
)
def test_a_sentence_in_an_old_encoding_is_read_with_its_letters_or_asked_about(text, encoding):
    try:
        read, guessed = decoding.decode(text.encode(encoding))
    except RefusedError as error:
        assert "could not be determined: line 1 may be" in str(error)
    else:
        assert (read, bool(guessed)) == (text, True)


@pytest.mark.parametrize("encoding", sorted({names.split()[0] for names in SENTENCES.values()}))
def test_two_sentences_are_enough_and_the_guess_is_said_with_words(encoding):
    text = "\n".join(2 * [one for one, names in SENTENCES.items() if names.split()[0] == encoding][:1])
    raw = text.encode(encoding)
    assert decoding.decode(raw)[0] == text
    (remark,) = decoding.remarks(raw)
    assert remark.kind == "guessed"
    word = next(word for word in remark.text.split("'") if not word.isascii())
    assert word in text
    assert "save the file as UTF-8" in remark.text
    assert decoding.remarks(text.encode()) == []


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("word", ["mover’s", "We’ll", "– yes –", "“so”", "café", "wait…"])
def test_one_sign_is_enough_where_the_words_are_english(encoding, word):
    text = f"Anna: I go to the door first of all and then I talk to the night team, and {word} I think.\n"
    assert decoding.decode(text.encode(encoding)) == (text, encoding)


def test_two_readings_as_good_as_each_other_are_asked_about():
    raw = "I met Jos\x82 again in the afternoon and we talked of it\n".encode("latin_1")
    with pytest.raises(RefusedError, match=r"line 1 may be cp\d+ \('Jos.'\) or cp\d+ \('Jos.'\)"):
        decoding.decode(raw)


@pytest.mark.parametrize("text", ["Anna: Ça va très bien, à côté.\n", "Оля: Мы играли.\n", "安娜：我们留在屋里。\n"])
def test_utf_8_with_a_broken_byte_is_refused_with_its_line(text):
    raw = (text * 9).encode()
    raw = raw[:-8] + raw[-7:] if raw[-8] > 127 else raw[:-4] + b"\xff" + raw[-4:]
    with pytest.raises(RefusedError, match=r"The file is UTF-8, but line 9 is not|line 1 is UTF-8, but line 9 is not"):
        decoding.decode(raw)


@pytest.mark.parametrize("encoding", ["utf_16_le", "utf_16_be"])
@pytest.mark.parametrize("text", [text for text, names in SENTENCES.items() if not names.startswith("cp85")])
def test_utf_16_of_any_script_without_its_mark(encoding, text):
    assert decoding.decode((text + "\n").encode(encoding)) == (text + "\n", "utf_16")


@pytest.mark.parametrize("raw", [b"a\r\nb\rc\nd", b"\xef\xbb\xbfa\r\nb\rc\nd"])
def test_line_ends_become_lf_and_the_mark_goes(raw):
    assert decoding.decode(raw)[0] == "a\nb\nc\nd"


def test_nothing_else_is_changed():
    odd = " \tx\u2028y\x0bz\u00a0\ufeff e\u0301 \u202e\n\n"
    assert decoding.decode(odd.encode())[0] == odd


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04rest",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1",
        b"{\\rtf1",
        b"a\0b",
        b"\x01\x02\x03abc",
        b"\xff\xfe\x00\xd8\x00\x00",
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(raw):
    with pytest.raises(RefusedError, match=r"\."):
        decoding.decode(raw)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf_8_comes_back_as_it_was(text):
    assert decoding.decode(text.encode(), any_type=True) == (text.removeprefix("\ufeff"), "")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_text_or_a_sentence(raw):
    try:
        text, _ = decoding.decode(raw)
    except RefusedError as error:
        assert str(error).endswith(".")
    else:
        assert "\r" not in text
        assert "\0" not in text
        text.encode()
