// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/job.h"
#include "base/result.h"

namespace latent::app {

/// What a batch is made of: manifests and jobs, or folders with a job for a template.
struct ManifestRequest {
  /// Manifests (.jsonl: one job a line), jobs (.json), or with `pattern_job` folders and files.
  std::vector<std::filesystem::path> inputs;
  std::optional<Job> pattern_job;  ///< its sources are replaced by what is found
  std::vector<std::string> match;  ///< patterns of names ("*.NEF"); one is enough; none: all
  Limits limits;
};

/// One job of a manifest. Its items, one a source, count on from `first` over all jobs.
struct ManifestJob {
  Job job;
  /// The same with paths as they are written, which are the same wherever a shared folder is
  /// mounted: what items are known by.
  Job written;
  std::size_t first = 0;
  std::string place;  ///< "'work.jsonl', line 7", to begin a sentence with
};

/// The work of a batch as a numbered list of items, which is the same on every machine that reads
/// the same text: the base of sharding.
///
/// Of a manifest only the place of each line is kept in memory, not the jobs.
///
/// Threads  const functions from one thread at a time.
class Manifest {
 public:
  /// Reads all of it once, so that a mistake in the last line is found before the first job runs.
  ///
  /// Errors   Usage  a line that is no job, no input, a folder without a photograph; two jobs whose
  ///                 results would have one name, which are named.
  ///          others as from_json() and check_job(), beginning with file and line.
  [[nodiscard]] static Result<Manifest> open(const ManifestRequest& request);

  [[nodiscard]] std::size_t jobs() const { return entries_.size(); }
  [[nodiscard]] std::size_t items() const { return items_; }
  /// Index of the job that the item belongs to.
  [[nodiscard]] std::size_t job_of(std::size_t item) const;
  [[nodiscard]] std::size_t first_item(std::size_t job) const { return entries_[job].first; }

  /// Errors   as open(), where the file has changed since.
  [[nodiscard]] Result<ManifestJob> job(std::size_t index) const;

  /// Where the state of this batch is kept if nobody says otherwise: beside the manifest, or in the
  /// output folder.
  [[nodiscard]] std::filesystem::path usual_state_folder() const;

 private:
  struct Entry {
    std::uint32_t input = 0;   ///< in inputs_; of jobs in memory: none
    std::uint32_t line = 0;    ///< from 1; 0 for a file that is one job, or a job in memory
    std::uint64_t offset = 0;  ///< of the line, or index in made_
    std::size_t first = 0;
  };
  class Names;

  [[nodiscard]] Status add_lines(const std::filesystem::path& path, Names& names);
  [[nodiscard]] Status add_file(const std::filesystem::path& path, Names& names);
  [[nodiscard]] Status add_found(const ManifestRequest& request, Names& names);
  [[nodiscard]] Status add(Entry entry, const ManifestJob& job, Names& names);

  std::vector<std::filesystem::path> inputs_;
  std::vector<Job> made_;
  std::filesystem::path top_;  ///< of folders: where their results go, or the first of them
  std::vector<Entry> entries_;
  std::size_t items_ = 0;
  Limits limits_;
};

/// What tells an item from all others, whatever line it is on: task, settings, output and source.
/// The first 64 bits of a SHA-256.
///
/// `settings` is settings_text() of its job.
[[nodiscard]] std::uint64_t item_key(const std::string& settings,
                                     const std::filesystem::path& source);

/// A job as a batch does it. One that would number its results leaves them instead (Skip): a batch
/// that is taken up again would else make a second result of each.
[[nodiscard]] Job for_batch(Job job);

}  // namespace latent::app
