// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "latent/export.h"

LATENT_NAMESPACE_BEGIN

/// Why something was not done.
struct Failure {
  /// By what the caller can do about it.
  enum class Code : std::uint8_t {
    Cancelled,      ///< a stop was requested
    Usage,          ///< the request contradicts itself, or a name is taken
    NotFound,       ///< a file, model or device is not there
    Unsupported,    ///< the file is intact, but of a kind that is not taken; or a policy refuses
    Corrupt,        ///< the file is damaged
    TooLarge,       ///< a limit was passed, or memory ran out
    ModelMismatch,  ///< the model is not made for this
    Device,         ///< the device or its engine failed
    Io,             ///< the file system failed
    Internal        ///< a fault of ours; please report it
  };

  Code code = Code::Internal;
  std::string sentence;           ///< one English sentence for the user: what is wrong, what helps
  std::filesystem::path subject;  ///< the file that the sentence is about; may be empty
};

/// "not_found": the code as `latent --json` writes it.
[[nodiscard]] LATENT_API const char* name(Failure::Code code);

/// A value, or why there is none. Nothing in this library throws.
///
///     auto library = latent::Library::open();
///     if (!library) return complain(library.failure().sentence);
///     library->run(job);
template <class T>
class [[nodiscard]] Outcome {
 public:
  Outcome(T value) : value_(std::move(value)) {}              // NOLINT(google-explicit-constructor)
  Outcome(Failure failure) : failure_(std::move(failure)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] explicit operator bool() const { return value_.has_value(); }
  [[nodiscard]] bool has_value() const { return value_.has_value(); }

  /// Only where there is a value.
  [[nodiscard]] T& operator*() & { return *value_; }
  [[nodiscard]] const T& operator*() const& { return *value_; }
  [[nodiscard]] T&& operator*() && { return *std::move(value_); }
  [[nodiscard]] T* operator->() { return &*value_; }
  [[nodiscard]] const T* operator->() const { return &*value_; }

  /// Only where there is no value.
  [[nodiscard]] const Failure& failure() const { return failure_; }

 private:
  std::optional<T> value_;
  Failure failure_;
};

/// The outcome of what gives nothing but its success.
struct Done {};

LATENT_NAMESPACE_END
