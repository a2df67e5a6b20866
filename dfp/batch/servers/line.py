"""Requests to one server, over HTTP."""

import asyncio
import json
import os
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO

import aiohttp
import msgpack

from dfp.batch.servers.address import Address
from dfp.batch.servers.answer import Answer, NoAnswerError, answer_of
from dfp.batch.servers.asking import Asked
from dfp.batch.servers.errors import Busy, Gone, Refused, Unfit
from dfp.batch.servers.tokens import Token
from dfp.errors import DfpError

CONNECT_S = 10.0
HEALTH_S = 30.0  # a busy computer may take long for a few words
FACE_S = 300.0  # servers say themselves, long before, that they are too slow
RETRY_S = 1.0  # where a busy server does not say when
MINE = "timeout", "too-slow", "out-of-memory"  # codes of what another request may well not meet
GONE = "stopping", "loading"
LATE = "it does not answer in time"


@dataclass(frozen=True)
class Health:
    """What a server says of itself: its state (loading, ready, busy, failed), the weights' checksum once they are
    loaded, what it can do, and why it failed."""

    state: str
    model: str
    able: frozenset[str]
    message: str


class Line:
    """One server's address and what it takes to be heard there."""

    def __init__(self, address: Address, token: Token, tls: ssl.SSLContext, client: str, most: int):
        self.address, self._token, self._tls, self._client, self._most = address, token, tls, client, most
        self._session: aiohttp.ClientSession | None = None
        self._heard = False  # anything so far

    @property
    def name(self) -> str:
        """What the painter calls the server."""
        return self.address.text

    async def close(self) -> None:
        """Hang up."""
        if self._session is not None:
            await self._session.close()

    async def health(self) -> Health:
        """How the server is. Raises Gone, Unfit."""
        async with self._said("GET", "/v1/health", HEALTH_S) as response:
            body = await response.read()
            if response.status == 200:
                return self._health(body)
            raise self._refusal(response.status, _facts(body), response.headers.get("Retry-After"))

    async def face(self, asked: Asked) -> Answer:
        """The face of a sketch. Raises Gone, Unfit, Busy, Refused."""
        options = {**asked.options, "client": self._client}
        async with self._said("POST", "/v1/face", FACE_S, params=options, data=_body(asked)) as response:
            if response.status != 200:
                facts = _facts(await response.read())
                raise self._refusal(response.status, facts, response.headers.get("Retry-After"))
            try:
                files = await _files(response)
                return answer_of(response.headers, files["face"], files.get("heatmap"))
            except (NoAnswerError, KeyError) as error:
                raise self._unknown() from error

    @asynccontextmanager
    async def _said(
        self, method: str, path: str, limit_s: float, **more: object
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            headers = {"Authorization": f"Bearer {self._token()}"}
        except DfpError as error:
            raise Unfit(str(error)) from error
        limits = aiohttp.ClientTimeout(limit_s, sock_connect=CONNECT_S)
        url = self.address.url + path
        try:
            async with self._open().request(
                method,
                url,
                headers=headers,
                timeout=limits,
                allow_redirects=False,
                **more,  # pyright: ignore[reportArgumentType]
            ) as response:
                self._heard = True
                yield response
        except aiohttp.ClientConnectorCertificateError as error:
            raise Unfit(f"{self.name}: its certificate is not trusted here, {_certificate(error)}.") from error
        except aiohttp.ClientSSLError as error:
            raise Unfit(f"{self.name} does not speak TLS as it should: is it http:// instead of https://?") from error
        except aiohttp.ClientConnectorError as error:
            raise Gone(f"{self.name} cannot be reached: {_reason(error.os_error)}.") from error
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            why = (
                "it does not answer in time" if isinstance(error, asyncio.TimeoutError) else "the connection broke off"
            )
            hint = "." if self._heard or self.address.encrypted or self.address.socket else "; is it https://?"
            raise Gone(f"{self.name} cannot be used now: {why}{hint}", mine=True) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Beside its requests there is always room to ask how the server is.
            if self.address.socket:
                connector = aiohttp.UnixConnector(self.address.socket, limit=self._most + 1)
            else:
                connector = aiohttp.TCPConnector(limit=self._most + 1, ssl=self._tls)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    def _health(self, body: bytes) -> Health:
        try:
            said = msgpack.unpackb(body)
            if said.get("service") != "deepfacepencil":
                raise ValueError
            texts = [str(said[name]) for name in ("state", "model", "message")]
            able = frozenset(map(str, said["capabilities"]))
        except Exception as error:  # whatever else answers there may say anything
            raise self._unknown() from error
        return Health(texts[0], texts[1], able, texts[2])

    def _refusal(self, status: int, facts: dict[str, str], retry: str | None) -> Exception:
        """What an answer without a face means."""
        code, sentence = facts.get("code", ""), facts.get("error", "")
        if not code:
            return self._unknown()
        if status == 401:
            return Unfit(f"{self.name} has another token: give --token-file and the file with this server's own.")
        if status in (403, 404, 405) or code in ("unknown-version", "failed"):
            return Unfit(f"{self.name} cannot be used: {sentence}")
        if code in GONE:
            return Gone(f"{self.name} cannot be used now: {sentence}")
        if status in (408, 429, 503):
            seconds = float(retry) if retry is not None and retry.isdecimal() else RETRY_S
            return Busy(sentence, seconds, status == 429, code in MINE)
        return Refused(sentence)

    def _unknown(self) -> Unfit:
        return Unfit(f"{self.name} does not answer as a DeepFacePencil server of this version does.")


def _body(asked: Asked) -> BytesIO | aiohttp.FormData:
    # As files, which are sent piece by piece: the loop goes on meanwhile.
    if asked.colours is None:
        return BytesIO(asked.sketch)
    form = aiohttp.FormData()
    for name, data in (("sketch", asked.sketch), ("colours", asked.colours)):
        form.add_field(name, BytesIO(data), filename=name, content_type="application/octet-stream")
    return form


async def _files(response: aiohttp.ClientResponse) -> dict[str, bytes]:
    if not response.content_type.startswith("multipart/"):
        return {"face": await response.read()}
    files = {}
    reader = aiohttp.MultipartReader.from_response(response)
    while (part := await reader.next()) is not None:
        if isinstance(part, aiohttp.BodyPartReader) and part.name:
            files[part.name] = bytes(await part.read())
    return files


def _facts(body: bytes) -> dict[str, str]:
    """What an error says: in JSON, in msgpack where the server did not know yet what was asked."""
    for read in (json.loads, msgpack.unpackb):
        try:
            said = read(body)
            return {"error": str(said.get("error") or said["message"]), "code": str(said["code"])}
        except Exception:  # it may be anything, from anybody
            continue
    return {}


def _certificate(error: aiohttp.ClientConnectorCertificateError) -> str:
    why = getattr(error.certificate_error, "verify_message", "") or "it cannot be checked"
    return f"{why}; --tls-ca FILE names one to trust"


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return LATE
    if isinstance(error, socket.gaierror) or not error.errno:
        return error.strerror or str(error)
    return os.strerror(error.errno)  # asyncio's own text has numbers for programs
