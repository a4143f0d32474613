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
        held = getattr(code, field)
        lines += [f"{label}: {text}" for text in ((held,) if isinstance(held, str) else held) if text]
    if code.definition and not _LABELLED.match(code.definition):
        lines[0] = code.definition
    return "\n".join(lines)


def fields(description: str) -> dict[str, str | list[str]]:
    """Return the fields of a code from a text made by `described`; lines without a label are the definition."""
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
