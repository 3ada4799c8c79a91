"""Saxon-HE for Python: the forms turned into XML, and an XSLT 3.0 sheet such as Schematron is compiled to, by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from rivals.common import RULES, Violation, texts

REQUIRES = ("saxonche", "pyyaml")
EXPRESSES = dict.fromkeys(RULES, "yes")
_SHEET = Path(__file__).with_suffix(".xslt")


def from_files(folder: Path) -> Any:
    """XML trees out of YAML files, by form."""
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    return processor, [(number, processor.parse_xml(xml_text=_xml(form))) for number, form in texts(folder)]


def _xml(form: dict[str, Any]) -> str:
    return f"<表>{''.join(_element(name, value) for name, value in form.items())}</表>"


def _element(name: str, value: Any, row: str = "") -> str:
    """A section, row or cell; a blank cell is left out."""
    if isinstance(value, list):
        return "".join(_element(name, item, f' 行="{number}"') for number, item in enumerate(value))
    if isinstance(value, dict):
        content = "".join(_element(key, item) for key, item in value.items())
        return f"<{name}{row}>{content}</{name}>"
    return f"<{name}>{escape(value)}</{name}>" if value else ""


def check(data: Any) -> list[Violation]:
    """Runs the sheet over every tree."""
    processor, trees = data
    sheet = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_SHEET))
    found: list[Violation] = []
    for number, tree in trees:
        printed = sheet.transform_to_string(xdm_node=tree) or ""
        lines = (line.split("\t") for line in printed.splitlines())
        found += [(number, name, int(row)) for name, row in lines]
    return found
