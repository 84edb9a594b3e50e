// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/store/offers.h"

namespace latent::models {

/// releases-index.json of a darktable repository: the release for each version of the application.
///
/// Source   compatibility notes, index files of darktable 5.6 and of additional repositories.
[[nodiscard]] std::string dump_releases_index(const std::map<std::string, std::string>& releases);

/// versions.json of a release, with the fields that darktable shows of a model that it does not
/// know: name, description, task, license.
[[nodiscard]] std::string dump_versions(const std::vector<Offer>& offers);

/// Whether that is a version of darktable as its index has it: "5.8.0", three numbers.
[[nodiscard]] bool is_darktable_version(std::string_view version);

}  // namespace latent::models
