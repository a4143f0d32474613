import random

import pytest

from pipeline.corpus import duplicates

WORDS = [
    f"{a}{b}{c}" for a in ("ka", "lo", "mi", "tun") for b in ("ver", "sol", "nit") for c in ("a", "es", "um", "ing")
]


def talk(seed, n=400):
    return " ".join(random.Random(seed).choices(WORDS, k=n))


def pairs(texts, answers=None):
    return [(pair.first, pair.second) for pair in duplicates.twice(texts, answers or {})]


def test_the_same_words_in_another_format_are_found():
    lines = talk(1).split(" ")
    word = "\n".join(f"Anna: {' '.join(lines[at : at + 20])}" for at in range(0, 400, 20))
    pdf = "\n".join(
        f"Anna:  {' '.join(lines[at : at + 10])}\n{' '.join(lines[at + 10 : at + 20])}\n\nPage {at}"
        for at in range(0, 400, 20)
    )
    assert pairs({"int1.docx": word, "int1.pdf": pdf, "int2.txt": f"Anna: {talk(2)}"}) == [("int1.docx", "int1.pdf")]


def test_case_digits_hyphens_and_letters_of_other_forms_make_no_difference():
    text = "Žá" + talk(3)
    other = text.upper().replace(" ", " 12 ", 40).replace("SOL", "SO-\nL").replace("Á", "A\u0301")
    (pair,) = duplicates.twice({"a": text, "b": other}, {})
    assert pair.share == 1


def test_interviews_that_share_their_questions_are_two():
    script, one, two = talk(4, 900), talk(5, 100), talk(6, 100)
    whole = {"a": f"{script} {one}", "b": f"{script} {two}"}
    assert pairs(whole) == [("a", "b")]
    assert pairs(whole, {"a": one, "b": two}) == []


def test_a_copy_in_which_nobody_is_taken_for_the_interviewer_is_found():
    script, one = talk(7, 300), talk(8, 300)
    assert pairs({"a": f"{script} {one}", "b": f"{script}\n{one}"}, {"a": one, "b": f"{script} {one}"}) == [("a", "b")]


@pytest.mark.parametrize("text", ["", "No.", "…", "12 34", "Yes, I do."])
def test_texts_of_a_few_letters_are_not_compared(text):
    assert pairs({"a": text, "b": text}) == []


def test_scripts_without_spaces_are_compared():
    text = "".join(chr(0x4E00 + (7 * n * n) % 3000) for n in range(400))
    assert pairs({"a": text, "b": text.replace("\u4e07", "\u4e07\n"), "c": text[::-1]}) == [("a", "b")]


def test_copies_are_one_group_and_each_but_the_first_is_told():
    copy = talk(9)
    told = duplicates.reasons(duplicates.twice({"c": copy, "a": copy, "b": copy, "z": talk(10)}, {}))
    assert [name for name, _ in told] == ["b", "c"]
    assert all("the same words as a," in reason for _, reason in told)


def test_the_order_of_the_documents_does_not_matter():
    texts = {f"d{n}": talk(n % 3) for n in range(9)}
    assert duplicates.twice(texts, {}) == duplicates.twice(dict(reversed(texts.items())), {})
