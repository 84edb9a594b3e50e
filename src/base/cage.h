// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>

namespace latent {

/// What a process that reads untrusted files gives up, for as long as it lives.
struct CageRequest {
  std::size_t most_memory_bytes = 0;  ///< of writable memory; 0: no limit of its own
  unsigned most_cpu_seconds = 0;      ///< of all its threads together; 0: none
};

/// What came of it.
struct Cage {
  int landlock = 0;           ///< version of the kernel's interface; 0: this kernel has none
  bool system_calls = false;  ///< only those of a short list are answered (seccomp)
  bool limits = false;        ///< of memory and processor time

  /// Whether nothing outside can be opened, by one way or the other.
  [[nodiscard]] bool closed() const { return landlock > 0 || system_calls; }
  /// "landlock 7, seccomp, limits of memory and time"; "none".
  [[nodiscard]] std::string words() const;
};

/// Shuts this process in: it keeps what it has open and can open nothing more, neither files nor
/// connections; it can start threads, but no programs; it has limits of memory and time. What the
/// kernel does not have is left out and said so; there is no way back.
///
/// Threads  before any other thread is started.
[[nodiscard]] Cage enter_cage(const CageRequest& request);

/// What this kernel offers for it, without entering.
[[nodiscard]] Cage cage_of_this_kernel();

}  // namespace latent
