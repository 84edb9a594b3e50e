// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/output_name.h"
#include "app/print_size.h"
#include "base/limits.h"
#include "base/result.h"
#include "infer/engine.h"
#include "tasks/settings.h"

namespace latent::app {

/// What a user may set of an enlargement; the factor belongs to it, though a network is opened for
/// it.
struct UpscaleChoice : tasks::UpscaleSettings {
  /// 2 or 4; 0: as each picture needs it for `print`.
  int scale = 0;
  std::optional<PrintSize> print;  ///< what the result is for: its resolution is stated so
};

/// What becomes of darktable's edit where a path is to be written over it.
enum class EditRule : std::uint8_t {
  Keep,    ///< it stays, and the mask is added to it
  Replace  ///< a new edit with the mask alone
};

/// What a user may set of a mask; the edit belongs to the file that is written.
struct MaskChoice : tasks::ObjectMaskSettings {
  EditRule edits = EditRule::Keep;
};

using TaskSettings = std::variant<tasks::RawDenoiseSettings, tasks::DenoiseSettings, UpscaleChoice,
                                  tasks::EraseSettings, tasks::DepthSettings, MaskChoice>;

/// All that is asked for at once: one task, with one choice of settings, over some sources. Plain
/// data: every verb, `latent run`, the facade and whoever calls us from outside hand in one of
/// these, and nothing that shapes a result stands elsewhere.
///
/// Some fields are filled in when it runs, and are no part of what a job says: `threads` of the
/// settings (from `engine`), `limits`, and of the engine `cache_dir`, `anew` and `stop`.
struct Job {
  std::string task;  ///< id of its row in the task table: "denoise"
  std::vector<std::filesystem::path> sources;
  TaskSettings settings;
  OutputRule output;
  std::string format;         ///< ending of results whose name is not given: "tif"
  std::string model;          ///< an id, or a path of a package; empty: the one that is enabled
  std::string denoise_model;  ///< likewise, of the denoise before an enlargement
  bool again = false;         ///< results of the task are sources like any other
  infer::EngineRequest engine;
  Limits limits;  ///< the machine's, no part of what is asked for
};

/// The version of the JSON that is written, and the only one that is read.
inline constexpr int kJobVersion = 1;

/// Bounds of a job as text.
inline constexpr std::size_t kMaxJobBytes = 16U << 20U;
inline constexpr std::size_t kMaxSources = 100'000;

/// A job of that task with every setting at its default, and no source.
///
/// Errors   Usage  there is no such task; the sentence lists those there are.
[[nodiscard]] Result<Job> new_job(std::string_view task);

/// The job as JSON text (docs/job.md), two spaces a level. Every setting stands in it, also those
/// at their defaults: what a saved job does follows from the text, and not from the defaults of the
/// version that reads it.
[[nodiscard]] std::string to_json(const Job& job);

/// What a job does, whatever its sources, as text for keys of journals: to_json() without sources,
/// and without settings that came later (Setting::later) where they are at their defaults.
[[nodiscard]] std::string settings_text(const Job& job);

/// Reads what to_json() writes, or less: what is not said has its default. Strict: a key that is
/// none of the task's, a key that stands twice, a value of another kind or out of range is refused
/// with its place in the text ("settings.strength"). Relative paths are taken from `folder`.
///
/// `what` is what the sentence of an error begins with: the quoted name of the file.
///
/// Errors   Usage        the text is no job; TooLarge  it has more bytes or sources than a job may.
///          Unsupported  a job of another version.
/// Threads  any. No file is opened.
[[nodiscard]] Result<Job> from_json(std::string_view text, const std::string& what,
                                    const std::filesystem::path& folder);

/// What is to be found out before any source is opened: that there are sources, that one output is
/// not named for many, that it is a file with an ending that the task writes (no standard output,
/// device or folder), that profile, format and bit depth agree.
///
/// Errors   Usage, and for the profile those of colour::Profile::parse().
[[nodiscard]] Status check_job(const Job& job);

/// The same job with every path made absolute from the current folder, so that its text means the
/// same wherever it is saved.
[[nodiscard]] Job with_absolute_paths(Job job);

}  // namespace latent::app
