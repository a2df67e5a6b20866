"""Where a server is, as the command line says it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from dfp.errors import DfpError

KINDS = "http://HOST:PORT, https://HOST:PORT or unix:/PATH"


@dataclass(frozen=True)
class Address:
    """`text`: as servers write it themselves. `url`: what stands before a request's path. `socket`: a Unix socket's
    path, empty where there is none."""

    text: str
    url: str
    socket: str = ""

    @property
    def encrypted(self) -> bool:
        """Whether it is spoken to over TLS."""
        return self.url.startswith("https:")

    @classmethod
    def parse(cls, text: str) -> "Address":
        """The address that a text writes. Raises DfpError."""
        if text.startswith("unix:"):
            path = text.removeprefix("unix:")
            if not path.startswith("/"):
                raise DfpError(f"{text} is no address of a server: a socket is written as unix:/PATH.")
            return cls(text, "http://localhost", path)
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = parts = None
        if parts is None or parts.scheme not in ("http", "https") or not host or port is None:
            raise DfpError(f"{text} is no address of a server: write {KINDS}, as dfp-server says it when it starts.")
        if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise DfpError(f"{text} says more than where a server is: write {KINDS}.")
        url = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"
        return cls(url, url)
