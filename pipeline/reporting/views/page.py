"""The self-contained report page: template, style, script and data in one file under a strict policy.

The policy (Content-Security-Policy) allows the script and the style by sha256 and nothing else: no network
requests, and no script that a transcript might contain.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from pipeline.core import prose
from pipeline.reporting import templates

# The files of the page's script, joined in this order into one function.
SCRIPTS = (
    *("core.js", "people.js", "talk.js", "pictures.js", "basket.js", "search.js"),
    *("overview.js", "themes.js", "framework.js", "quotes.js", "quality.js"),
    *("split.js", "decide.js", "held.js", "start.js"),
)
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
    environment = templates.environment(keep_trailing_newline=True)
    environment.filters |= {"percent": prose.percent, "figure": prose.figure, "sentence": prose.sentence}
    environment.globals |= {"count": prose.count}
    style, script = templates.text("style.css"), joined_script()
    policy = (
        f"{CLOSED_POLICY} script-src '{sha256_of(script)}'; style-src '{sha256_of(style)}'; img-src data:; "
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


def sha256_of(text: str) -> str:
    """The digest of a script or style, as a page's policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def joined_script() -> str:
    """The page's script: the files of SCRIPTS inside one function, so that they share names and leave none behind."""
    return '"use strict";\n(() => {\n' + "\n".join(templates.text(name) for name in SCRIPTS) + "\n})();\n"
