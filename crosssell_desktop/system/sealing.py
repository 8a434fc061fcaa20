"""Seals a secret for one computer, so that what carries it cannot read it: HPKE of RFC 9180, X25519 and ChaCha20.

The library is loaded by the first call only: a start pays nothing for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import Suite


def public_key(seed: bytes) -> str:
    """Return the public key, as hex, whose private key is these 32 secret bytes."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: PLC0415

    return X25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def seal(secret: bytes, for_public_key: str, about: bytes) -> str:
    """Return the secret, as hex, for whoever holds the private key; it opens with the same ``about`` only.

    Raises:
        ValueError: this is no public key.
    """
    return seal_bytes(secret, for_public_key, about).hex()


def seal_bytes(secret: bytes, for_public_key: str, about: bytes) -> bytes:
    """Return what :func:`seal` returns, as bytes.

    Raises:
        ValueError: this is no public key.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey  # noqa: PLC0415

    key = X25519PublicKey.from_public_bytes(bytes.fromhex(for_public_key))
    return _suite().encrypt(secret, key, info=about)


def unseal(sealed: str, seed: bytes, about: bytes) -> bytes | None:
    """Return the secret; None when it was sealed for another, about something else, or was changed on the way."""
    try:
        return unseal_bytes(bytes.fromhex(sealed), seed, about)
    except ValueError:
        return None


def unseal_bytes(sealed: bytes, seed: bytes, about: bytes) -> bytes | None:
    """Return what :func:`unseal` returns, from bytes."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: PLC0415

    try:
        return _suite().decrypt(sealed, X25519PrivateKey.from_private_bytes(seed), info=about)
    except (InvalidTag, ValueError):
        return None


def _suite() -> Suite:
    from cryptography.hazmat.primitives import hpke  # noqa: PLC0415

    return hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
