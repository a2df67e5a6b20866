"""Several people of one drawing in one answer: who they are, each one's face at full size, and when there are none."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import msgpack
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.inference.timings import Timings
from dfp_server.inference.worker import Worker
from server_helpers import Live, Serve, ask, body_of, face_for, face_lines, health_at, pixels_of, request_of

from dfp import Face, FaceGenerator
from dfp.sketch.prepare import Prepared

LAYER = face_lines(64, 64)
HAIR: dict[str, Any] = {"palette": {"hair": (0, 0, 0)}, "seed": 3}
PERSON = wire.Variant(7, {"skin": (1, 2, 3)}, 2, 1, "RGB", bytes(6)).to_map()
ANSWER = wire.VariantsAnswer("a", (PERSON,), "sum", {"model": 1.5})


async def people_for(session: aiohttp.ClientSession, live: Live, request: wire.GenerateRequest) -> wire.VariantsAnswer:
    status, message = await ask(session, live, body_of(request))
    assert status == 200, message
    return wire.VariantsAnswer.from_map(message)


def test_an_answer_comes_back_from_its_map() -> None:
    assert wire.VariantsAnswer.from_map(ANSWER.to_map()) == ANSWER
    assert ANSWER.people == (wire.Variant.from_map(PERSON),)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"variants": []}, "variants must be a list of 1 to 8 maps"),
        ({"variants": [PERSON] * 9}, "variants must be a list of 1 to 8 maps"),
        ({"variants": {"seed": 7}}, "variants must be a list of 1 to 8 maps"),
        ({"variants": [5]}, "the message is not a map"),
        ({"variants": [{**PERSON, "seed": -1}]}, "seed must be a whole number"),
        ({"variants": [{**PERSON, "pixels": bytes(5)}]}, "pixels has 5 bytes"),
        ({"variants": [{**PERSON, "palette": {"nose": (1, 2, 3)}}]}, "palette must have only"),
        ({"timings": 5}, "timings must be milliseconds"),
    ],
    ids=str,
)
def test_a_wrong_answer(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(wire.WireError, match=says):
        wire.VariantsAnswer.from_map({**ANSWER.to_map(), **changed})


@pytest.mark.parametrize("count", [-1, 9, 2.0, True, [1, 2]], ids=str)
async def test_a_number_of_variants_that_is_none(live: Live, session: aiohttp.ClientSession, count: Any) -> None:
    status, message = await ask(session, live, body_of(request_of(LAYER, "RGBA"), variants=count))
    assert (status, message["code"]) == (400, wire.Code.BAD_MESSAGE)
    assert "variants must be a whole number from 0 to 8" in message["message"]


async def test_weights_that_know_no_colours_draw_one_person(live: Live, session: aiohttp.ClientSession) -> None:
    assert "variants" not in (await health_at(session, live)).capabilities
    for count in (1, 4):
        status, message = await ask(session, live, body_of(request_of(LAYER, "RGBA", variants=count)))
        assert (status, message["code"]) == (422, wire.Code.BAD_SKETCH)
        assert message["message"].startswith("These weights know no colours.")


async def test_each_is_the_face_that_its_seed_gets(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    asked = request_of(LAYER, "BGRA", **HAIR, frame=(0, 0, 64, 64))
    answer = await people_for(session, live, replace(asked, variants=3))
    assert {"decode", "wait", "prepare", "model", "place", "total"} == set(answer.timings)
    seeds = [person.seed for person in answer.people]
    assert seeds[0] == 3
    assert len({person.pixels for person in answer.people}) == len(set(seeds)) == len(seeds) > 1
    for person in answer.people:
        assert tuple(person.palette["hair"]) == (0, 0, 0)
        alone = await face_for(session, live, replace(asked, seed=person.seed))
        assert alone.palette == person.palette
        small = np.frombuffer(person.pixels, np.uint8).reshape(person.height, person.width, 3)
        assert np.abs(pixels_of(alone)[..., 2::-1].astype(int) - small).max() <= 3


async def test_where_all_colours_are_told_there_is_one(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path
) -> None:
    live = await serve(coloured_weights)
    told = {region: (9, 8, 7) for region in wire.PALETTE}
    for asked in (request_of(LAYER, "RGBA", palette=told, variants=4), request_of(LAYER, "RGBA", seed=5, variants=1)):
        answer = await people_for(session, live, asked)
        assert [person.seed for person in answer.people] == [asked.seed]


def jobs_for(worker: Worker, *counts: int) -> list[tuple[wire.GenerateRequest, list[Prepared], Timings]]:
    asked = [request_of(LAYER, "RGBA", id=str(i), variants=count) for i, count in enumerate(counts)]
    timings = [Timings(time.perf_counter()) for _ in asked]
    return [(one, worker.prepare(one, mine), mine) for one, mine in zip(asked, timings, strict=True)]


def bodies(answers: Any) -> list[dict[str, Any]]:
    assert not any(isinstance(answer, Refusal) for answer in answers)
    return [msgpack.unpackb(b"".join(answer)) for answer in answers]


def test_in_a_batch_everybody_gets_what_was_asked_for(coloured_weights: Path) -> None:
    worker = Worker(FaceGenerator.load(coloured_weights, "cpu"))
    jobs = jobs_for(worker, 0, 3, 0, 2)
    answers = bodies(worker.answers(jobs))
    assert [answer["id"] for answer in answers] == ["0", "1", "2", "3"]
    assert [len(answer.get("variants", ())) for answer in answers] == [0, 3, 0, 2]
    assert answers[0]["pixels"] == answers[2]["pixels"]
    for (request, prepared, _), answer in zip(jobs, answers, strict=True):
        if request.variants:
            assert len(msgpack.packb(answer) or b"") <= worker.answer_bytes(request, prepared)


class SmallMemory(FaceGenerator):
    """A generator that wants far too much memory for more than one face at once."""

    def __init__(self, weights: Path) -> None:
        real = FaceGenerator.load(weights, "cpu", "torch")
        super().__init__(real._runtime, real.config, real.checksum, real.palettes)

    def draw(self, prepared: Sequence[Prepared]) -> list[Face]:
        return super().draw(prepared) if len(prepared) < 2 else [np.ones(2**60, np.uint8)]  # type: ignore[list-item]

    def draw_variants(self, prepared: Prepared) -> list[Face]:
        return [np.ones(2**60 * len(prepared.seeds), np.uint8)]  # type: ignore[list-item]


def test_where_memory_is_short_they_are_drawn_one_by_one(coloured_weights: Path) -> None:
    plenty = Worker(FaceGenerator.load(coloured_weights, "cpu", "torch"))
    [wanted] = bodies(plenty.answers(jobs_for(plenty, 3)))
    little = Worker(SmallMemory(coloured_weights))
    [answer] = bodies(little.answers(jobs_for(little, 3)))
    assert [one["seed"] for one in answer["variants"]] == [one["seed"] for one in wanted["variants"]]
    for one, other in zip(answer["variants"], wanted["variants"], strict=True):
        pictures = (np.frombuffer(person["pixels"], np.uint8).astype(int) for person in (one, other))
        assert np.abs(next(pictures) - next(pictures)).max() <= 3
