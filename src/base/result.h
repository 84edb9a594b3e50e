// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace latent {

/// Named for what the reader of the message can do, not for where it arose.
enum class ErrorCode : std::uint8_t {
  Cancelled,
  Usage,
  NotFound,
  Unsupported,
  Corrupt,
  TooLarge,
  ModelMismatch,
  Device,
  Io,
  Internal
};

/// The code as one lower-case word, as it stands in JSON output ("not_found").
[[nodiscard]] const char* error_code_name(ErrorCode code);

struct Error {
  ErrorCode code{};
  std::string sentence;  ///< What is wrong with which input, and which setting helps.
  const char* file{};    ///< Where it was raised, for the log; never shown to the user.
  int line{};
  /// The file that the sentence is about and names; empty while it names none, and then whoever
  /// knows the file puts its name before the sentence.
  std::filesystem::path subject{};
};

template <class T>
using Result = tl::expected<T, Error>;  // becomes std::expected with C++23

using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string sentence,
                                                const char* file = __builtin_FILE(),
                                                int line = __builtin_LINE()) {
  return tl::make_unexpected(Error{code, std::move(sentence), file, line, {}});
}

/// An error whose sentence names `subject` itself.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::filesystem::path subject,
                                                std::string sentence,
                                                const char* file = __builtin_FILE(),
                                                int line = __builtin_LINE()) {
  return tl::make_unexpected(Error{code, std::move(sentence), file, line, std::move(subject)});
}

/// Ends the process in a debug build; does nothing in release. The way in which LATENT_ENSURE
/// makes our own mistakes loud to us and survivable to the photographer.
void abort_in_debug(const char* condition, const char* file, int line);

#define LATENT_JOIN_IMPL(a, b) a##b
#define LATENT_JOIN(a, b) LATENT_JOIN_IMPL(a, b)

/// LATENT_TRY(auto raw, open(path)); -- the value, or an early return of the error.
#define LATENT_TRY(decl, expr) LATENT_TRY_IMPL(LATENT_JOIN(try_, __LINE__), decl, expr)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot stand in parentheses
#define LATENT_TRY_IMPL(tmp, decl, expr)                        \
  auto tmp = (expr);                                            \
  if (!tmp) return tl::make_unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
// NOLINTEND(bugprone-macro-parentheses)

/// LATENT_CHECK(write(row)); -- an early return of the error of a Status.
#define LATENT_CHECK(expr)                                     \
  do {                                                         \
    if (auto checked_ = (expr); !checked_) {                   \
      return tl::make_unexpected(std::move(checked_).error()); \
    }                                                          \
  } while (false)

/// For our own mistakes only, never for what a file can reach: aborts in debug, an Internal error
/// in release.
#define LATENT_ENSURE(condition)                                                               \
  do {                                                                                         \
    if (!(condition)) {                                                                        \
      ::latent::abort_in_debug(#condition, __FILE__, __LINE__);                                \
      return ::latent::fail(::latent::ErrorCode::Internal,                                     \
                            "internal fault: " #condition " does not hold; please report it"); \
    }                                                                                          \
  } while (false)

}  // namespace latent
