// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/registry.h"

#include <map>
#include <system_error>

#include "base/path.h"

namespace latent::models {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSuffix = ".dtmodel";

bool looks_like_a_path(const std::string& text) {
  return text.find('/') != std::string::npos || text.ends_with(kSuffix);
}

/// The id that a file or folder of a models folder stands for; empty for what is no package.
std::string id_of(const fs::directory_entry& entry) {
  std::error_code code;
  if (entry.is_regular_file(code) && entry.path().extension() == kSuffix) {
    return entry.path().stem().string();
  }
  if (entry.is_directory(code) && fs::exists(entry.path() / "config.json", code)) {
    return entry.path().filename().string();
  }
  return {};
}

void collect(const fs::path& folder, std::map<std::string, fs::path>& found) {
  std::error_code code;
  std::map<std::string, fs::path> here;
  fs::directory_iterator entries(folder, code);
  for (; !code && entries != fs::directory_iterator(); entries.increment(code)) {
    const std::string id = id_of(*entries);
    if (!is_safe_id(id)) continue;
    // An archive and its unpacked folder side by side: the archive, which has a hash of its own.
    if (!here.contains(id) || entries->path().extension() == kSuffix) here[id] = entries->path();
  }
  found.merge(here);
}

std::string list_of(const std::vector<PackagePlace>& places) {
  if (places.empty()) return "no package is installed";
  std::string text = "there are";
  const char* separator = " ";
  for (const PackagePlace& place : places) {
    text += separator + place.id;
    separator = ", ";
  }
  return text;
}

}  // namespace

std::vector<PackagePlace> Registry::list() const {
  std::map<std::string, fs::path> found;
  for (const fs::path& folder : folders_) collect(folder, found);
  std::vector<PackagePlace> places;
  places.reserve(found.size());
  for (auto& [id, path] : found) places.push_back({id, path});
  return places;
}

Result<Package> Registry::open(const std::string& id_or_path) const {
  std::error_code code;
  if (looks_like_a_path(id_or_path)) return Package::open(id_or_path, limits_);
  const auto places = list();
  for (const PackagePlace& place : places) {
    if (place.id != id_or_path) continue;
    LATENT_TRY(auto package, Package::open(place.path, limits_));
    if (package.manifest().id == id_or_path) return package;
    return fail(
        ErrorCode::Corrupt, place.path,
        quoted(place.path) + " is the package '" + package.manifest().id + "' under another name");
  }
  if (fs::exists(id_or_path, code)) return Package::open(id_or_path, limits_);
  return fail(ErrorCode::NotFound,
              "there is no model '" + printable(id_or_path) + "'; " + list_of(places));
}

}  // namespace latent::models
