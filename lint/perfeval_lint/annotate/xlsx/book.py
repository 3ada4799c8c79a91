"""The workbook part (workbook.xml): the sheet of findings put into the list of sheets."""

from __future__ import annotations

import posixpath

from lxml import etree

from perfeval_lint.annotate.package import RELATION_KINDS, OfficeFile
from perfeval_lint.annotate.xlsx.review import NAME
from perfeval_lint.annotate.xlsx.text import MAIN, sheet_in_address
from perfeval_lint.read.sheet.xlsx import MAIN_PART

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_BEFORE_NAMES = frozenset(
    "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences".split()
)
_TITLES = "_xlnm.Print_Titles"


class Workbook:
    """The workbook part of an office file, to be changed. Every method may raise UnreadableFile."""

    def __init__(self, office: OfficeFile) -> None:
        self._office = office
        self._part = office.package.main_part(MAIN_PART)
        root = office.tree(self._part)
        sheets = None if root is None else root.find("{*}sheets")
        if root is None or sheets is None:
            raise office.package.damaged("没有工作表")
        self._root, self._sheets = root, sheets
        self.namespace = etree.QName(root).namespace or MAIN[False]
        self.strict = self.namespace == MAIN[True]

    def styles(self) -> tuple[str, etree._Element]:
        """The part that holds the styles, and its root; a new one where there is none."""
        relations = self._office.package.relations(self._part).values()
        part = next((relation.target for relation in relations if relation.kind == "styles"), "")
        root = self._office.tree(part) if part else None
        if root is None:
            part = self._office.free_name(posixpath.dirname(self._part), "styles", "xml")
            self._office.relate(self._part, "styles", part, strict=self.strict)
            self._office.declare(part, _STYLES)
            root = etree.fromstring(f'<styleSheet xmlns="{self.namespace}"/>')
        return part, root

    def add_sheet(self) -> tuple[str, str]:
        """A new last sheet, named 审核意见 or with a number where there is such a sheet; its name, and its part, which
        is still to be put."""
        folder = posixpath.join(posixpath.dirname(self._part), "worksheets")
        part = self._office.free_name(folder, "review", "xml")
        taken = {sheet.get("name", "").lower() for sheet in self._listed}
        names = (NAME + (str(number) if number > 1 else "") for number in range(1, len(taken) + 2))
        numbers = [int(text) for sheet in self._listed if (text := sheet.get("sheetId", "")).isdecimal()]
        name = next(name for name in names if name not in taken)
        sheet = etree.SubElement(self._sheets, f"{{{self.namespace}}}sheet")
        sheet.set("name", name)
        sheet.set("sheetId", str(max(numbers, default=0) + 1))
        relation = self._office.relate(self._part, "worksheet", part, strict=self.strict)
        sheet.set(f"{{{RELATION_KINDS[self.strict]}}}id", relation)
        self._office.declare(part, _SHEET)
        self._office.put(self._part, self._root)
        return name, part

    def is_active(self, name: str) -> bool:
        """Returns whether the sheet of that name is the one that shows when the workbook is opened."""
        view = self._root.find("{*}bookViews/{*}workbookView")
        return view is not None and view.get("activeTab", "0") == str(self._index(name))

    def repeat_head(self, name: str) -> None:
        """Has the first two rows of the sheet of that name printed on every page."""
        index = str(self._index(name))
        names = self._root.find("{*}definedNames")
        if names is None:
            names = self._root.makeelement(f"{{{self.namespace}}}definedNames")
            before = [at for at, child in enumerate(self._root) if _local(child) in _BEFORE_NAMES]
            self._root.insert(max(before) + 1, names)
        given = (each for each in names if each.get("name") == _TITLES and each.get("localSheetId") == index)
        titles = next(given, None)
        if titles is None:
            titles = etree.SubElement(names, f"{{{self.namespace}}}definedName", name=_TITLES, localSheetId=index)
        titles.text = f"{sheet_in_address(name)}!$1:$2"
        self._office.put(self._part, self._root)

    @property
    def _listed(self) -> list[etree._Element]:
        return [sheet for sheet in self._sheets if isinstance(sheet.tag, str)]

    def _index(self, name: str) -> int:
        return [sheet.get("name", "") for sheet in self._listed].index(name)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""
