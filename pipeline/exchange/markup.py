"""XML and zip archives as text and bytes: escaped, and the same for the same contents."""

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
# XML 1.0 cannot hold these characters in any spelling.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_TEXT = {"\r": "&#13;"}
_IN_ATTRIBUTE = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}
# The earliest day a zip can name.
_DAY = (1980, 1, 1, 0, 0, 0)


def element(tag: str, attributes: Mapping[str, object], *children: str) -> str:
    """An element of XML; attributes that are None or empty are left out, children are XML already."""
    said = "".join(
        f' {name}="{escape(allowed(str(value)), _IN_ATTRIBUTE)}"'
        for name, value in attributes.items()
        if value not in (None, "")
    )
    inside = "".join(children)
    return f"<{tag}{said}>{inside}</{tag}>" if inside else f"<{tag}{said}/>"


def text(tag: str, words: str) -> str:
    """An element that holds only words; nothing where there are none."""
    return f"<{tag}>{escape(allowed(words), _IN_TEXT)}</{tag}>" if words else ""


def allowed(words: str) -> str:
    """Words with U+FFFD in place of each character that XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", words)


def some(tag: str, children: list[str]) -> str:
    """An element around children; nothing where there are none, since the format knows no empty lists."""
    return element(tag, {}, *children) if children else ""


def archive(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by name, in the given order: same files, same bytes."""
    place = io.BytesIO()
    with zipfile.ZipFile(place, "w") as packed:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3
            member.external_attr = 0o644 << 16
            packed.writestr(member, data)
    return place.getvalue()


def repacked(data: bytes) -> bytes:
    """A zip that another library made, its members in the order of their names and without its times."""
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        return archive({name: made.read(name) for name in sorted(made.namelist(), key=_content_types_first)})


def _content_types_first(name: str) -> tuple[bool, str]:
    return name != "[Content_Types].xml", name
