// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/darktable_keys.h"

namespace latent::models {
namespace {

constexpr std::size_t kMostProviders = 64;

bool providers_of(const Json& value, std::vector<std::string>& providers) {
  const auto* entries = value.as_array();
  if (entries == nullptr || entries->size() > kMostProviders) return false;
  for (const Json& entry : *entries) {
    const auto* name = entry.as_string();
    if (name == nullptr || name->empty()) return false;
    providers.push_back(*name);
  }
  return true;
}

/// An array for the whole package (stem ""), or an object with an array for each ONNX stem.
void read_cpu_only(Fields& top, DarktableHints& hints) {
  constexpr std::string_view kKey = "cpu_only";
  const Json* value = top.optional(kKey);
  if (value == nullptr || value->is_null()) return;
  if (value->as_array() != nullptr) {
    if (!providers_of(*value, hints.cpu_only[""])) {
      top.fault(kKey, "must be an array of names of execution providers");
    }
    return;
  }
  const auto* by_stem = value->as_object();
  if (by_stem == nullptr) {
    top.fault(kKey, "must be an array of names, or an object of such arrays by ONNX file");
    return;
  }
  for (const auto& [stem, entry] : *by_stem) {
    if (!providers_of(entry, hints.cpu_only[stem])) {
      top.fault("cpu_only." + stem, "must be an array of names of execution providers");
    }
  }
}

void read_coreml_format(Fields& top, DarktableHints& hints) {
  constexpr std::string_view kKey = "coreml_format";
  const Json* value = top.optional(kKey);
  if (value == nullptr || value->is_null()) return;
  if (const auto* word = value->as_string()) {
    hints.coreml_format[""] = *word;
    return;
  }
  const auto* by_stem = value->as_object();
  if (by_stem == nullptr) {
    top.fault(kKey, "must be a string, or an object of strings by ONNX file");
    return;
  }
  for (const auto& [stem, entry] : *by_stem) {
    if (const auto* word = entry.as_string()) {
      hints.coreml_format[stem] = *word;
    } else {
      top.fault("coreml_format." + stem, "must be a string");
    }
  }
}

}  // namespace

void read_darktable_hints(Fields& top, DarktableHints& hints) {
  read_cpu_only(top, hints);
  read_coreml_format(top, hints);
  const Json* attributes = top.optional("attributes");
  if (attributes != nullptr && attributes->as_object() != nullptr) {
    hints.attributes = *attributes->as_object();
  }
}

}  // namespace latent::models
