# SPDX-License-Identifier: GPL-3.0-or-later
"""Opens DNGs in the raw developers of others and compares what they make of them."""
