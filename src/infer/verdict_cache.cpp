// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/verdict_cache.h"

#include <cmath>
#include <utility>

#include "base/log.h"
#include "base/path.h"
#include "base/small_file.h"
#include "infer/blob_cache.h"
#include "models/manifest/json.h"

namespace latent::infer {
namespace {

using models::Json;

constexpr std::size_t kMaxFileBytes = std::size_t{4} << 20U;
constexpr std::size_t kMaxEntries = 1000;  // of each kind; then it begins anew
constexpr std::int64_t kFormat = 4;

/// A finite number of that name; nothing where there is none.
std::optional<double> number(const Json::Object& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::nullopt;
  if (const auto* whole = found->second.as_integer()) return static_cast<double>(*whole);
  const auto* value = found->second.as_real();
  return value != nullptr && std::isfinite(*value) ? std::optional(*value) : std::nullopt;
}

std::optional<ProofVerdict> verdict_in(const Json& json) {
  const auto* object = json.as_object();
  if (object == nullptr) return std::nullopt;
  const auto passed = object->find("passed");
  const auto problem = object->find("problem");
  if (passed == object->end() || passed->second.as_bool() == nullptr) return std::nullopt;
  if (problem == object->end() || problem->second.as_string() == nullptr) return std::nullopt;
  const auto worst = number(*object, "worst");
  const auto rms = number(*object, "rms");
  const auto rms_expected = number(*object, "rms_expected");
  const auto pace = number(*object, "seconds_per_megapixel");
  if (!worst || !rms || !rms_expected || !pace) return std::nullopt;
  ProofVerdict verdict;
  verdict.passed = *passed->second.as_bool();
  verdict.cached = true;
  verdict.measured = true;
  verdict.worst = *worst;
  verdict.rms = *rms;
  verdict.rms_expected = *rms_expected;
  verdict.seconds_per_megapixel = *pace;
  verdict.problem = *problem->second.as_string();
  // One that passed has no problem, and one that did not says what it is.
  if (verdict.passed != verdict.problem.empty()) return std::nullopt;
  return verdict;
}

Json json_of(const ProofVerdict& verdict) {
  return Json::Object{{"passed", Json(verdict.passed)},
                      {"problem", Json(verdict.problem)},
                      {"worst", Json(verdict.worst)},
                      {"rms", Json(verdict.rms)},
                      {"rms_expected", Json(verdict.rms_expected)},
                      {"seconds_per_megapixel", Json(verdict.seconds_per_megapixel)}};
}

std::optional<PrecisionChoice> choice_in(const Json& json) {
  const auto* object = json.as_object();
  if (object == nullptr) return std::nullopt;
  const auto precision = parse_precision(models::text_at(*object, "precision"));
  if (!precision || *precision == Precision::Auto || *precision == Precision::Best) {
    return std::nullopt;
  }
  const bool plain = models::text_at(*object, "rest") == precision_name(Precision::F32);
  return PrecisionChoice{*precision,
                         models::text_at(*object, "device"),
                         models::text_at(*object, "engine"),
                         plain ? Precision::F32 : Precision::Auto,
                         models::text_at(*object, "word"),
                         models::text_at(*object, "why")};
}

Json json_of(const PrecisionChoice& choice) {
  return Json::Object{{"precision", Json(precision_name(choice.precision))},
                      {"device", Json(choice.device_name)},
                      {"engine", Json(choice.engine_version)},
                      {"rest", Json(precision_name(choice.rest))},
                      {"word", Json(choice.device)},
                      {"why", Json(choice.why)}};
}

/// An object of that name in another; none where there is no such thing.
const Json::Object& object_in(const Json::Object& top, const char* key) {
  static const Json::Object kNone;
  const auto found = top.find(key);
  const auto* object = found == top.end() ? nullptr : found->second.as_object();
  return object == nullptr ? kNone : *object;
}

template <class Map, class Value>
void insert(Map& map, const std::string& key, Value value) {
  if (map.size() >= kMaxEntries && !map.contains(key)) map.clear();
  map.insert_or_assign(key, std::move(value));
}

}  // namespace

Verdicts parse_verdicts(std::string_view text) {
  const auto json = models::parse_json(text, "verdicts.json", kMaxFileBytes);
  const auto* top = json ? json->as_object() : nullptr;
  if (top == nullptr || number(*top, "format") != kFormat) return {};
  Verdicts found;
  for (const auto& [key, entry] : object_in(*top, "verdicts")) {
    if (auto verdict = verdict_in(entry)) found.verdicts.emplace(key, *std::move(verdict));
  }
  for (const auto& [key, entry] : object_in(*top, "blobs")) {
    if (const auto* sha256 = entry.as_string()) found.blobs.emplace(key, *sha256);
  }
  for (const auto& [key, entry] : object_in(*top, "choices")) {
    if (auto choice = choice_in(entry)) found.choices.emplace(key, *std::move(choice));
  }
  return found;
}

std::string dump_verdicts(const Verdicts& verdicts) {
  Json::Object proved;
  for (const auto& [key, verdict] : verdicts.verdicts) proved.emplace(key, json_of(verdict));
  Json::Object blobs;
  for (const auto& [key, sha256] : verdicts.blobs) blobs.emplace(key, Json(sha256));
  Json::Object choices;
  for (const auto& [key, choice] : verdicts.choices) choices.emplace(key, json_of(choice));
  return models::dump_json(Json::Object{{"format", Json(kFormat)},
                                        {"choices", Json(std::move(choices))},
                                        {"verdicts", Json(std::move(proved))},
                                        {"blobs", Json(std::move(blobs))}});
}

std::optional<ProofVerdict> VerdictCache::find(const std::string& key) const {
  const auto verdicts = read().verdicts;
  const auto found = verdicts.find(key);
  return found == verdicts.end() ? std::nullopt : std::optional(found->second);
}

void VerdictCache::store(const std::string& key, const ProofVerdict& verdict) const {
  if (file_.empty()) return;
  Verdicts all = read();
  insert(all.verdicts, key, verdict);
  write(all);
}

std::optional<PrecisionChoice> VerdictCache::find_choice(const std::string& key) const {
  const auto choices = read().choices;
  const auto found = choices.find(key);
  return found == choices.end() ? std::nullopt : std::optional(found->second);
}

void VerdictCache::store_choice(const std::string& key, const PrecisionChoice& choice) const {
  if (file_.empty()) return;
  Verdicts all = read();
  insert(all.choices, key, choice);
  write(all);
}

std::string VerdictCache::blob_of(const std::string& key) const {
  const auto blobs = read().blobs;
  const auto found = blobs.find(key);
  return found == blobs.end() ? std::string() : found->second;
}

void VerdictCache::keep_blob(const std::string& key, const std::string& sha256) const {
  if (file_.empty()) return;
  Verdicts all = read();
  insert(all.blobs, key, sha256);
  write(all);
}

Verdicts VerdictCache::read() const {
  if (file_.empty()) return {};
  const auto text = read_small_file(file_, kMaxFileBytes);
  return text ? parse_verdicts(*text) : Verdicts{};
}

void VerdictCache::write(const Verdicts& verdicts) const {
  if (!keep_file(file_, {dump_verdicts(verdicts)})) {
    log_warning("verdicts of devices cannot be kept in " + quoted(file_));
  }
}

}  // namespace latent::infer
