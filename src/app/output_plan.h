// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/output_name.h"
#include "base/result.h"

namespace latent::app {

/// Why a source of a run is left out.
struct LeftOut {
  enum class Why : std::uint8_t {
    SameFile,  ///< it is `other`, an earlier source, by another name
    Result,    ///< the task did it before; `words` says who
    ResultOf   ///< it is the result of `other`, which is a source too and is done again
  };
  Why why = Why::Result;
  std::filesystem::path other;
  std::string words;
};

/// How a plan knows results among its sources.
struct KnownResults {
  /// Who did the task to a file before ("Latent 0.1.0"), or nothing. Opens it, so it is asked only
  /// of sources that stand in another's way. Empty: no file is a result.
  std::function<std::optional<std::string>(const std::filesystem::path&)> made_by;
  bool again = false;  ///< results are sources like others, where that can be
  /// Results say nothing of what made them (masks, depth maps): what stands where the result of
  /// another source belongs is taken for that.
  bool by_name = false;
};

/// What the variables of names need beside the sources.
struct NameSources {
  std::string task;
  /// When a photograph was taken, as EXIF writes it. Opens it.
  std::function<std::optional<std::string>(const std::filesystem::path&)> taken;
};

/// The stem of a file's name without the suffix of results, "a" of "a_mask.png" and "a_mask_2.png";
/// the stem as it is where it has none.
[[nodiscard]] std::string stem_without_suffix(const std::filesystem::path& file,
                                              const std::string& suffix);

/// The names of all results of a run, worked out before the first is written: no two sources get
/// one name, and no result takes the place of a source, be it its own or another's.
///
/// Where sources would share a name ("a.jpg" and "a.png", or "c1/a.png" and "c2/a.png" in one
/// output folder), each of them carries what tells it from the others, its ending or its folder:
/// "a_jpg_denoise.tif", "a_c1_denoise.tif". That follows from the list of sources alone, whatever
/// their order and whatever is on the disk, so that a run that is taken up again with
/// IfExists::Skip finds its results.
///
/// Some sources are left out, and count for nobody's name: a file that is in the list already, by
/// whatever name, path or link; and a result that stands where the result of another source
/// belongs, as in a run over all files of a folder that is made again.
///
/// Threads  const functions from any thread. The plan outlives the names that it gave.
class OutputPlan {
 public:
  OutputPlan(const std::vector<std::filesystem::path>& sources, const std::string& suffix,
             const std::string& extension, OutputRule rule, const KnownResults& known = {},
             const NameSources& names = {});

  /// The name that the result of a source has where no other source wants it. Nothing on the disk
  /// is looked at.
  [[nodiscard]] static std::filesystem::path usual_name(const std::filesystem::path& source,
                                                        const std::string& suffix,
                                                        const std::string& extension,
                                                        const OutputRule& rule);

  /// Why that source is left out, if it is.
  [[nodiscard]] const std::optional<LeftOut>& left_out(std::size_t index) const;

  /// output_name() for the source of that index, which is not left out.
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
    bool has_suffix = false;                           ///< its own name ends as results do
    std::optional<std::filesystem::path> shared_with;  ///< a source before it with that name
    std::optional<Error> unnamed;                      ///< why its variables have no value
    std::optional<LeftOut> left_out;
  };
  using Group = std::vector<Entry*>;
  using Places = std::map<std::filesystem::path, Group>;  ///< who wants to write there

  [[nodiscard]] bool is_source(const std::filesystem::path& path) const;
  [[nodiscard]] bool is_taken(const std::filesystem::path& path) const;
  [[nodiscard]] Result<std::filesystem::path> free_name(const std::filesystem::path& wanted) const;
  [[nodiscard]] Status refuse_what_is_not_its_own(const Entry& entry) const;
  [[nodiscard]] Result<OutputRule> rule_for(std::size_t index, const NameSources& names) const;
  void leave_out_same_files();
  void leave_out_results(const KnownResults& known);
  [[nodiscard]] std::optional<LeftOut> judge_result(const Entry& entry, const Places& places,
                                                    const KnownResults& known) const;
  [[nodiscard]] Places places_wanted();
  void tell_apart(const Group& group);
  void find_shared();

  std::string suffix_;
  std::string extension_;
  OutputRule rule_;
  std::vector<Entry> entries_;
  std::set<std::filesystem::path> sources_;  ///< where they are, by name and through links
};

}  // namespace latent::app
