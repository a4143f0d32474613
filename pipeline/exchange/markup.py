"""Builds XML and zip archives; the same content gives the same bytes."""

import io
import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
# Characters that XML 1.0 cannot represent.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_IN_TEXT = {"\r": "&#13;"}
_IN_ATTRIBUTE = {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;", '"': "&quot;"}
# The earliest date in a zip archive.
_DAY = (1980, 1, 1, 0, 0, 0)


def element(tag: str, attributes: Mapping[str, object], *children: str) -> str:
    """Return an XML element without empty attributes. `children`: XML."""
    written = "".join(
        f' {name}="{escape(allowed(str(value)), _IN_ATTRIBUTE)}"'
        for name, value in attributes.items()
        if value not in (None, "")
    )
    inside = "".join(children)
    return f"<{tag}{written}>{inside}</{tag}>" if inside else f"<{tag}{written}/>"


def text(tag: str, content: str) -> str:
    """Return an element containing text; '' if there is none."""
    return f"<{tag}>{escape(allowed(content), _IN_TEXT)}</{tag}>" if content else ""


def allowed(content: str) -> str:
    """Return text with U+FFFD for characters that XML cannot represent."""
    return _FORBIDDEN.sub("\ufffd", content)


def some(tag: str, children: list[str]) -> str:
    """Return an element around children; '' without children, because the format has no empty lists."""
    return element(tag, {}, *children) if children else ""


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of files by name, in the given order."""
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
    """Return a zip archive with members sorted by name and without times."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return archive({name: package.read(name) for name in sorted(package.namelist(), key=_content_types_first)})


def _content_types_first(name: str) -> tuple[bool, str]:
    return name != "[Content_Types].xml", name
