// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "base/limits.h"
#include "tasks/raw/network.h"
#include "tasks/settings.h"
#include "tasks/task_report.h"

namespace latent::tasks {

/// Changes a raw where it is erased from, on its own samples, and nothing else of it.
///
/// Threads  one call at a time.
class EraseRaw final : public RawNetworks {
 public:
  explicit EraseRaw(const Limits& limits) : limits_(limits) {}

  /// What the next change() does.
  void erase_by(const EraseSettings& settings) { settings_ = settings; }
  /// What the last one found.
  [[nodiscard]] const EraseReport& report() const { return report_; }

  [[nodiscard]] Result<Choice> choose(const read::RawFacts& facts,
                                      const RawDenoiseSettings& settings) override;

  /// Errors   Unsupported  the developed picture has another size than the raw, so that a mask says
  ///                       nothing of its sites; those of hole_mask_of() and fill_holes().
  [[nodiscard]] Status change(const read::Photograph& photograph, RawPicture& picture,
                              const RunControl& control) override;
  [[nodiscard]] bool changes() const override { return true; }

 private:
  Limits limits_;
  EraseSettings settings_;
  EraseReport report_;
};

}  // namespace latent::tasks
