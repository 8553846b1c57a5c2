"""Certificates for tests, made with ``openssl``: authorities old and new, and what they sign."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cluster.tools import missing

_KEY_IDENTIFIERS = {
    True: "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid:always\n",
    False: "subjectKeyIdentifier=none\nauthorityKeyIdentifier=none\n",
}
_AUTHORITY = "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n"
_SERVER = "basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName={}\n"


@dataclass(frozen=True)
class Authority:
    """An authority, and a folder with what it signed.

    Attributes:
        certificate: its own, as a PEM file.
        folder: where everything is.
        key_identifiers: whether certificates have them; authorities of old clusters do without.
    """

    certificate: Path
    folder: Path
    key_identifiers: bool

    def sign(self, name: str, names: str = "IP:127.0.0.1") -> tuple[Path, Path]:
        """A server's certificate and key.

        Args:
            name: of the files.
            names: the server's, as ``subjectAltName`` has them.
        """
        made = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        request = self.folder / f"{name}.csr"
        extensions = _SERVER.format(names) + _KEY_IDENTIFIERS[self.key_identifiers]
        _openssl("req", *_new_key(made[1]), "-out", request, "-subj", f"/CN={name}")
        _openssl(
            *("x509", "-req", "-in", request, "-out", made[0], "-days", "2"),
            *("-CA", self.certificate, "-CAkey", self.folder / "ca.key", "-set_serial", "7"),
            *("-extfile", _file(self.folder / f"{name}.ext", extensions)),
        )
        return made


def make_authority(folder: Path, *, key_identifiers: bool = True) -> Authority:
    """An authority that signs itself."""
    folder.mkdir(parents=True, exist_ok=True)
    extensions = _AUTHORITY + _KEY_IDENTIFIERS[key_identifiers]
    text = f"[req]\ndistinguished_name=dn\nx509_extensions=v3\nprompt=no\n[dn]\n[v3]\n{extensions}"
    certificate = folder / "ca.crt"
    config = _file(folder / "ca.cnf", text.replace("[dn]", "[dn]\nCN=an-authority"))
    _openssl(
        *("req", "-x509", "-days", "2", *_new_key(folder / "ca.key")),
        *("-out", certificate, "-config", config),
    )
    return Authority(certificate, folder, key_identifiers)


def lock(key: Path, out: Path) -> None:
    """A copy of a key that opens with a password only."""
    _openssl("pkey", "-in", key, "-out", out, "-aes256", "-passout", "pass:locked")


def _new_key(path: Path) -> tuple[object, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path)


def _file(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _openssl(*arguments: object) -> None:
    program = shutil.which("openssl")
    if program is None:
        missing("openssl is needed, to make certificates")
    subprocess.run([program, *map(str, arguments)], check=True, capture_output=True)
