// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace latent::app {

/// How files of unknown origin are decoded.
struct ReaderChoice {
  bool sandbox = true;                 ///< in a process that can reach nothing else (decision 75)
  std::optional<double> most_seconds;  ///< for a header or for the samples of one file
};

/// From now on every photograph is read in this way. What comes back is a sentence that says what is
/// lost where there is no sandbox, or empty.
[[nodiscard]] std::string read_files_by(const ReaderChoice& choice);

/// How files are read now, and what the kernel does for it: "in a process of its own (landlock 7,
/// seccomp, limits of memory and time)".
[[nodiscard]] std::string reading_words();

}  // namespace latent::app
