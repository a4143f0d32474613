"""A code of the codebook as one text, as other programs show it, and the way back."""

import re

from pipeline.deductive.codebook import Code

_FIELDS = {
    "definition": "Definition",
    "include": "Include",
    "exclude": "Exclude",
    "examples": "Example",
    "counter_examples": "Counter-example",
}
_LABELLED = re.compile(rf"({'|'.join(_FIELDS.values())}):[ \t]*(.*)", re.IGNORECASE)


def described(code: Code) -> str:
    """A code's definition, what it includes and excludes, and its examples, as the one text other programs show."""
    lines = []
    for field, label in _FIELDS.items():
        held = getattr(code, field)
        lines += [f"{label}: {text}" for text in ((held,) if isinstance(held, str) else held) if text]
    if code.definition and not _LABELLED.match(code.definition):
        lines[0] = code.definition
    return "\n".join(lines)


def fields(description: str) -> dict[str, str | list[str]]:
    """The fields of a code in such a text, the way back from `described`; lines without a label are the definition."""
    found: dict[str, list[str]] = {field: [] for field in _FIELDS}
    names = {label.casefold(): field for field, label in _FIELDS.items()}
    for line in description.splitlines():
        labelled = _LABELLED.match(line.strip())
        if labelled:
            found[names[labelled[1].casefold()]].append(labelled[2].strip())
        elif line.strip():
            found["definition"].append(line.strip())
    lists = ("examples", "counter_examples")
    return {field: texts if field in lists else " ".join(texts) for field, texts in found.items() if texts}
