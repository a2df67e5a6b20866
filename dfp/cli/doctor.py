"""`dfp doctor`: what is wrong with an installation, and how to mend it."""

import argparse
import json
import sys
from contextlib import closing
from pathlib import Path

from dfp.doctor.finding import Check, Finding, Level
from dfp.doctor.private import Discretion
from dfp.doctor.report import lines_of, report_of, summary, write_report
from dfp.doctor.subjects import find_subjects
from dfp.doctor.watched import examine

ABOUT = """Look at everything that has to be right for faces to be drawn, here, in Krita and in GIMP, and say how to
mend what is not. Nothing of yours is changed."""
EPILOG = "Exit code: 0 when nothing is wrong, 1 when something is, 130 after Ctrl-C."
JSON = "say it for programs: one JSON object a line, with what is looked at, what is found, and at the end the report"


def add_doctor(command: argparse.ArgumentParser) -> None:
    """The arguments of `dfp doctor`."""
    command.description, command.epilog = ABOUT, EPILOG
    command.add_argument("subjects", nargs="*", metavar="SUBJECT", help="look at these only, such as krita or model")
    command.add_argument("--json", action="store_true", help=JSON)
    command.add_argument("--report", type=Path, metavar="FILE", help="also write it down without anything private")
    command.set_defaults(run=run_doctor)


def run_doctor(args: argparse.Namespace) -> int:
    """Look, and say what is found as it is found. Returns the exit code. Raises DfpError."""
    found = find_subjects(args.subjects)
    telling = TellingPrograms() if args.json else TellingPeople()
    subject_of = {check: subject for subject in found.subjects.values() for check in subject.checks}
    names = {id(subject): name for name, subject in found.subjects.items()}
    findings: list[tuple[str, Finding]] = []

    def tell(title: str, name: str, finding: Finding) -> None:
        findings.append((title, finding))
        telling.found(title, name, finding)

    for finding in found.findings:
        tell("This program", "program", finding)
    with closing(examine(list(subject_of), telling.looking)) as examined:
        for check, finding in examined:
            subject = subject_of[check]
            tell(subject.title, f"{names[id(subject)]}.{check.name}", finding)
    secrets = [secret for subject in found.subjects.values() for secret in subject.secrets()]
    report = report_of(findings, Discretion(secrets))
    if args.report is not None:
        write_report(report, args.report)
    bad = any(finding.level is Level.WRONG for _, finding in findings)
    telling.end(summary(findings), report, args.report)
    return 1 if bad else 0


class TellingPeople:
    """In sentences, with a line that says what is looked at when somebody looks on."""

    def __init__(self) -> None:
        self._subject = ""
        self._width = 0

    def looking(self, check: Check, number: int, of: int) -> None:
        """Say what comes."""
        self._progress(f"{number} of {of}: {check.title}…")

    def found(self, title: str, name: str, finding: Finding) -> None:
        """Say what was found."""
        self._progress("")
        if title != self._subject:
            print(f"\n{title}" if self._subject else title)
            self._subject = title
        print("\n".join(lines_of(finding)), flush=True)

    def end(self, said: str, report: str, path: Path | None) -> None:
        """Say how things stand."""
        self._progress("")
        print(f"\n{said}")
        if path is not None:
            print(f"The report is in {path}. Read it before you send it.")

    def _progress(self, text: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{text:<{self._width}}\r", end="", file=sys.stderr, flush=True)
            self._width = len(text)


class TellingPrograms:
    """In JSON objects, one a line."""

    def looking(self, check: Check, number: int, of: int) -> None:
        """{"looking": title, "number": from 1, "of": how many}."""
        self._line(looking=check.title, number=number, of=of)

    def found(self, title: str, name: str, finding: Finding) -> None:
        """{"found": name, "subject": title, "level": ok, warning or wrong, "says", "cure", "command"}."""
        told = {"says": finding.says, "cure": finding.cure, "command": finding.command}
        self._line(found=name, subject=title, level=finding.level.value, **told)

    def end(self, said: str, report: str, path: Path | None) -> None:
        """{"summary": sentence, "report": text without anything private}."""
        self._line(summary=said, report=report)

    def _line(self, **fields: object) -> None:
        print(json.dumps(fields), flush=True)
