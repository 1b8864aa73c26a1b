"""Opens xlsx, ods and xls with calamine, once `containers` has measured them."""

import io
import pickle
import subprocess
import sys
from pathlib import Path

from duga.plain.errors import Unreadable
from duga.plain.tables import containers, limits
from duga.plain.tables.grid import Grid

_SECONDS = 30
_OLD_EXCEL = Path(__file__).with_name("old_excel.py")


def read_workbook(data: bytes, kind: str, *, hidden: bool = False) -> list[Grid]:
    """Return the visible sheets of a workbook; all sheets when none is visible, or when `hidden` ones are wanted."""
    if kind == "xls":
        grids = _read_apart(data)
    else:
        data, merges = containers.clean_archive(data, kind)
        grids = read_sheets(data)
    grids = [Grid(*grid) for grid in grids]
    if kind == "ods":  # of which calamine does not tell the merged cells
        for grid, merged in zip(grids, merges, strict=False):
            grid.merged = merged
    return grids if hidden else [grid for grid in grids if grid.visible] or grids


def read_sheets(data: bytes) -> list[tuple]:
    """Return (name, rows, merged ranges, visible) of every worksheet."""
    import python_calamine as calamine

    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [_sheet(book, meta, calamine) for meta in book.sheets_metadata if _is_sheet(meta, calamine)]
    except calamine.PasswordError:
        raise Unreadable(limits.PROTECTED) from None
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
        raise
    except BaseException as fault:  # calamine is Rust: its panics are no Exception
        if isinstance(fault, Unreadable):
            raise
        raise Unreadable(limits.DAMAGED) from None


def _is_sheet(meta, calamine) -> bool:
    return meta.typ == calamine.SheetTypeEnum.WorkSheet


def _sheet(book, meta, calamine) -> tuple:
    sheet = book.get_sheet_by_name(meta.name)
    if sheet.total_height > limits.MAX_ROWS or sheet.total_height * sheet.total_width > limits.MAX_CELLS:
        raise limits.too_many()
    rows = sheet.to_python(skip_empty_area=False)
    merged = list(sheet.merged_cell_ranges or [])
    return meta.name, rows, merged, meta.visible == calamine.SheetVisibleEnum.Visible


def _read_apart(data: bytes) -> list[tuple]:
    """Read an old .xls in a process of its own with little memory: its size shows only once it is open."""
    try:
        done = subprocess.run(  # noqa: S603 (our own script, no shell)
            [sys.executable, "-I", str(_OLD_EXCEL)], input=data, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(limits.BOMB) from None
    if done.returncode == 3:
        raise Unreadable(limits.PROTECTED)
    if done.returncode == 4:
        raise limits.too_many()
    if done.returncode != 0:
        raise Unreadable(limits.DAMAGED)
    return pickle.loads(done.stdout)  # noqa: S301 (written by our own process)
