// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/mask_store.h"

#include <algorithm>
#include <array>
#include <span>
#include <system_error>
#include <utility>
#include <variant>

#include "app/mask_prompts.h"
#include "base/file_access.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/small_file.h"
#include "models/manifest/fields.h"
#include "tasks/mask/prompt_file.h"

namespace latent::app {

namespace fs = std::filesystem;
using models::Fields;
using models::Json;

namespace {

constexpr std::int64_t kVersion = 1;
constexpr const char* kVersionKey = "latent_studio_mask";
constexpr std::size_t kMostBytes = 20'000'000;
constexpr const char* kFormat = "a kept mask";

constexpr std::array<const char*, 3> kWays{"objects", "painted", "depth"};
constexpr std::array<const char*, 3> kRefinements{"none", "edge", "hair"};

std::string short_hash(std::string_view text, std::size_t digits) {
  return sha256_hex(std::as_bytes(std::span(text))).substr(0, digits);
}

std::string name_of(const fs::path& photograph) {
  std::error_code unknown;
  const fs::path whole = fs::absolute(photograph, unknown).lexically_normal();
  return short_hash(whole.native(), 24);
}

template <std::size_t N>
std::size_t word_of(Fields& fields, std::string_view key, const std::array<const char*, N>& words) {
  const std::string word = fields.text(key);
  const auto found = std::ranges::find(words, word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  fields.fault(key, "is no word that this program has for it");
  return 0;
}

bool flag_of(Fields& fields, std::string_view key) {
  const Json* value = fields.optional(key);
  const bool* found = value == nullptr ? nullptr : value->as_bool();
  if (found == nullptr) fields.fault(key, "must be true or false");
  return found != nullptr && *found;
}

Json settings_json(const mask::MaskSettings& settings) {
  return Json::Object{{"refine", kRefinements[static_cast<std::size_t>(settings.refine.how)]},
                      {"threshold", settings.threshold},
                      {"cleanup", settings.cleanup},
                      {"smoothing", settings.smoothing},
                      {"feather", settings.feather},
                      {"second_prompts", settings.second_prompts},
                      {"crop_small", settings.small_objects == mask::SmallObjects::Crop},
                      {"all_pieces", settings.objects == mask::KeptPieces::All}};
}

mask::MaskSettings settings_of(Fields fields) {
  mask::MaskSettings settings;
  settings.refine.how = static_cast<mask::Refinement>(word_of(fields, "refine", kRefinements));
  settings.threshold = fields.real("threshold", 0.01, 0.99);
  settings.cleanup = fields.real("cleanup", 0, 0.1);
  settings.smoothing = fields.real("smoothing", 0, 200);
  settings.feather = fields.real("feather", 0, 1000);
  settings.second_prompts = flag_of(fields, "second_prompts");
  settings.small_objects =
      flag_of(fields, "crop_small") ? mask::SmallObjects::Crop : mask::SmallObjects::Whole;
  settings.objects =
      flag_of(fields, "all_pieces") ? mask::KeptPieces::All : mask::KeptPieces::Clicked;
  fields.refuse_unknown(kFormat);
  return settings;
}

/// Objects as prompts_to_json() has them, or none.
std::string prompts_text(const mask::PromptSet& prompts) {
  if (prompts.objects.empty()) return {};
  mask::PromptSet whole = prompts;
  whole.source_size = {std::max(1, prompts.source_size.width),
                       std::max(1, prompts.source_size.height)};
  return prompts_to_json(whole);
}

Json state_json(const MaskState& state) {
  return Json::Object{{"way", kWays[static_cast<std::size_t>(state.way)]},
                      {"prompts", prompts_text(state.prompts)},
                      {"settings", settings_json(state.settings)},
                      {"depth", Json::Object{{"near", state.depth.near},
                                             {"far", state.depth.far},
                                             {"soft", state.depth.soft}}}};
}

Result<MaskState> state_of(Fields fields, const std::string& what) {
  MaskState state;
  state.way = static_cast<MaskWay>(word_of(fields, "way", kWays));
  const std::string prompts = fields.text("prompts");
  state.settings = settings_of(fields.object("settings"));
  Fields depth = fields.object("depth");
  state.depth.near = depth.real("near", 0, 1);
  state.depth.far = depth.real("far", 0, 1);
  state.depth.soft = depth.real("soft", 0, 1);
  depth.refuse_unknown(kFormat);
  fields.refuse_unknown(kFormat);
  if (!prompts.empty() && !fields.faulty()) {
    LATENT_TRY(state.prompts, tasks::prompts_from_json(prompts, what));
    state.object = state.prompts.objects.size() - 1;
  }
  return state;
}

}  // namespace

std::string kept_mask_text(const KeptMask& mask, const fs::path& photograph) {
  return models::dump_json(Json(Json::Object{{kVersionKey, kVersion},
                                             {"photograph", photograph.native()},
                                             {"picture", mask.picture.filename().native()},
                                             {"in_use", mask.in_use},
                                             {"invert", mask.invert},
                                             {"state", state_json(mask.state)}}));
}

Result<KeptMask> kept_mask_of_text(std::string_view text, const std::string& what) {
  LATENT_TRY(const Json json, models::parse_json(text, what, kMostBytes));
  std::string fault;
  Fields fields(json, "", fault);
  const auto version = fields.integer(kVersionKey, 1, 1'000'000);
  if (fault.empty() && version != kVersion) {
    return fail(ErrorCode::Unsupported,
                what + " was written by a later version of latent-studio, which reads it");
  }
  KeptMask mask;
  static_cast<void>(fields.text("photograph"));
  const fs::path picture = fields.text("picture");
  // A name in our own folder, and nothing that leads out of it.
  if (picture != picture.filename() || picture == "..") fields.fault("picture", "must be a name");
  mask.picture = picture;
  mask.in_use = flag_of(fields, "in_use");
  mask.invert = flag_of(fields, "invert");
  auto state = state_of(fields.object("state"), what);
  fields.refuse_unknown(kFormat);
  if (!fault.empty()) return fail(ErrorCode::Corrupt, what + ": " + fault);
  if (!state) return tl::make_unexpected(state.error());
  mask.state = *std::move(state);
  return mask;
}

fs::path MaskStore::file_of(const fs::path& photograph) const {
  return folder_ / (name_of(photograph) + ".json");
}

Status MaskStore::make_folder() const {
  if (folder_.empty()) {
    return fail(ErrorCode::Unsupported,
                "there is no folder in which masks can be kept; set XDG_DATA_HOME to one of yours");
  }
  return make_private_folders(folder_);
}

Result<fs::path> MaskStore::keep_dust(const fs::path& photograph,
                                      const fill::SpotList& list) const {
  LATENT_CHECK(make_folder());
  const std::string text = fill::spots_to_json(list);
  const fs::path file = folder_ / (name_of(photograph) + "-dust-" + short_hash(text, 12) + ".json");
  LATENT_CHECK(replace_file(file, {text}));
  return file;
}

Result<fs::path> MaskStore::picture_of(const fs::path& photograph, const MaskState& state,
                                       std::string_view purpose) const {
  LATENT_CHECK(make_folder());
  return folder_ / (name_of(photograph) + "-" + std::string(purpose) + "-" +
                    short_hash(models::dump_json(state_json(state)), 12) + ".png");
}

Result<std::optional<KeptMask>> MaskStore::load(const fs::path& photograph) const {
  if (folder_.empty()) return std::nullopt;
  const fs::path file = file_of(photograph);
  const auto text = read_small_file(file, kMostBytes);
  if (!text) {
    if (text.error().code == ErrorCode::NotFound) return std::nullopt;
    return tl::make_unexpected(text.error());
  }
  LATENT_TRY(KeptMask mask, kept_mask_of_text(*text, quoted(file)));
  if (!mask.picture.empty()) mask.picture = folder_ / mask.picture;
  return mask;
}

Status MaskStore::store(const fs::path& photograph, const KeptMask& mask) const {
  if (folder_.empty()) return {};
  LATENT_CHECK(make_private_folders(folder_));
  return replace_file(file_of(photograph), {kept_mask_text(mask, photograph)});
}

void put_mask(Job& job, const fs::path& picture, bool invert) {
  std::visit(
      [&](auto& settings) {
        if constexpr (requires { settings.mask.invert; }) {
          settings.mask.file = picture;
          settings.mask.invert = invert;
        }
      },
      job.settings);
}

fs::path mask_in(const Job& job) {
  return std::visit(
      [](const auto& settings) -> fs::path {
        if constexpr (requires { settings.mask.invert; }) {
          return settings.mask.file.value_or(fs::path{});
        }
        return {};
      },
      job.settings);
}

}  // namespace latent::app
