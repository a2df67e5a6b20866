"""A server that lets other computers in: certificate, token, options."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from server_helpers import PATIENCE_S

TOKEN = "a-long-enough-token"


@dataclass(frozen=True)
class Tls:
    """A certificate for 127.0.0.1, its key, and a file with TOKEN."""

    certificate: Path
    key: Path
    token: Path

    @property
    def options(self) -> tuple[object, ...]:
        """What `dfp-server` is told of them."""
        files = ("--token-file", self.token, "--tls-cert", self.certificate, "--tls-key", self.key)
        return ("--allow-remote", *files)

    @property
    def context(self) -> ssl.SSLContext:
        """What a program needs that trusts the certificate."""
        return ssl.create_default_context(cafile=str(self.certificate))


def make_tls(folder: Path) -> Tls:
    """Files in the folder; skips the test where openssl is not installed."""
    made = Tls(folder / "cert.pem", folder / "key.pem", folder / "token")
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=studio"
    command = ["openssl", *options.split(), "-addext", "subjectAltName=IP:127.0.0.1"]
    try:
        subprocess.run(
            [*command, "-out", made.certificate, "-keyout", made.key],
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl, which makes the certificate, is not installed here")
    made.token.touch(0o600)
    made.token.write_text(TOKEN + "\n")
    return made
