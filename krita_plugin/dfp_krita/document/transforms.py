"""How a picture was changed as a whole, told from where its layers lay before and lie now. Plain Python.

Krita tells nobody that it has cropped, scaled, turned or mirrored a picture, and an undo takes it back as silently. So
whatever has a place in the picture keeps, beside the place, where some layers lay at that moment.
"""

from typing import Dict, List, NamedTuple, Tuple

from .geometry import Place

# What scaling and rounding may move an edge by, in pixels and as a share of the longer side.
SLACK, SLACK_SHARE = 2.0, 0.015


class Layer(NamedTuple):
    """Where a layer was moved to, and where it has pixels."""

    left: int
    top: int
    bounds: Place


class Anchors(NamedTuple):
    """The canvas, and some of its layers by their ids."""

    canvas: Tuple[int, int]
    layers: Dict[str, Layer]


class Way(NamedTuple):
    """From a place then to the place now: (x, y) -> (xx x + xy y + right, yx x + yy y + down)."""

    xx: float
    xy: float
    yx: float
    yy: float
    right: float
    down: float

    def place(self, then: Place) -> Place:
        """Where a place of then is now."""
        corners = [(then.left, then.top), (then.left + then.width, then.top + then.height)]
        xs = sorted(self.xx * x + self.xy * y + self.right for x, y in corners)
        ys = sorted(self.yx * x + self.yy * y + self.down for x, y in corners)
        left, top = round(xs[0]), round(ys[0])
        return Place(left, top, max(1, round(xs[1]) - left), max(1, round(ys[1]) - top))

    @property
    def shifts(self) -> bool:
        """Whether it only moves things."""
        return self[:4] == (1, 0, 0, 1)


STAYS = Way(1, 0, 0, 1, 0, 0)


def ways(then: Anchors, now: Anchors) -> List[Way]:
    """What may have happened to the picture: whatever explains where most of the layers are now, the plainest first."""
    known = [(layer, now.layers[id]) for id, layer in then.layers.items() if id in now.layers]
    # A layer that fills the canvas does so after everything.
    telling = [pair for pair in known if not _fills(pair[0].bounds, then.canvas) and not pair[0].bounds.empty]
    found = [STAYS] if then.canvas == now.canvas else []
    found += [*_shifts(known), *_turned(then.canvas, now.canvas)]
    found += [
        way for before, after in telling if not after.bounds.empty for way in _fitted(before.bounds, after.bounds)
    ]
    scores = [sum(_explains(way, *pair, now.canvas) for pair in telling) for way in found]
    best = max(scores, default=0)
    if best:
        return [way for way, score in zip(found, scores) if score == best]
    # Turned by an odd angle, or nothing is left of then: the middle at least stays the middle.
    return [_middles(telling) if telling and then.canvas != now.canvas else STAYS]


def _turned(then: Tuple[int, int], now: Tuple[int, int]) -> List[Way]:
    """Scaled, mirrored, turned by quarters."""
    (width, height), (wide, high) = now, then
    across, down = width / wide, height / high
    found = [Way(across, 0, 0, down, 0, 0)]
    found += [Way(-across, 0, 0, down, width, 0), Way(across, 0, 0, -down, 0, height)]
    found.append(Way(-across, 0, 0, -down, width, height))
    across, down = width / high, height / wide
    found += [Way(0, -across, down, 0, width, 0), Way(0, across, -down, 0, 0, height)]
    return [*found, Way(0, across, down, 0, 0, 0), Way(0, -across, -down, 0, width, height)]


def _shifts(known: List[Tuple[Layer, Layer]]) -> List[Way]:
    """Cropped, or given more room: Krita moves every layer by as much, and that is seen whatever was drawn since."""
    moves = [(after.left - before.left, after.top - before.top) for before, after in known]
    often = sorted(set(moves), key=lambda move: (-moves.count(move), move))
    return [Way(1, 0, 0, 1, *move) for move in often]


def _fitted(before: Place, after: Place) -> List[Way]:
    """Several things one after the other, told by one layer alone, with each way to turn and mirror it."""
    turned = _turned((before.width, before.height), (after.width, after.height))
    return [
        way._replace(
            right=way.right + after.left - way.xx * before.left - way.xy * before.top,
            down=way.down + after.top - way.yx * before.left - way.yy * before.top,
        )
        for way in turned
    ]


def _middles(telling: List[Tuple[Layer, Layer]]) -> Way:
    before, after = (pair.bounds for pair in telling[0])
    right = after.left + after.width / 2 - before.left - before.width / 2
    down = after.top + after.height / 2 - before.top - before.height / 2
    return Way(1, 0, 0, 1, right, down)


def _fills(bounds: Place, canvas: Tuple[int, int]) -> bool:
    whole = Place(0, 0, *canvas)
    return bounds.inside(whole) == whole


def _explains(way: Way, before: Layer, after: Layer, canvas: Tuple[int, int]) -> bool:
    """Whether the layer is where it would be; what crossed the canvas may have been cut."""
    place = way.place(before.bounds)
    slack = SLACK + SLACK_SHARE * place.longer
    return any(
        all(abs(one - other) <= slack for one, other in zip(_edges(wanted), _edges(after.bounds)))
        for wanted in (place, place.inside(Place(0, 0, *canvas)))
    )


def _edges(place: Place) -> Tuple[int, int, int, int]:
    return place.left, place.top, place.left + place.width, place.top + place.height
