// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/prompt_file.h"

#include <fmt/format.h>

#include <utility>

#include "base/path.h"
#include "base/small_file.h"
#include "models/manifest/fields.h"

namespace latent::tasks {

using mask::Place;
using mask::Prompt;
using mask::PromptKind;
using mask::PromptSet;
using models::Fields;
using models::Json;

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMostBytes = 16'000'000;
constexpr const char* kVersionKey = "latent_prompts";
constexpr std::int64_t kMostSide = 1'000'000;

/// Reads one text; the first fault stays in `fault`, with its place.
class Reading {
 public:
  explicit Reading(std::string what) : what_(std::move(what)) {}

  Result<PromptSet> all(const Json& text) {
    Fields fields(text, "", fault_);
    LATENT_CHECK(version(fields));
    PromptSet set;
    read_source(fields.object("source"), set);
    const auto& list = fields.array("objects");
    if (list.size() > mask::kMostObjects) fields.fault("objects", "has too many entries");
    for (std::size_t i = 0; i < list.size() && fault_.empty(); ++i) {
      Fields entry = fields.entry(list[i], "objects", i);
      set.objects.push_back({prompts(entry, "prompts")});
      entry.refuse_unknown("a mask's JSON");
    }
    fields.refuse_unknown("a mask's JSON");
    LATENT_CHECK(sound());
    if (auto good = mask::check_prompts(set); !good) {
      return fail(ErrorCode::Usage, what_ + ": " + good.error().sentence);
    }
    return set;
  }

  /// One prompt, or a list of them.
  Result<std::vector<Prompt>> some(const Json& text) {
    std::vector<Prompt> found;
    if (text.as_array() == nullptr) {
      found.push_back(prompt(Fields(text, "", fault_)));
    } else {
      const Json holder(Json::Object{{"prompts", text}});
      Fields fields(holder, "", fault_);
      found = prompts(fields, "prompts");
    }
    LATENT_CHECK(sound());
    return found;
  }

 private:
  [[nodiscard]] Status sound() const {
    if (fault_.empty()) return {};
    return fail(is_usage_ ? ErrorCode::Usage : ErrorCode::Corrupt, what_ + ": " + fault_);
  }

  Status version(Fields& fields) {
    const auto number = fields.integer(kVersionKey, 1, kMostSide);
    LATENT_CHECK(sound());
    if (number == kVersion) return {};
    return fail(ErrorCode::Unsupported,
                fmt::format("{} has the version {}; this program reads version {}: a later one of "
                            "Latent reads it",
                            what_, number, kVersion));
  }

  static void read_source(Fields fields, PromptSet& set) {
    set.source_sha256 = fields.text("sha256");
    constexpr std::size_t kDigits = 64;
    const bool is_hash =
        (set.source_sha256.empty() || set.source_sha256.size() == kDigits) &&
        set.source_sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!is_hash) fields.fault("sha256", "must be a SHA-256 in lower-case digits, or empty");
    set.source_size.width = static_cast<int>(fields.integer("width", 1, kMostSide));
    set.source_size.height = static_cast<int>(fields.integer("height", 1, kMostSide));
    fields.refuse_unknown("a mask's JSON");
  }

  static Place place(Fields& fields, std::string_view key, const Json& value) {
    const auto* list = value.as_array();
    if (list != nullptr && list->size() == 2) {
      const auto x = models::as_number((*list)[0]);
      const auto y = models::as_number((*list)[1]);
      if (x && y) return {*x, *y};
    }
    fields.fault(key, "must be a place [x, y], or a list of such places");
    return {};
  }

  static std::vector<Place> places(Fields& fields, std::string_view key) {
    std::vector<Place> found;
    const auto& list = fields.array(key);
    if (list.size() > mask::kMostStrokePlaces) fields.fault(key, "has too many places");
    for (std::size_t i = 0; i < list.size() && !fields.faulty(); ++i) {
      found.push_back(place(fields, key, list[i]));
    }
    return found;
  }

  static bool flag(Fields& fields, std::string_view key) {
    const Json* value = fields.optional(key);
    const bool* found = value == nullptr ? nullptr : value->as_bool();
    if (found == nullptr) fields.fault(key, "must be true or false");
    return found != nullptr && *found;
  }

  Prompt prompt(Fields fields) {
    Prompt found;
    if (const Json* click = fields.optional("click")) {
      found.places = {place(fields, "click", *click)};
      found.on_object = flag(fields, "on_object");
    } else if (fields.optional("box") != nullptr) {
      found.kind = PromptKind::Box;
      found.places = places(fields, "box");
    } else if (fields.optional("stroke") != nullptr) {
      found.kind = PromptKind::Stroke;
      found.places = places(fields, "stroke");
      constexpr double kAny = 1e9;
      found.radius = fields.real("radius", -kAny, kAny);
      found.on_object = flag(fields, "on_object");
    } else {
      fields.fault("click", "is missing, as are a box and a stroke");
    }
    fields.refuse_unknown("a mask's JSON");
    if (fields.faulty()) return found;
    if (auto good = mask::check_prompt(found); !good) {
      fields.fault(found.kind == PromptKind::Click ? "click"
                   : found.kind == PromptKind::Box ? "box"
                                                   : "stroke",
                   "cannot be used: " + good.error().sentence);
      is_usage_ = true;
    }
    return found;
  }

  std::vector<Prompt> prompts(Fields& fields, std::string_view key) {
    std::vector<Prompt> found;
    const auto& list = fields.array(key);
    if (list.size() > mask::kMostPrompts) fields.fault(key, "has too many prompts");
    for (std::size_t i = 0; i < list.size() && !fields.faulty(); ++i) {
      found.push_back(prompt(fields.entry(list[i], key, i)));
    }
    return found;
  }

  std::string what_;
  std::string fault_;
  bool is_usage_ = false;  ///< the fault is of a prompt, not of the text
};

}  // namespace

Result<PromptSet> prompts_from_json(std::string_view text, const std::string& what) {
  LATENT_TRY(const Json json, models::parse_json(text, what, kMostBytes));
  return Reading(what).all(json);
}

Result<std::vector<Prompt>> prompt_list_from_json(std::string_view text, const std::string& what) {
  LATENT_TRY(const Json json, models::parse_json(text, what, kMostBytes));
  return Reading(what).some(json);
}

Result<PromptSet> read_prompts(const std::filesystem::path& file) {
  LATENT_TRY(const std::string text, read_small_file(file, kMostBytes));
  return prompts_from_json(text, quoted(file));
}

Result<std::vector<Prompt>> read_prompt_list(const std::filesystem::path& file) {
  LATENT_TRY(const std::string text, read_small_file(file, kMostBytes));
  return prompt_list_from_json(text, quoted(file));
}

Result<PromptSet> read_prompts_for(const std::filesystem::path& file,
                                   const PromptedPhotograph& photograph,
                                   std::vector<std::string>& notices) {
  LATENT_TRY(auto set, read_prompts(file));
  const bool other = !set.source_sha256.empty() && set.source_sha256 != photograph.sha256;
  const bool other_size = set.source_size != photograph.size;
  if (!other && !other_size) return set;
  if (photograph.anyway) {
    notices.push_back(
        fmt::format("{} was made for another photograph; it is used all the same", quoted(file)));
    return set;
  }
  const std::string why = other_size ? fmt::format("of {} x {} pixels, not {} x {}",
                                                   set.source_size.width, set.source_size.height,
                                                   photograph.size.width, photograph.size.height)
                                     : std::string("the file has other bytes");
  return fail(ErrorCode::Usage,
              fmt::format("{} was made for another photograph than {} ({}); --prompts-anyway uses "
                          "it all the same",
                          quoted(file), quoted(photograph.path), why));
}

}  // namespace latent::tasks
