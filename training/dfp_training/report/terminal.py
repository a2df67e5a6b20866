"""A model's figures as lines of text."""

from collections.abc import Sequence

from dfp_training.metrics.evaluate import Report
from dfp_training.metrics.figure import Figure
from dfp_training.metrics.metric import Measured, Metric, notes, plain, shown


def table(report: Report) -> list[str]:
    """The report as lines of text, with what each measure is taken with and what is left out."""
    to = "the label maps" if report.photos else "what is seen in the photos (--data compares with the label maps)"
    metrics = report.shown
    lines = [*notes(metrics, to), "   d " + "".join(f"{m.heading:>{_width(m)}}{'+-':>7}" for m in metrics)]
    lines += [f"{row.d:4g} {_cells(row, metrics)}" for row in report.rows]
    if photos := report.photos:
        ceilings = ", ".join(metric.ceiling for metric in metrics if photos[metric])
        lines.append(f"photo{_cells(photos, metrics)}".rstrip() + f"  {ceilings}")
    return [*lines, *report.left_out]


def _width(metric: Metric) -> int:
    return max(11, len(metric.heading) + 2)


def _cells(row: Measured, metrics: Sequence[Metric]) -> str:
    return "".join(_cell(row[metric], metric) for metric in metrics)


def _cell(figure: Figure | None, metric: Metric) -> str:
    if figure is None:
        return " " * (_width(metric) + 7)
    digits = metric.digits.terminal
    return f"{figure.value:{_width(metric)}.{digits}f}{figure.spread:7.{digits}f}"


def parts_tables(report: Report) -> list[str]:
    """The parts of every measure that has some, at each d and of the photos; - where no face has the part."""
    columns = {f"d={row.d:g}": row for row in report.rows}
    if report.photos:
        columns["photo"] = report.photos
    lines: list[str] = []
    for metric in report.shown:
        if metric.parts:
            figures = {name: figure for name, row in columns.items() if (figure := row[metric])}
            lines.append(f"{metric.parts.title:10}" + "".join(f"{name:>8}" for name in figures))
            for part in report.rows[0].figures[metric.name].parts:
                values = (figure.parts[part] for figure in figures.values())
                lines.append(f"{part:10}" + "".join(f"{'-':>8}" if v is None else f"{v:8.3f}" for v in values))
    return lines


def as_json(report: Report) -> dict[str, object]:
    """All figures of the report as plain values."""
    photos = report.photos
    return {
        "faces": report.faces,
        "rows": [{"d": row.d, **plain(row, report.metrics)} for row in report.rows],
        "photos": plain(photos, shown(report.metrics, [photos])) if photos else None,
    }
