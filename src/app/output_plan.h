// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/output_name.h"
#include "base/result.h"

namespace latent::app {

/// The names of all results of a run, worked out before the first is written: no two sources get
/// one name, and no result takes the place of a source, be it its own or another's.
///
/// Where sources would share a name ("a.jpg" and "a.png", or "c1/a.png" and "c2/a.png" in one
/// output folder), each of them carries what tells it from the others, its ending or its folder:
/// "a_jpg_denoise.tif", "a_c1_denoise.tif". That follows from the list of sources alone, whatever
/// their order and whatever is on the disk, so that a run that is taken up again with
/// IfExists::Skip finds its results. The same picture listed twice keeps one name.
///
/// Threads  const functions from any thread.
class OutputPlan {
 public:
  OutputPlan(const std::vector<std::filesystem::path>& sources, const std::string& suffix,
             const std::string& extension, OutputRule rule);

  /// output_name() for the source of that index.
  ///
  /// Errors   Usage     the result would replace a source, or would have another result's name for
  ///                    all that, or stands there and the rule refuses, or is no file but a
  ///                    folder, device, pipe or socket.
  ///          Io        the folder cannot be made, or no free name is left.
  ///          Internal  there is no such source.
  [[nodiscard]] Result<OutputName> name(std::size_t index) const;

 private:
  struct Entry {
    std::filesystem::path source;
    std::filesystem::path identity;  ///< canonical: the same for every way to write it
    std::filesystem::path wanted;
    std::optional<std::filesystem::path> shared_with;  ///< a source before it with that name
  };
  using Group = std::vector<Entry*>;

  [[nodiscard]] bool is_source(const std::filesystem::path& path) const;
  [[nodiscard]] bool is_taken(const std::filesystem::path& path) const;
  [[nodiscard]] Result<std::filesystem::path> free_name(const std::filesystem::path& wanted) const;
  [[nodiscard]] Status refuse_what_is_not_its_own(const Entry& entry) const;
  void tell_apart(const Group& group);
  void find_shared();

  std::string suffix_;
  std::string extension_;
  OutputRule rule_;
  std::vector<Entry> entries_;
  std::set<std::filesystem::path> sources_;  ///< where they are, by name and through links
};

}  // namespace latent::app
