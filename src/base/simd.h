// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// Before a function whose loops the compiler turns into vector code: it is compiled once for each
/// of these processors and the right one is chosen when the program starts. All versions give the
/// same numbers (-ffp-contract=off).
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && \
    !defined(__SANITIZE_ADDRESS__)
#define LATENT_VECTORISED \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LATENT_VECTORISED
#endif
