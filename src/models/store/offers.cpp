// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/offers.h"

#include <algorithm>
#include <charconv>

#include "base/path.h"
#include "models/manifest/fields.h"

namespace latent::models {
namespace {

constexpr std::size_t kMaxIndexBytes = std::size_t{8} << 20U;
constexpr std::size_t kMaxReleasesBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxOffers = 10'000;
constexpr std::size_t kMaxUrl = 2048;
constexpr std::string_view kHashPrefix = "sha256:";

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_version(std::string_view text) {
  const auto dot = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 6 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return dot != std::string_view::npos && digits(text.substr(0, dot)) &&
         digits(text.substr(dot + 1));
}

bool is_plain_url(std::string_view url) {
  return !url.empty() && url.size() <= kMaxUrl && std::ranges::all_of(url, [](char letter) {
    return static_cast<unsigned char>(letter) > 0x20 && static_cast<unsigned char>(letter) < 0x7F &&
           letter != '\\';
  });
}

std::string text_or_nothing(Fields& fields, std::string_view key) {
  const Json* value = fields.optional(key);
  return value == nullptr || value->is_null() ? "" : fields.text(key);
}

std::uint64_t size_of(Fields& fields, const Limits& limits, std::int64_t least = 1) {
  return static_cast<std::uint64_t>(
      fields.integer("size", least, static_cast<std::int64_t>(limits.max_package_bytes)));
}

Offer read_offer(Fields fields, const std::string& id, const Limits& limits,
                 std::int64_t least_size) {
  Offer offer;
  offer.id = id;
  offer.name = fields.text("name");
  offer.task = fields.text("task");
  offer.version = fields.text("version");
  if (!is_version(offer.version)) fields.fault("version", "must be two numbers as in \"1.0\"");
  offer.description = text_or_nothing(fields, "description");
  offer.url = fields.text("url");
  if (!is_plain_url(offer.url)) fields.fault("url", "must be an address without spaces");
  offer.sha256 = fields.text("sha256");
  if (!is_sha256(offer.sha256)) fields.fault("sha256", "must be 64 lower-case hex digits");
  offer.size = size_of(fields, limits, least_size);
  Fields licence = fields.object("licence");
  offer.trust.weights_licence = licence.text("weights");
  offer.trust.data_licence = licence.text("data");
  licence.refuse_unknown("latent_index 1");
  Fields openness = fields.object("openness");
  offer.trust.osaid = openness.text("osaid");
  offer.trust.mof = openness.text("mof");
  openness.refuse_unknown("latent_index 1");
  offer.trust.data = fields.text("data");
  fields.refuse_unknown("latent_index 1");
  return offer;
}

/// "sha256:<hex>", as darktable writes it.
std::string prefixed_hash(Fields& fields) {
  const std::string text = fields.text("sha256");
  if (text.starts_with(kHashPrefix) && is_sha256(text.substr(kHashPrefix.size()))) {
    return text.substr(kHashPrefix.size());
  }
  fields.fault("sha256", "must be \"sha256:\" and 64 lower-case hex digits");
  return "";
}

Offer read_version(Fields fields, const std::string& id, const Limits& limits) {
  Offer offer;
  offer.id = id;
  offer.url = id + ".dtmodel";
  offer.version = fields.text("version");
  if (!is_version(offer.version)) fields.fault("version", "must be two numbers as in \"1.0\"");
  offer.sha256 = prefixed_hash(fields);
  if (fields.optional("size") != nullptr) offer.size = size_of(fields, limits);
  offer.name = text_or_nothing(fields, "name");
  offer.description = text_or_nothing(fields, "description");
  offer.task = text_or_nothing(fields, "task");
  offer.trust.weights_licence = text_or_nothing(fields, "license");
  return offer;
}

Status hold_schema(Fields& top, const char* what) {
  const Json* schema = top.optional("schema");
  if (schema == nullptr) return {};  // the oldest form has none
  if (schema->as_integer() != nullptr && *schema->as_integer() == 1) return {};
  return fail(ErrorCode::Unsupported,
              std::string(what) +
                  " has a schema that this version of Latent, which reads 1, does "
                  "not know");
}

tl::unexpected<Error> corrupt(const char* what, const std::string& fault) {
  return fail(ErrorCode::Corrupt, std::string(what) + ": " + fault);
}

int number_of(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<LatentIndex> read_index(std::string_view text, const Limits& limits, const char* what,
                               std::int64_t least_size) {
  LATENT_TRY(const Json json, parse_json(text, what, kMaxIndexBytes));
  std::string fault;
  Fields top(json, "", fault);
  const Json* form = top.optional("latent_index");
  if (form != nullptr && form->as_integer() != nullptr && *form->as_integer() > 1) {
    return fail(ErrorCode::Unsupported,
                "latent-index.json is of a newer form than this version of Latent reads (1)");
  }
  (void)top.integer("latent_index", 1, 1);
  LatentIndex index;
  index.name = top.text("name");
  index.serial = top.integer("serial", 1, INT64_MAX);
  index.date = top.text("date");
  Fields offers = top.object("models");
  if (offers.all().size() > kMaxOffers) offers.fault("*", "are more than 10000");
  for (const auto& entry : offers.all()) {
    if (!fault.empty()) break;
    if (!is_safe_id(entry.first)) offers.fault(entry.first, "is no id of a model");
    index.offers.push_back(read_offer(offers.object(entry.first), entry.first, limits, least_size));
  }
  top.refuse_unknown("latent_index 1");
  if (!fault.empty()) return corrupt(what, fault);
  return index;
}

}  // namespace

Result<LatentIndex> parse_latent_index(std::string_view text, const Limits& limits) {
  return read_index(text, limits, "latent-index.json", 1);
}

Result<LatentIndex> parse_offers(std::string_view text, const Limits& limits) {
  return read_index(text, limits, "the catalogue kept here", 0);
}

std::string dump_offers(const LatentIndex& index) {
  Json::Object models;
  for (const Offer& offer : index.offers) {
    models[offer.id] = Json::Object{
        {"name", offer.name},
        {"task", offer.task},
        {"version", offer.version},
        {"description", offer.description},
        {"url", offer.url},
        {"sha256", offer.sha256},
        {"size", static_cast<std::int64_t>(offer.size)},
        {"licence", Json::Object{{"weights", offer.trust.weights_licence},
                                 {"data", offer.trust.data_licence}}},
        {"openness", Json::Object{{"osaid", offer.trust.osaid}, {"mof", offer.trust.mof}}},
        {"data", offer.trust.data}};
  }
  return dump_json(Json::Object{{"latent_index", std::int64_t{1}},
                                {"name", index.name},
                                {"serial", index.serial},
                                {"date", index.date},
                                {"models", std::move(models)}});
}

Result<std::map<std::string, std::string>> parse_releases_index(std::string_view text) {
  constexpr const char* kWhat = "releases-index.json";
  LATENT_TRY(const Json json, parse_json(text, kWhat, kMaxReleasesBytes));
  std::string fault;
  Fields top(json, "", fault);
  LATENT_CHECK(hold_schema(top, kWhat));
  std::map<std::string, std::string> releases;
  Fields entries = top.object("compatible_releases");
  for (const auto& entry : entries.all()) {
    std::string tag = entries.text(entry.first);
    if (!is_safe_tag(tag)) entries.fault(entry.first, "must be the tag of a release");
    releases[entry.first] = std::move(tag);
  }
  if (!fault.empty()) return corrupt(kWhat, fault);
  return releases;
}

Result<std::vector<Offer>> parse_versions(std::string_view text, const Limits& limits) {
  constexpr const char* kWhat = "versions.json";
  LATENT_TRY(const Json json, parse_json(text, kWhat, kMaxIndexBytes));
  std::string fault;
  Fields top(json, "", fault);
  LATENT_CHECK(hold_schema(top, kWhat));
  std::vector<Offer> offers;
  Fields entries = top.object("models");
  if (entries.all().size() > kMaxOffers) entries.fault("*", "are more than 10000");
  for (const auto& entry : entries.all()) {
    if (!fault.empty()) break;
    if (!is_safe_id(entry.first)) entries.fault(entry.first, "is no id of a model");
    if (entry.second.as_string() != nullptr) continue;  // the oldest form: a version, no hash
    offers.push_back(read_version(entries.object(entry.first), entry.first, limits));
  }
  if (!fault.empty()) return corrupt(kWhat, fault);
  return offers;
}

int compare_versions(std::string_view a, std::string_view b) {
  const auto part = [](std::string_view text, bool second) {
    const auto dot = std::min(text.find('.'), text.size());
    return number_of(second ? text.substr(std::min(dot + 1, text.size())) : text.substr(0, dot));
  };
  if (const int first = part(a, false) - part(b, false); first != 0) return first;
  return part(a, true) - part(b, true);
}

bool is_safe_tag(std::string_view tag) {
  return is_safe_id(tag) && tag.find("..") == std::string_view::npos;
}

}  // namespace latent::models
