"""The self-contained report page: template, style, script and data in one file under a strict policy.

The policy (Content-Security-Policy) allows the script and the style by sha256 and nothing else: no network
requests, and no script that a transcript might contain.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import jinja2
import pandas as pd
from markupsafe import escape

from pipeline.core import prose
from pipeline.core.table_rows import each
from pipeline.core.terms import UNASSIGNED, VALENCES
from pipeline.reporting import quotes, templates

# The page's theme number for segments of rejected themes.
REJECTED = -2
# Where the data for deciding stands in the page, and what its policy begins with (as HTML writes it in an attribute).
DECIDE_OPENS, DECIDE_CLOSES = '<script type="application/json" id="decide-data">', "</script>"
CLOSED_POLICY = "default-src 'none';"


@dataclass(frozen=True)
class Page:
    """A rendered page taken apart: its data for deciding, and the markup before and after them."""

    before: str
    decide: dict[str, Any]
    after: str

    def served(self, decide: Mapping[str, Any]) -> str:
        """The page with other data for deciding, allowed to send requests to the server it came from."""
        closed = str(escape(CLOSED_POLICY))
        to_itself = escape("connect-src 'self';")
        before = self.before.replace(closed, f"{closed} {to_itself}", 1)
        return before + DECIDE_OPENS + json_for_html(decide) + DECIDE_CLOSES + self.after


def render(context: Mapping[str, Any], *, data: Mapping[str, Any], decide: Mapping[str, Any]) -> str:
    """The page as HTML. `data` and `decide`: input of the page's script, embedded as escaped JSON.

    They are separate because `counterpoint review` fills in `decide`.
    """
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(templates.text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"percent": prose.percent, "figure": prose.figure, "sentence": prose.sentence}
    environment.globals |= {"count": prose.count}
    style, script = templates.text("style.css"), templates.text("page.js") + templates.text("decide.js")
    policy = (
        f"{CLOSED_POLICY} script-src '{_sha256(script)}'; style-src '{_sha256(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )
    return environment.get_template("report.html").render(
        **context,
        style=style,
        script=script,
        policy=policy,
        data=json_for_html(data),
        decide=DECIDE_OPENS + json_for_html(decide) + DECIDE_CLOSES,
    )


def opened(text: str) -> Page:
    """A page that `render` made, taken apart. Raises ValueError for any other text."""
    before, opens, rest = text.partition(DECIDE_OPENS)
    decide_text, closes, after = rest.partition(DECIDE_CLOSES)
    decide = json.loads(decide_text) if opens and closes and escape(CLOSED_POLICY) in before else {}
    if not isinstance(decide, dict) or not {"basis", "seen", "themes"} <= decide.keys():
        raise ValueError("not a page of this version")
    return Page(before, decide, after)


def json_for_html(data: Any) -> str:
    """JSON that is safe inside a script element: characters that HTML could read as markup are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _sha256(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def explore_data(
    *,
    documents: pd.DataFrame,
    turns: pd.DataFrame,
    cases: pd.DataFrame,
    segments: pd.DataFrame,
    theme_of: Mapping[str, int],
    left_out: Set[str],
    themes: Sequence[tuple[int, str]],
    codes_of: Mapping[str, Sequence[str]],
    codes: Sequence[str],
    valence_of: Mapping[str, str],
) -> dict[str, Any]:
    """The data the page needs to search, filter and open passages: each text once, everything else as offsets.

    A segment in no theme has theme -1, and one of a rejected theme (`left_out`) REJECTED. Offsets count UTF-16 units,
    as browsers do. Raises QuoteError if a turn differs from its document's text.
    """
    documents = documents.sort_values("document")
    texts = dict(zip(documents.document, documents.text, strict=True))
    units = {name: quotes.utf16_offsets(text) for name, text in texts.items()}
    turns, segments = quotes.in_order(turns), quotes.in_order(segments)
    for row in each(turns):
        quotes.check(texts, document=row.document, start=row.start, end=row.end, text=row.text)
    place = {turn: number for number, turn in enumerate(turns.turn_id)}
    document = {name: number for number, name in enumerate(documents.document)}
    case_names = people(cases, segments)
    case = {name: number for number, name in enumerate(case_names)}
    code = {name: number for number, name in enumerate(codes)}
    theme = {theme_id: number for number, (theme_id, _) in enumerate(themes)}
    theme_number_of = {
        segment: theme.get(theme_id, UNASSIGNED) for segment, theme_id in theme_of.items()
    } | dict.fromkeys(left_out, REJECTED)
    described = quotes.described(cases)
    valences = {name: number for number, name in enumerate(VALENCES)}
    return {
        "documents": [
            {"name": row.document, "source": prose.SOURCES[row.source_type].removeprefix("set of "), "text": row.text}
            for row in each(documents)
        ],
        "cases": [{"name": name, "about": described.get(name, "")} for name in case_names],
        "attributes": _attributes(cases, case_names),
        "themes": [{"id": f"T{number}", "label": label} for number, (_, label) in enumerate(themes, start=1)],
        "codes": list(codes),
        "valences": list(valences) if valence_of else [],
        "turns": [
            [
                document[turn.document],
                turn.speaker,
                turn.part[0],
                *_span(units[turn.document], turn.start, turn.end),
                quotes.clock(turn.time_s),
            ]
            for turn in each(turns)
        ],
        "segments": [
            [
                place.get(row.turn_id, -1),
                *_span(units[row.document], row.start, row.end),
                place.get(row.prompt_id, -1),
                theme_number_of.get(row.segment_id, UNASSIGNED),
                [code[name] for name in codes_of.get(row.segment_id, ()) if name in code],
                case.get(row.case, -1),
                int(row.substantive),
                valences.get(valence_of.get(row.segment_id, ""), -1),
            ]
            for row in each(segments)
        ],
    }


def people(cases: pd.DataFrame, segments: pd.DataFrame) -> list[str]:
    """All cases of a study, speaking or only listed, in the order of the page's filter."""
    return sorted(set(cases.case) | (set(segments.case) - {""}))


def _span(units: Sequence[int], start: int, end: int) -> tuple[int, int]:
    return units[start], units[end]


def _attributes(cases: pd.DataFrame, people: Sequence[str]) -> list[dict[str, Any]]:
    """Attributes to filter by: those with at least two values and not as many values as people."""
    attributes = []
    by_case = cases.set_index("case")
    for column in by_case.columns:
        values = [str(by_case[column].get(name, "") or "") for name in people]
        kinds = sorted({value for value in values if value and value != "nan"})
        if 2 <= len(kinds) <= max(30, len(people) // 2):
            index = {kind: number for number, kind in enumerate(kinds)}
            attributes.append({"name": str(column), "values": kinds, "of": [index.get(value, -1) for value in values]})
    return attributes
