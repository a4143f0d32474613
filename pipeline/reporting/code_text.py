"""Convert a code of the codebook to one text, as other programs show it, and back."""

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
    """Return a code's definition, inclusion and exclusion criteria and examples as one text."""
    lines = []
    for field, label in _FIELDS.items():
        value = getattr(code, field)
        lines += [f"{label}: {text}" for text in ((value,) if isinstance(value, str) else value) if text]
    if code.definition and not _LABELLED.match(code.definition):
        lines[0] = code.definition
    return "\n".join(lines)


def fields(description: str) -> dict[str, str | list[str]]:
    """Return the fields of a code from a text made by `described`; lines without a label are the definition."""
    texts_of_field: dict[str, list[str]] = {field: [] for field in _FIELDS}
    names = {label.casefold(): field for field, label in _FIELDS.items()}
    for line in description.splitlines():
        labelled = _LABELLED.match(line.strip())
        if labelled:
            texts_of_field[names[labelled[1].casefold()]].append(labelled[2].strip())
        elif line.strip():
            texts_of_field["definition"].append(line.strip())
    lists = ("examples", "counter_examples")
    return {field: texts if field in lists else " ".join(texts) for field, texts in texts_of_field.items() if texts}
