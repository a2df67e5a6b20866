"""What was found, as text: for the painter, and for a report that she sends to others."""

import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from dfp.doctor.finding import Finding, Level
from dfp.doctor.private import Discretion
from dfp.errors import DfpError
from dfp.files import unwritten, write_whole
from dfp.version import package_version

TITLE = "DeepFacePencil, what `dfp doctor` found"
MARKS = {Level.OK: "ok", Level.WARNING: "warning", Level.WRONG: "WRONG"}
INDENT = " " * 10

Findings = Sequence[tuple[str, Finding]]


def lines_of(finding: Finding) -> Iterable[str]:
    """A finding as lines of text."""
    yield f"{MARKS[finding.level]:>8}  {finding.says}"
    if finding.cure:
        yield INDENT + finding.cure
    if finding.command:
        yield f"{INDENT}  {finding.command}"


def summary(findings: Findings) -> str:
    """How things stand, in a sentence."""
    bad = sum(finding.level is Level.WRONG for _, finding in findings)
    doubtful = sum(finding.level is Level.WARNING for _, finding in findings)
    if not bad and not doubtful:
        return "All is well."
    counted = [(bad, "wrong"), (doubtful, "not as good as it could be")]
    said = [f"{count} {'thing is' if count == 1 else 'things are'} {what}" for count, what in counted if count]
    return ", ".join(said) + "."


def report_of(findings: Findings, private: Discretion) -> str:
    """The report: findings with the titles of their subjects, without anything private."""
    lines = [TITLE, f"{package_version()}, Python {platform.python_version()}, {platform.system()}", ""]
    last = ""
    for title, finding in findings:
        if title != last:
            lines += ["", title]
            last = title
        lines += lines_of(finding)
    return private("\n".join([*lines, "", summary(findings), ""]))


def write_report(report: str, path: Path) -> None:
    """Write the report to a file. Raises DfpError, also when the file is there and is no report."""
    try:
        if path.exists() and not path.read_bytes().startswith(TITLE.encode()):
            raise DfpError(f"There is a file {path} already, which is no report: give another name.")
        write_whole(report.encode(), path)
    except OSError as error:
        raise DfpError(unwritten(path, error)) from error
