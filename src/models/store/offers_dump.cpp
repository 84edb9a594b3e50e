// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/offers_dump.h"

#include <algorithm>

#include "models/manifest/json.h"

namespace latent::models {

std::string dump_releases_index(const std::map<std::string, std::string>& releases) {
  Json::Object entries;
  for (const auto& [version, tag] : releases) entries[version] = tag;
  return dump_json(
      Json::Object{{"schema", std::int64_t{1}}, {"compatible_releases", std::move(entries)}});
}

std::string dump_versions(const std::vector<Offer>& offers) {
  Json::Object models;
  for (const Offer& offer : offers) {
    models[offer.id] = Json::Object{{"version", offer.version},
                                    {"sha256", "sha256:" + offer.sha256},
                                    {"size", static_cast<std::int64_t>(offer.size)},
                                    {"name", offer.name},
                                    {"description", offer.description},
                                    {"task", offer.task},
                                    {"license", offer.trust.weights_licence}};
  }
  return dump_json(Json::Object{{"schema", std::int64_t{1}}, {"models", std::move(models)}});
}

bool is_darktable_version(std::string_view version) {
  int parts = 1;
  std::size_t digits = 0;
  for (const char letter : version) {
    if (letter == '.') {
      if (digits == 0) return false;
      ++parts;
      digits = 0;
    } else if (letter < '0' || letter > '9' || ++digits > 4) {
      return false;
    }
  }
  return parts == 3 && digits > 0;
}

}  // namespace latent::models
