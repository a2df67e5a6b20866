"""The report as HTML: one page, or several with so many sketches each. It needs no network and no script."""

import html
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from dfp.batch.listener import Done, State
from dfp.batch.report.style import STYLE
from dfp.version import package_version

ENDINGS = ".html", ".htm"
MAKER = "dfp batch"  # in the page's head: by this a page is known to be ours
HEAD = 2048  # bytes within which it stands
PER_PAGE = 500  # sketches, 3 MB of small pictures
UNSAYABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")  # what no HTML text may hold


@dataclass(frozen=True)
class Card:
    """What a page shows of a sketch. number: its own among all, from 1. sketch, face: links; *_picture: data URLs."""

    number: int
    done: Done
    sketch: str = ""
    face: str = ""
    sketch_picture: str = ""
    face_picture: str = ""


@dataclass(frozen=True)
class Listed:
    """A sketch that is named on the first page, with its sentence and the page where its card is."""

    number: int
    done: Done
    page: str


@dataclass(frozen=True)
class Summary:
    """What the first page says of a whole run. ended: a sentence when it did not come to its end. facts: by name."""

    title: str
    ended: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    failed: list[Listed] = field(default_factory=list)
    doubtful: list[Listed] = field(default_factory=list)


def render(summary: Summary, cards: list[Card], number: int, pages: list[str]) -> bytes:
    """Page `number` (from 1) of those with these file names; the summary's lists stand on the first."""
    title = text(summary.title if number == 1 else f"{summary.title}, page {number}")
    first = _summary(summary) if number == 1 else ""
    turn = _turn(number, pages)
    body = "\n".join(_card(card) for card in cards)
    made_by = html.escape(f"{MAKER} {package_version()}")
    return f"""{_begin(pages[0], number > 1)}
<head>
<meta charset="utf-8">
<meta name="generator" content="{made_by}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<header>
<h1>{title}</h1>
{first}</header>
{turn}<main>
{body}
</main>
{turn}</body>
</html>
""".encode()


def page_file(first: Path, number: int) -> Path:
    """The file of a page, from 1: report.html, report-2.html, ..."""
    return first if number == 1 else first.with_name(f"{first.stem}-{number}{first.suffix}")


def is_report(path: Path, of: Path | None = None) -> bool:
    """Whether a file is a report's first page, or a further one of the report whose first page is `of`."""
    begin = _begin("", further=False) if of is None else _begin(of.name, further=True)
    return is_page(path) and _head(path).startswith(begin.encode())


def is_page(path: Path) -> bool:
    """Whether a file is a page of any report."""
    return path.suffix.lower() in ENDINGS and f'<meta name="generator" content="{MAKER} '.encode() in _head(path)


def link(path: Path, beside: Path) -> str:
    """What leads from the page `beside` to a file, wherever both are moved together."""
    path, folder = Path(os.path.abspath(path)), os.path.abspath(beside.parent)
    try:
        return quote(os.fsencode(Path(os.path.relpath(path, folder)).as_posix()))
    except ValueError:  # on another drive
        return path.as_uri()


def text(words: str) -> str:
    """Any words as HTML has them; a file's name can hold what is no text."""
    sound = words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return html.escape(UNSAYABLE.sub("\ufffd", sound))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""


def _begin(first: str, further: bool) -> str:
    of = f' data-of="{text(first)}"' if further else ""
    return f'<!DOCTYPE html>\n<html lang="en"{of}>'


def _summary(summary: Summary) -> str:
    ended = f'<p class="ended">{text(summary.ended)}</p>\n' if summary.ended else ""
    facts = "\n".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in summary.facts.items())
    lists = _list("failed", "Failed", summary.failed) + _list("doubtful", "Doubtful", summary.doubtful)
    return f"{ended}<dl>\n{facts}\n</dl>\n{lists}"


def _list(kind: str, heading: str, listed: list[Listed]) -> str:
    if not listed:
        return ""
    lines = "\n".join(
        f'<li><a href="{quote(os.fsencode(one.page))}#n{one.number}">{_name(one.done.title)}</a>'
        f" {text(one.done.sentence)}</li>"
        for one in listed
    )
    return f'<section class="{kind}">\n<h2>{heading} ({len(listed):,})</h2>\n<ul>\n{lines}\n</ul>\n</section>\n'


def _turn(number: int, pages: list[str]) -> str:
    if len(pages) == 1:
        return ""
    here = {number: ' aria-current="page"'}
    links = " ".join(
        f'<a href="{quote(os.fsencode(name))}"{here.get(at, "")}>{at}</a>' for at, name in enumerate(pages, 1)
    )
    return f"<nav>Pages {links}</nav>\n"


def _card(card: Card) -> str:
    done = card.done
    kind = "failed" if done.state is State.FAILED else "doubtful" if done.doubtful else "good"
    sketch = _picture(card.sketch_picture, card.sketch, f"The sketch {done.title}")
    face = _picture(card.face_picture, card.face, f"Its face {done.face_title}") if done.face else _empty("no face")
    names = f'<a href="{card.sketch}">{_name(done.title)}</a>'
    if done.face:
        names += f' &rarr; <a href="{card.face}">{_name(done.face)}</a>'
    state = "doubtful" if done.doubtful else done.state.value
    said = f'<br><span class="said">{text(done.sentence)}</span>' if done.sentence else ""
    caption = f'<figcaption>{names} <span class="state">{state}</span>{said}</figcaption>'
    return f'<figure id="n{card.number}" class="{kind}"><div>{sketch}{face}</div>{caption}</figure>'


def _picture(url: str, to: str, what: str) -> str:
    if not url:
        return _empty("no preview")
    picture = f'<img src="{url}" alt="{text(what)}" width="160" height="160" loading="lazy">'
    return f'<a href="{to}">{picture}</a>'


def _empty(why: str) -> str:
    return f'<span class="none">{why}</span>'


def _name(name: str) -> str:
    return f"<bdi>{text(name)}</bdi>"
