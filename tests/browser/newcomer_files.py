"""The two files of a newcomer: an offer as spreadsheets look when people make them, and a timesheet tool's export."""

import datetime as dt
from io import BytesIO

from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.styles import Font  # type: ignore[import-untyped]
from playwright.sync_api import FilePayload

# What was offered, by chapters that hold the sums of their rows: 300 h in all.
OFFER = (
    ("1", "Claim intake", None, 180),
    ("1.1", "Intake service", "Back-end", 120),
    ("1.2", "Claim form", "Front-end", 60),
    ("2", "Search and reports", None, 80),
    ("2.1", "Claim search", "Full-stack", 50),
    ("2.2", "Monthly report", "Back-end", 30),
    ("3", "Project management", "Management", 40),
)
# Tasks in the timesheet tool carry the titles of the offer. Ann and Ben worked 290 h on two of them.
WORKED = (("Ann", "Lee", "Intake service", 160), ("Ben", "Ode", "Claim form", 130))
HARVEST = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,Approved?,"
    "First Name,Last Name,Employee Id,Roles,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,"
    "Currency,External Reference URL"
)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def estimate() -> FilePayload:
    """A title over merged cells, who made it, a blank line, the table in chapters, its total, and a note below."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Effort"
    sheet.append(["Claims portal – offer 2026-117, effort by work package"])
    sheet.append(["Kelp & Sons Ltd., valid for 60 days, all figures in hours"])
    sheet.append([])
    for row in (1, 2):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=5)
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.append(["No.", "Work package", "Role", "Estimate (h)", "Remarks"])
    for number, title, role, hours in OFFER:
        sheet.append([number, title, role, hours, "without attachments" if title == "Claim form" else None])
        if role is None:
            for cell in sheet[sheet.max_row]:
                cell.font = Font(bold=True)
    sheet.append([None, "Total", None, 300, None])
    sheet.append([])
    sheet.append(["Prepared by J. Kelp. Prices exclude VAT."])
    content = BytesIO()
    book.save(content)
    return {"name": "Offer 2026-117 Kelp.xlsx", "mimeType": XLSX, "buffer": content.getvalue()}


def timesheet(today: dt.date) -> FilePayload:
    """Harvest's detailed time export of the days up to today: ten hours a day and person."""
    lines = [HARVEST]
    for first, last, task, hours in WORKED:
        for back in range(hours // 10):
            on = today - dt.timedelta(days=back)
            what = f'Harbour Authority,Claims portal,CP,{task},"{task}, as planned",10.0,10.0,Yes,No,No'
            lines.append(f'{on},{what},{first},{last},,Developer,Yes,100.0,1000.0,,,"Euro - EUR",')
    name = f"harvest_time_report_from{today - dt.timedelta(days=15)}to{today}.csv"
    return {"name": name, "mimeType": "text/csv", "buffer": "\r\n".join(lines).encode()}
