// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/verdict_cache.h"

#include "base/log.h"
#include "base/path.h"
#include "base/small_file.h"
#include "infer/blob_cache.h"
#include "models/json.h"

namespace latent::infer {
namespace {

using models::Json;

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;
constexpr std::size_t kMaxVerdicts = 1000;
constexpr std::int64_t kFormat = 1;

/// The verdicts in the file; none where it is absent, damaged or of another format.
Json::Object read_all(const std::filesystem::path& path) {
  const auto text = read_small_file(path, kMaxFileBytes);
  if (!text) return {};
  auto json = models::parse_json(*text, "verdicts.json", kMaxFileBytes);
  auto* object = json ? json->as_object() : nullptr;
  if (object == nullptr || !object->contains("format") || !object->contains("verdicts")) return {};
  const auto* format = object->at("format").as_integer();
  auto* verdicts = object->at("verdicts").as_object();
  if (format == nullptr || *format != kFormat || verdicts == nullptr) return {};
  return std::move(*verdicts);
}

double number(const Json::Object& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  const auto* value = found->second.as_real();
  return value == nullptr ? 0 : *value;
}

}  // namespace

std::optional<ProofVerdict> VerdictCache::find(const std::string& key) const {
  if (file_.empty()) return std::nullopt;
  const auto all = read_all(file_);
  const auto found = all.find(key);
  const auto* object = found == all.end() ? nullptr : found->second.as_object();
  if (object == nullptr) return std::nullopt;
  const auto passed = object->find("passed");
  const auto problem = object->find("problem");
  if (passed == object->end() || passed->second.as_bool() == nullptr) return std::nullopt;
  if (problem == object->end() || problem->second.as_string() == nullptr) return std::nullopt;
  ProofVerdict verdict;
  verdict.passed = *passed->second.as_bool();
  verdict.cached = true;
  verdict.measured = true;
  verdict.worst = number(*object, "worst");
  verdict.rms = number(*object, "rms");
  verdict.rms_expected = number(*object, "rms_expected");
  verdict.seconds_per_megapixel = number(*object, "seconds_per_megapixel");
  verdict.problem = *problem->second.as_string();
  return verdict;
}

void VerdictCache::store(const std::string& key, const ProofVerdict& verdict) const {
  if (file_.empty()) return;
  auto all = read_all(file_);
  if (all.size() >= kMaxVerdicts) all.clear();
  all.insert_or_assign(
      key, Json(Json::Object{{"passed", Json(verdict.passed)},
                             {"problem", Json(verdict.problem)},
                             {"worst", Json(verdict.worst)},
                             {"rms", Json(verdict.rms)},
                             {"rms_expected", Json(verdict.rms_expected)},
                             {"seconds_per_megapixel", Json(verdict.seconds_per_megapixel)}}));
  const Json document(Json::Object{{"format", Json(kFormat)}, {"verdicts", Json(std::move(all))}});
  if (!write_atomically(file_, models::dump_json(document))) {
    log_warning("verdicts of devices cannot be kept in " + quoted(file_));
  }
}

}  // namespace latent::infer
