// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/darktable_keys.h"

#include <string>
#include <string_view>

#include "base/path.h"
#include "base/text.h"

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

/// "cuda" of "CUDA" and "CUDAExecutionProvider"; two have older names.
std::string provider_word(const std::string& name) {
  constexpr std::string_view kLong = "executionprovider";
  std::string word = lower_case(name);
  if (word.size() > kLong.size() && word.ends_with(kLong)) word.resize(word.size() - kLong.size());
  if (word == "dml") return "directml";
  return word == "rocm" ? "migraphx" : word;
}

/// The levels of a key: one word for all ONNX files (stem ""), or an object of words by stem.
class ReadOptimizations {
 public:
  ReadOptimizations(Fields& top, DarktableHints& hints) : top_(top), hints_(hints) {}

  void read(const std::string& key, const Json& value, DarktableHints::Optimizations& into) {
    if (value.is_null()) return;
    if (const auto* word = value.as_string()) return put(key, *word, "", into);
    const auto* by_stem = value.as_object();
    if (by_stem == nullptr) {
      return top_.fault(key, "must be a string, or an object of strings by ONNX file");
    }
    for (const auto& [stem, entry] : *by_stem) {
      const std::string place = key + "." + stem;
      const auto* word = entry.as_string();
      if (word == nullptr) return top_.fault(place, "must be a string");
      put(place, *word, stem, into);
    }
  }

 private:
  void put(const std::string& place, const std::string& word, const std::string& stem,
           DarktableHints::Optimizations& into) {
    const std::string said = lower_case(word);
    for (const auto level :
         {GraphOptimization::All, GraphOptimization::Basic, GraphOptimization::Disabled}) {
      if (said != graph_optimization_name(level)) continue;
      into[stem] = level;
      return;
    }
    hints_.notices.push_back(printable(place) + " is \"" + printable(word) +
                             "\", where all, basic and disabled are known; it is passed over");
  }

  Fields& top_;
  DarktableHints& hints_;
};

void read_ort_optimization(Fields& top, DarktableHints& hints) {
  constexpr std::string_view kKey = "ort_optimization";
  constexpr std::string_view kProviderKey = "ort_optimization_provider";
  ReadOptimizations reader(top, hints);
  if (const Json* value = top.optional(kKey)) {
    reader.read(std::string(kKey), *value, hints.ort_optimization);
  }
  const Json* value = top.optional(kProviderKey);
  if (value == nullptr || value->is_null()) return;
  const auto* providers = value->as_object();
  if (providers == nullptr || providers->size() > kMostProviders) {
    return top.fault(kProviderKey, "must be an object with an entry for each execution provider");
  }
  for (const auto& [name, entry] : *providers) {
    reader.read(std::string(kProviderKey) + "." + name, entry,
                hints.ort_optimization_provider[provider_word(name)]);
  }
}

/// That of the stem, else that of all.
const GraphOptimization* entry_of(const DarktableHints::Optimizations& levels,
                                  std::string_view stem) {
  auto found = levels.find(stem);
  if (found == levels.end()) found = levels.find("");
  return found == levels.end() ? nullptr : &found->second;
}

}  // namespace

const char* graph_optimization_name(GraphOptimization optimization) {
  switch (optimization) {
    case GraphOptimization::All:
      return "all";
    case GraphOptimization::Basic:
      return "basic";
    case GraphOptimization::Disabled:
      return "disabled";
  }
  return "all";
}

OptimizationRule DarktableHints::optimization_of(std::string_view stem) const {
  OptimizationRule rule;
  if (const auto* level = entry_of(ort_optimization, stem)) rule.usual = *level;
  for (const auto& [provider, levels] : ort_optimization_provider) {
    if (const auto* level = entry_of(levels, stem)) rule.providers[provider] = *level;
  }
  return rule;
}

void read_darktable_hints(Fields& top, DarktableHints& hints) {
  read_cpu_only(top, hints);
  read_coreml_format(top, hints);
  read_ort_optimization(top, hints);
  const Json* attributes = top.optional("attributes");
  if (attributes != nullptr && attributes->as_object() != nullptr) {
    hints.attributes = *attributes->as_object();
  }
}

}  // namespace latent::models
