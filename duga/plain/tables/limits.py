"""How large a file may be, and what a refusal says. Each message tells the reader what to do next."""

from duga.plain.errors import Unreadable, gettext_noop

MAX_BYTES = 25 * 2**20  # of the file as sent
MAX_UNPACKED = 150 * 2**20  # of all its parts together
MAX_RATIO = 250  # unpacked to packed, for files that unpack to more than RATIO_FREE
RATIO_FREE = 10 * 2**20
MAX_ENTRIES = 2_000
MAX_ROWS = 100_000
MAX_CELLS = 2_000_000  # rows times columns of the used area, all sheets together
MAX_TEXT = 100 * 2**20  # of all cells together, counting a shared text each time it is used

EMPTY = gettext_noop("The file is empty. Save the spreadsheet again, look that it has rows, and send it anew.")
TOO_LARGE = gettext_noop(
    "The file is larger than %(limit)s MB. Remove pictures and other sheets, or split the rows over several files."
)
TOO_MANY_CELLS = gettext_noop(
    "The sheet is too large: at most %(rows)s rows and %(cells)s cells. "
    "Copy only the rows with data into a new spreadsheet, or split them over several files."
)
BOMB = gettext_noop(
    "This file unpacks to far more than a spreadsheet holds, so it was not opened. "
    "Copy the rows into a new spreadsheet, save it as .xlsx and send that."
)
DAMAGED = gettext_noop(
    "The file is damaged or cut off, often by an interrupted download. "
    "Open it in your spreadsheet program, save it again as .xlsx and send that; or ask for the file anew."
)
PROTECTED = gettext_noop(
    "The file is protected by a password. Open it, remove the password (File, Info, Protect), save it "
    "and send it again."
)
MACROS = gettext_noop(
    "The file contains macros (small programs), so it was not opened. Save it as “Excel workbook (.xlsx)”, "
    "without macros, and send that."
)
BINARY_EXCEL = gettext_noop(
    "This is a binary Excel workbook (.xlsb). Open it in Excel, save it as “Excel workbook (.xlsx)” and send that."
)
ARCHIVE = gettext_noop("This is an archive of files. Unpack it and send the spreadsheet that is inside.")
PICTURE = gettext_noop(
    "This is a picture, whatever its name says. Send the table itself, as .xlsx, .xls, .ods or .csv."
)
DOCUMENT = gettext_noop(
    "This is a document (PDF or text), not a spreadsheet. Copy its table into a spreadsheet, save it as .xlsx "
    "and send that."
)
WEB_PAGE = gettext_noop(
    "This is a web page or an XML file that only looks like a spreadsheet. Open it in Excel or LibreOffice, "
    "save it as .xlsx and send that."
)
NUMBERS = gettext_noop("This is a Numbers document. Export it from Numbers as Excel (.xlsx) and send that.")
UNKNOWN = gettext_noop("This file is not a spreadsheet. Send the table as .xlsx, .xls, .ods or .csv.")
UNSAFE_XML = gettext_noop(
    "The file contains definitions that no spreadsheet program writes, so it was not opened. "
    "Copy the rows into a new spreadsheet, save it as .xlsx and send that."
)


def too_many() -> Unreadable:
    return Unreadable(TOO_MANY_CELLS, rows=MAX_ROWS, cells=MAX_CELLS)
