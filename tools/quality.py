"""Write how far each connector is proven into docs/reference/connectors.md: python -m tools.quality."""

from __future__ import annotations

from pathlib import Path

from instep.connectors.quality import FILE, RULES, answers_in

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "connectors.md"
FOLDERS = sorted(each.parent for each in (ROOT / "src/instep/connectors").glob(f"*/{FILE}"))
MARKS = ("<!-- quality -->\n", "<!-- end of quality -->\n")


def table() -> str:
    """Return a row for each connector and a column for each rule, then why one is exempt."""
    lines = ["| | " + " | ".join(RULES) + " |", "| --- |" + " --- |" * len(RULES)]
    reasons = []
    for folder in FOLDERS:
        answers = answers_in(folder)
        cells = [answers[rule].partition(":")[0] for rule in RULES]
        lines.append(f"| {folder.name} | " + " | ".join(cells) + " |")
        reasons += [
            f"- {folder.name}, {rule}: {said.removeprefix('exempt: ')}"
            for rule, said in answers.items()
            if said.startswith("exempt: ")
        ]
    return "\n".join([*lines, "", "Exempt, and why:", "", *reasons]) + "\n"


def rewritten(page: str) -> str:
    """Return the page with the table as it has to be."""
    begin, end = MARKS
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{table()}\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text()))
