// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latent/engine.h"
#include "latent/export.h"
#include "latent/result.h"
#include "latent/tasks.h"

LATENT_NAMESPACE_BEGIN

/// All that is asked for at once: one task with its settings, over some photographs. The very thing
/// that the command line makes of its options and that `latent run` reads (docs/job.md); the same
/// job gives the same bytes from all of them. A value: cheap to copy, never changed.
///
/// Threads  any.
class LATENT_API Job {
 public:
  using Sources = std::vector<std::filesystem::path>;

  /// A job of a request. No file is opened.
  ///
  /// Errors   Usage  no sources, several for one output file, or a value out of its range.
  static Outcome<Job> make(const RawDenoise& task, Sources sources, const Output& output = {},
                           const Engine& engine = {});
  static Outcome<Job> make(const Denoise& task, Sources sources, const Output& output = {},
                           const Engine& engine = {});
  static Outcome<Job> make(const Upscale& task, Sources sources, const Output& output = {},
                           const Engine& engine = {});
  static Outcome<Job> make(const Erase& task, Sources sources, const Output& output = {},
                           const Engine& engine = {});
  static Outcome<Job> make(const Depth& task, Sources sources, const Output& output = {},
                           const Engine& engine = {});

  /// Reads a job as JSON. Relative paths in it are taken from `folder`; empty: the current one.
  ///
  /// Errors   Usage        the text is no job; the sentence names the place ("settings.strength").
  ///          TooLarge     more than 16 MiB or 100,000 sources.
  ///          Unsupported  a job of another version.
  static Outcome<Job> from_json(std::string_view text, const std::filesystem::path& folder = {});

  /// The job as JSON, every setting in it and every path absolute: it means the same wherever it is
  /// saved.
  [[nodiscard]] std::string to_json() const;

  [[nodiscard]] std::string task() const;  ///< "rawdenoise", "mask", ...
  [[nodiscard]] const Sources& sources() const;

 private:
  friend struct JobAccess;
  struct Inside;
  explicit Job(std::shared_ptr<const Inside> inside) : inside_(std::move(inside)) {}
  std::shared_ptr<const Inside> inside_;
};

/// What became of one photograph.
struct FileResult {
  enum class State : std::uint8_t { Done, Skipped, Failed };

  std::filesystem::path source;
  State state = State::Failed;
  std::filesystem::path output;  ///< the file that was written; of pixels in memory empty
  Failure failure;               ///< where it failed
  std::string reason;            ///< where it was skipped: one sentence
  int width = 0;                 ///< of the result
  int height = 0;
  bool network_ran = false;  ///< not at strength 0; what follows means something
  std::string engine;        ///< "openvino"
  std::string device;        ///< "cpu"
  std::string precision;     ///< "f32"
  std::string model;         ///< id
  std::string model_version;
  double seconds = 0;
  std::vector<std::string> notices;  ///< sentences that the user should read
  std::string facts = "{}";          ///< what this task tells besides, as JSON: noise, sensor, ...
};

/// What became of a job.
struct JobResult {
  std::size_t done = 0;
  std::size_t skipped = 0;
  std::size_t failed = 0;
  bool cancelled = false;         ///< by a stop; what was done before stays
  std::vector<FileResult> files;  ///< in the order of the sources, as far as it came
};

/// Where a job stands.
struct Progress {
  std::filesystem::path source;
  std::size_t index = 0;               ///< of the source
  std::size_t count = 0;               ///< of sources
  double fraction = 0;                 ///< of this source, 0 to 1, never falling
  const FileResult* result = nullptr;  ///< given once, when this source is through
};

/// Called from threads of the library, one call at a time; it must return soon and not throw. Empty:
/// no reports.
using ProgressFunction = std::function<void(const Progress&)>;

LATENT_NAMESPACE_END
