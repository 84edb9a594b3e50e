// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/descriptor.h"
#include "base/result.h"

namespace latent::app {

/// Who has a part of a batch that another process wants.
struct LeaseHolder {
  std::string host;
  std::string since;
};

/// The right to work on one part of a batch, as a file in a folder that all machines share.
///
/// The file is made by SafeFile, so that of two processes one gets it, also over NFS. While the
/// lease lives, a thread touches the file; a lease that was not touched for `timeout`, by the clock
/// of the file server, is dead, and the next process that asks takes it over. On one machine the
/// death of a process is known at once, by its lock on the file.
///
/// No lock can stop a process that sleeps and wakes up later: it must ask is_held() before each
/// item. What it does between is harmless, because results appear whole and are named once.
///
/// Threads  one.
class Lease {
 public:
  /// The lease `name` in `folder`; nothing where somebody has it, who is told in `holder`.
  ///
  /// Errors   Io  the folder cannot be used.
  [[nodiscard]] static Result<std::optional<Lease>> take(const std::filesystem::path& folder,
                                                         const std::string& name,
                                                         std::chrono::seconds timeout,
                                                         LeaseHolder* holder = nullptr);
  /// Gives it back.
  ~Lease();
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Whether it is still ours: nobody took it over.
  [[nodiscard]] bool is_held() const;
  /// A word that no other lease has.
  [[nodiscard]] const std::string& token() const;

 private:
  struct Kept;
  explicit Lease(std::unique_ptr<Kept> kept);
  std::unique_ptr<Kept> kept_;
};

}  // namespace latent::app
