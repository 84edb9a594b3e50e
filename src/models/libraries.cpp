// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/libraries.h"

#include <archive.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <sodium.h>

#include <nlohmann/json.hpp>

namespace latent::models {

std::vector<LibraryFact> libraries() {
  const auto version = static_cast<unsigned>(::archive_version_number());
  return {{"libarchive",
           fmt::format("{}.{}.{}", version / 1000000, version / 1000 % 1000, version % 1000),
           "BSD-2-Clause"},
          {"libcurl", ::curl_version_info(CURLVERSION_NOW)->version, "curl"},
          {"libsodium", ::sodium_version_string(), "ISC"},
          {"JSON for Modern C++",
           fmt::format("{}.{}.{}", NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
                       NLOHMANN_JSON_VERSION_PATCH),
           "MIT"},
          {"fmt",
           fmt::format("{}.{}.{}", FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100),
           "MIT"}};
}

}  // namespace latent::models
