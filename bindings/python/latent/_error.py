# SPDX-License-Identifier: GPL-3.0-or-later
"""What Latent raises and warns of."""

from __future__ import annotations

from pathlib import Path


class Error(Exception):
    """Something was not done, and no file was left.

    ``str(error)`` is one sentence for the user: what is wrong with which input, and what helps.
    ``code`` says what can be done about it: usage, not_found, unsupported, corrupt, too_large,
    model_mismatch, device, io, cancelled or internal. ``subject`` is the file it is about, if any.
    """

    def __init__(self, sentence: str, code: str = "internal", subject: Path | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.subject = subject


class Notice(UserWarning):
    """The result is there, and there is something that the user should know of it."""
