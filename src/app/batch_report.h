// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "app/batch_journal.h"
#include "app/manifest.h"
#include "base/result.h"

namespace latent::app {

/// How all of a batch stands, by its journals, whatever machines did it.
struct BatchReport {
  std::size_t items = 0;
  std::size_t done = 0;
  std::size_t skipped = 0;
  std::size_t failed = 0;
  std::size_t open = 0;     ///< not begun, or broken off
  std::size_t doubled = 0;  ///< done more than once: never, unless two state folders were used
  std::uint64_t bytes = 0;  ///< of the results
  double seconds = 0;       ///< of all items together
  std::vector<ItemRecord> records;  ///< the last word on each item, in the order of the manifest
};

/// Errors   those of Manifest::job() and read_journal().
[[nodiscard]] Result<BatchReport> report_on(const Manifest& manifest,
                                            const std::filesystem::path& state);

struct ReportFiles {
  std::filesystem::path folder;  ///< report.json, report.html and pictures/ are written there
  std::size_t pictures = 60;     ///< pairs of small pictures, before and after
  Limits limits;
};

/// Writes a report: as JSON for programs and as HTML for people, failures first. A picture that
/// cannot be made is left out.
///
/// Errors   as SafeFile.
[[nodiscard]] Status write_report(const BatchReport& report, const ReportFiles& files,
                                  const std::stop_token& stop);

}  // namespace latent::app
