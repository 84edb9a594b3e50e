// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "app/setting_rows.h"

// Rows of the table of words that several tasks share.
namespace latent::app::rows {

using Table = std::vector<Setting>;

void append(Table& table, const Table& more);

/// A model, by id or path.
[[nodiscard]] Setting model(Row row, std::string Job::*field);

/// That of the task itself.
[[nodiscard]] Setting task_model();

/// Where results go, whatever they are.
[[nodiscard]] Table places();

template <class Settings>
Setting compat() {
  return word<models::Compat>(
      {.key = "compat",
       .help = "how to run packages made for darktable: none (Latent's own arithmetic), or "
               "darktable-5.6 "
               "(the same pixels as darktable 5.6, with its known faults); darktable-5.8 is the "
               "same for these tasks"},
      // 5.8 mended what these tasks never did here (writing beyond the picture), and masks.
      {{"none", models::Compat::None},
       {"darktable-5.6", models::Compat::Darktable56},
       {"darktable-5.8", models::Compat::Darktable56}},
      in<Settings>(&Settings::compat));
}

}  // namespace latent::app::rows
