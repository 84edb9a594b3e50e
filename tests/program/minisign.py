# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs as minisign does, with libsodium, so that the tests need no program for it."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hashlib
from dataclasses import dataclass


def sodium() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
    library.sodium_init()
    return library


@dataclass(frozen=True)
class MinisignPair:
    number: bytes
    public: bytes
    secret: bytes

    @property
    def public_line(self) -> str:
        return base64.b64encode(b"Ed" + self.number + self.public).decode()

    def secret_file(self) -> bytes:
        """The file of the secret key, without a password."""
        check = hashlib.blake2b(b"Ed" + self.number + self.secret, digest_size=32).digest()
        key = b"Ed" + bytes(2) + b"B2" + bytes(48) + self.number + self.secret + check
        return b"untrusted comment: secret key of the tests\n" + base64.b64encode(key) + b"\n"

    def detached(self, message: bytes) -> bytes:
        signature = ctypes.create_string_buffer(64)
        sodium().crypto_sign_detached(
            signature, None, message, ctypes.c_ulonglong(len(message)), self.secret
        )
        return signature.raw

    def sign(self, content: bytes, comment: str = "of the tests", prehashed: bool = True) -> bytes:
        message = hashlib.blake2b(content).digest() if prehashed else content
        signature = self.detached(message)
        line = base64.b64encode((b"ED" if prehashed else b"Ed") + self.number + signature)
        covers = self.detached(signature + comment.encode())
        return (
            b"untrusted comment: signature of the tests\n" + line + b"\n"
            b"trusted comment: " + comment.encode() + b"\n" + base64.b64encode(covers) + b"\n"
        )


def make_pair(seed: int) -> MinisignPair:
    public, secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
    sodium().crypto_sign_seed_keypair(public, secret, bytes([seed]) * 32)
    return MinisignPair(bytes([seed]) * 8, public.raw, secret.raw)
