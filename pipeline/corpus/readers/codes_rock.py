"""Reads human codes from ROCK sources (.rock): one utterance per line, with codes in double brackets."""

import re

from pipeline.corpus.readers import decoding, guards
from pipeline.corpus.readers.coding import Coding

_CODE = re.compile(r"\[\[([^\[\]]+)\]\]")
_CODER = re.compile(r"\[\[coderId[=:]([^\[\]]+)\]\]", re.IGNORECASE)
_LEAD = re.compile(r"^[~\s]+")


def read_rock(data: bytes, stem: str) -> list[Coding]:
    """Return the codings of a ROCK source; its document is the transcript with the same name.

    `[[a>b]]` is code b below a. `[[coderId=asha]]` names the coder of its line and the following ones; the default is
    "rock". Other identifiers (`[[cid=1]]`), values (`[[a||3]]`), section breaks and YAML are not codes. Raises
    RefusedError.
    """
    guards.check_size(len(data))
    text, _ = decoding.decode(data)
    codings: list[Coding] = []
    inside_yaml = False
    coder = "rock"
    for number, line in enumerate(text.split("\n"), start=1):
        if line.rstrip() == "---":
            inside_yaml = not inside_yaml
        if inside_yaml:
            continue
        named = _CODER.search(line)
        coder = named[1].strip() if named else coder
        words = _LEAD.sub("", _CODE.sub("", line)).strip()
        for code in _CODE.findall(line):
            if words and "=" not in code and not _CODER.fullmatch(f"[[{code}]]") and "||" not in code:
                *above, name = [part.strip() for part in code.split(">")]
                parent = above[-1] if above else ""
                codings.append(Coding(f"line {number}", stem, None, None, words, name, coder, parent))
    return codings
