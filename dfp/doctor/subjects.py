"""What can be looked at: every package of this project, and any other, tells it as an entry point `dfp.checks`.

An entry point is a `Subject`; its name is what the painter calls it by.
"""

from dataclasses import dataclass, field
from importlib.metadata import entry_points

from dfp.doctor.finding import Finding, Subject, warning, wrong
from dfp.doctor.here import told
from dfp.doctor.repair import reinstall
from dfp.errors import DfpError

GROUP = "dfp.checks"


@dataclass(frozen=True)
class Found:
    """Subjects by name, in their order, and what is to be said of those that could not be loaded."""

    subjects: dict[str, Subject] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def find_subjects(wanted: list[str]) -> Found:
    """The subjects of these names; of none, all. Raises DfpError when there is none of a name."""
    known = {point.name: point for point in entry_points(group=GROUP)}
    unknown = [name for name in wanted if name not in known]
    if unknown and known:
        raise DfpError(f"There is nothing called {unknown[0]} to look at. There are: {', '.join(sorted(known))}.")
    loaded: dict[str, Subject] = {}
    findings = []
    for name in wanted or known:
        if name not in known:
            continue
        try:
            loaded[name] = known[name].load()
        except Exception as error:  # whatever a broken package raises
            says = f"The part of this program that looks at {name} cannot be loaded ({told(error)})."
            findings.append(wrong(says, "Install the program again.", reinstall()))
    if not known:
        says = "This program runs from a folder without being installed, so that it does not know its own parts."
        findings.append(warning(says, "Install it: in that folder, type the command.", "pip install ."))
    return Found(dict(sorted(loaded.items(), key=lambda item: item[1].rank)), findings)
