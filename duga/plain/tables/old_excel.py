"""Run as a script: reads an .xls from standard input, writes its sheets to standard output, in little memory.

Knows nothing of Duga, so that it starts fast. Exit codes: 3 password, 4 too large, 5 damaged.
"""

import io
import pickle
import resource
import sys

MEMORY = 1 << 30  # bytes of address space
MAX_ROWS, MAX_CELLS = 70_000, 2_000_000


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine

    sheets, cells = [], 0
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for meta in book.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            cells += sheet.total_height * sheet.total_width
            if sheet.total_height > MAX_ROWS or cells > MAX_CELLS:
                return 4
            visible = meta.visible == calamine.SheetVisibleEnum.Visible
            rows = sheet.to_python(skip_empty_area=False)
            sheets.append((meta.name, rows, list(sheet.merged_cell_ranges or []), visible))
        sys.stdout.buffer.write(pickle.dumps(sheets, protocol=5))
    except calamine.PasswordError:
        return 3
    except MemoryError:
        return 4
    except BaseException:  # a panic of the reader is no Exception
        return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
