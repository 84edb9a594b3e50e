// SPDX-License-Identifier: GPL-3.0-or-later
// How the symbols of liblatent are seen from outside, and the namespace that they are in.
#pragma once

#if defined(__GNUC__)
#define LATENT_API __attribute__((visibility("default")))
#else
#define LATENT_API
#endif

// The library needs C++20. Until version 1.0 any release may change anything here; the inline
// namespace makes a program that was built against another version fail at its start, not in the
// middle of its work.
#ifdef LATENT_BUILDS_LIBRARY
#define LATENT_NAMESPACE_BEGIN namespace latent::v0 {
#else
#define LATENT_NAMESPACE_BEGIN namespace latent::inline v0 {
#endif
#define LATENT_NAMESPACE_END }
