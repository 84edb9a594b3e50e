// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#ifdef LATENT_CHECK_INVARIANTS
#include <cstdio>
#include <cstdlib>

/// What our own code must keep, in places too hot to be checked in release: nothing that a file can
/// decide. A build for writing code (`dev`, `fuzz`: LATENT_CHECK_INVARIANTS) names the condition
/// and ends the process; release does not look.
#define LATENT_INVARIANT(...)                                                               \
  ((__VA_ARGS__) ? static_cast<void>(0)                                                     \
                 : (static_cast<void>(std::fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, \
                                                   __LINE__, #__VA_ARGS__)),                \
                    std::abort()))
#else
#define LATENT_INVARIANT(...) static_cast<void>(0)
#endif
