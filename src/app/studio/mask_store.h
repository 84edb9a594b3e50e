// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "app/job.h"
#include "app/studio/mask_edit.h"
#include "base/result.h"

namespace latent::app {

/// The mask of a photograph that was kept, and what it is for.
struct KeptMask {
  MaskState state;
  /// A picture of it; tasks work by it where it is in use.
  std::filesystem::path picture;
  bool in_use = false;  ///< for local strength
  bool invert = false;
};

/// Masks that a person made, one for each photograph, in a folder of the user's own: they are work,
/// and no cache, so only the user removes anything here.
///
/// Threads  one at a time.
class MaskStore {
 public:
  /// An empty folder keeps nothing.
  explicit MaskStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  [[nodiscard]] bool keeps_nothing() const { return folder_.empty(); }
  /// Where the picture of a mask in this state goes: another state, another name, so that a job
  /// that waits keeps the mask it was given. `purpose` ("strength", "erase") stands in the name.
  ///
  /// Errors   Io  the folder cannot be made; Unsupported  there is none.
  [[nodiscard]] Result<std::filesystem::path> picture_of(const std::filesystem::path& photograph,
                                                         const MaskState& state,
                                                         std::string_view purpose) const;

  /// Writes the spots that are to be erased, and says where: other spots, another name.
  ///
  /// Errors   as picture_of().
  [[nodiscard]] Result<std::filesystem::path> keep_dust(const std::filesystem::path& photograph,
                                                        const fill::SpotList& list) const;

  /// Nothing where none is kept. Errors   as kept_mask_of_text(), read_small_file().
  [[nodiscard]] Result<std::optional<KeptMask>> load(const std::filesystem::path& photograph) const;
  [[nodiscard]] Status store(const std::filesystem::path& photograph, const KeptMask& mask) const;

 private:
  [[nodiscard]] Status make_folder() const;
  [[nodiscard]] std::filesystem::path file_of(const std::filesystem::path& photograph) const;

  std::filesystem::path folder_;
};

/// A kept mask as text, and back; `photograph` is said in it for who looks into the folder.
///
/// Errors   Corrupt      no such text; the sentence says what is wrong with it.
///          Unsupported  of a later version.
[[nodiscard]] std::string kept_mask_text(const KeptMask& mask,
                                         const std::filesystem::path& photograph);
[[nodiscard]] Result<KeptMask> kept_mask_of_text(std::string_view text, const std::string& what);

/// Has a job work by a mask; a job without local strength stays as it is.
void put_mask(Job& job, const std::filesystem::path& picture, bool invert);
/// The mask of a job; empty: none.
[[nodiscard]] std::filesystem::path mask_in(const Job& job);

}  // namespace latent::app
