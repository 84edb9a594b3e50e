// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

namespace latent::read {

/// The program that decodes files in a cage (decision 75), and how long it may take.
struct Reader {
  std::filesystem::path program;
  double most_seconds = 600;  ///< for one answer: a header, or the samples of a picture
};

/// From now on every Photograph of a file is read by `reader`; without one, in this process, which
/// is so until this is called. A program or a library says it once, before its first photograph.
///
/// Threads  any.
void read_with(std::optional<Reader> reader);

/// Who reads now.
[[nodiscard]] std::optional<Reader> current_reader();

/// The reader that is installed with us, or the one that LATENT_READER names; empty where there is
/// none.
[[nodiscard]] std::filesystem::path find_reader();

}  // namespace latent::read
