"""Keyed hashes for addresses, and words sealed under a person's own key: destroying the key erases the words."""

import secrets
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


def new_key() -> bytes:
    """Return a fresh random key."""
    return secrets.token_bytes(KEY_BYTES)


def address_hash(key: bytes, channel: str, value: str) -> bytes:
    """Return the keyed hash by which an address is found: 16 bytes of BLAKE2b (RFC 7693)."""
    return blake2b(f"{channel}\x00{value}".encode(), key=key, digest_size=16).digest()


def sealed(key: bytes | None, words: str) -> bytes | None:
    """Return `words` as AES-256-GCM ciphertext behind its nonce; None without a key."""
    if key is None:
        return None
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, words.encode(), None)


def opened(key: bytes | None, ciphertext: bytes | None) -> str | None:
    """Return the sealed words, or None where they were erased."""
    if key is None or ciphertext is None:
        return None
    try:
        return AESGCM(key).decrypt(ciphertext[:_NONCE_BYTES], ciphertext[_NONCE_BYTES:], None).decode()
    except InvalidTag:
        return None
