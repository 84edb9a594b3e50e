# SPDX-License-Identifier: GPL-3.0-or-later
"""The slow, plain judge of the C++ program, and the maker of its test files."""
