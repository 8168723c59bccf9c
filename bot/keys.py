"""The installation's secret keys: one file, readable by its owner alone."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.errors import BadInput

SIZE = 32  # bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """`data` seals personal data; `earlier` (oldest first) open what they sealed; `checkpoint` signs chains.

    `retired` are the public halves of checkpoint keys of before: they prove what those signed, and sign nothing.
    """

    data: bytes
    checkpoint: bytes
    earlier: tuple[bytes, ...] = ()
    retired: tuple[bytes, ...] = ()

    @property
    def signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.checkpoint)

    @property
    def proving(self) -> tuple[Ed25519PublicKey, ...]:
        """Every key that may have signed a checkpoint, the newest last."""
        before = (Ed25519PublicKey.from_public_bytes(key) for key in self.retired)
        return (*before, self.signing.public_key())


def create(path: Path) -> Keys:
    """Make a new key file; refuses to touch one that exists, since what it sealed would be lost with it."""
    content = {"data": [secrets.token_hex(SIZE)], "checkpoint": secrets.token_hex(SIZE)}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(str(path), "a key file is there already; it is never overwritten") from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
    return load(path)


def rotate_checkpoint(path: Path) -> Keys:
    """Sign with a new key from now on; of the old one only its public half is kept."""
    before = load(path)
    content = json.loads(path.read_text("ascii"))
    retired = [*before.retired, before.signing.public_key().public_bytes_raw()]
    content |= {"checkpoint": secrets.token_hex(SIZE), "retired": [key.hex() for key in retired]}
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    return load(path)


def load(path: Path) -> Keys:
    """Read the key file; BadInput names the file and what is wrong with it."""
    try:
        content = json.loads(path.read_text("ascii"))
        data = [bytes.fromhex(key) for key in content["data"]]
        checkpoint = bytes.fromhex(content["checkpoint"])
        retired = [bytes.fromhex(key) for key in content.get("retired", [])]
    except FileNotFoundError:
        raise BadInput(str(path), "no key file is there; `python -m bot keys create` makes one") from None
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(str(path), f"not a key file ({type(error).__name__})") from None
    if not data or any(len(key) != SIZE for key in [*data, checkpoint, *retired]):
        raise BadInput(str(path), f"every key needs {SIZE} bytes")
    return Keys(data[-1], checkpoint, tuple(data[:-1]), tuple(retired))
