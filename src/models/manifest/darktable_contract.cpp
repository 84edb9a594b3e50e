// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/manifest/darktable_contract.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/path.h"
#include "base/text.h"
#include "models/manifest/json.h"

namespace latent::models {
namespace {

struct KindFacts {
  DarktableKind kind;
  const char* name;
  const char* stem;
  int overlap;
  int scale;
};
// Source: compatibility notes, parts 2.1, 2.2, 2.4, 2.5 and 3.1.
constexpr std::array kKinds{KindFacts{DarktableKind::BayerV1, "bayer_v1", "model_bayer", 32, 1},
                            KindFacts{DarktableKind::LinearV1, "linear_v1", "model_linear", 32, 1},
                            KindFacts{DarktableKind::XTransV1, "xtrans_v1", "model_xtrans", 32, 1},
                            KindFacts{DarktableKind::Denoise, "denoise", "model", 64, 1},
                            KindFacts{DarktableKind::UpscaleX2, "upscale_x2", "model_x2", 16, 2},
                            KindFacts{DarktableKind::UpscaleX4, "upscale_x4", "model_x4", 16, 4}};
constexpr int kMostTile = 8192;
constexpr double kDefaultTargetMean = 0.30;

const KindFacts& facts_of(DarktableKind kind) {
  return *std::ranges::find(kKinds, kind, &KindFacts::kind);
}

bool is_raw(DarktableKind kind) {
  return kind == DarktableKind::BayerV1 || kind == DarktableKind::LinearV1 ||
         kind == DarktableKind::XTransV1;
}

/// Reads words of one ONNX's attributes, the first fault kept.
class Words {
 public:
  Words(std::string stem, DarktableContract& contract)
      : stem_(std::move(stem)), contract_(&contract) {}

  template <class T, std::size_t N>
  T choose(const std::optional<std::string>& word, const char* key, T absent,
           const std::array<std::pair<const char*, T>, N>& known) {
    if (!word) return absent;
    std::string list;
    for (const auto& [name, value] : known) {
      if (*word == name) return value;
      list += (list.empty() ? "\"" : ", \"") + std::string(name) + "\"";
    }
    fault(key, "is \"" + printable(*word) + "\"; known are " + list);
    return absent;
  }

  /// An error, or under compat darktable's default and a notice.
  void fault(const char* key, const std::string& problem) {
    const std::string sentence = "attributes." + printable(stem_) + "." + key + " " + problem;
    if (contract_->compat == Compat::Darktable56) {
      contract_->notices.push_back(sentence + "; darktable's default is taken");
    } else if (fault_.empty()) {
      fault_ = sentence;
    }
  }

  [[nodiscard]] const std::string& problem() const { return fault_; }

 private:
  std::string stem_;
  DarktableContract* contract_;
  std::string fault_;
};

std::optional<double> number_in(const std::string& text) {
  const auto json = parse_json(text, "target_mean", 64);
  if (!json) return std::nullopt;
  if (const auto* real = json->as_real()) return *real;
  if (const auto* integer = json->as_integer()) return static_cast<double>(*integer);
  return std::nullopt;
}

/// A number above 0 brightens; any other does nothing, in darktable too.
std::optional<double> boost_to(double number) {
  return std::isfinite(number) && number > 0 ? std::optional(number) : std::nullopt;
}

/// darktable asks for a string: null and numbers of JSON are no strings, so its default stays.
std::optional<double> target_mean(const TargetMean& given, Words& words, Compat compat) {
  using Said = TargetMean::Said;
  const bool darktable = compat == Compat::Darktable56;
  switch (given.said) {
    case Said::Nothing:
      return kDefaultTargetMean;
    case Said::Null:
      return darktable ? std::optional(kDefaultTargetMean) : std::nullopt;
    case Said::Number:
      return darktable ? std::optional(kDefaultTargetMean) : boost_to(given.number);
    case Said::Text:
      break;
  }
  if (given.text == "null" || given.text == "none") return std::nullopt;
  if (const auto number = number_in(given.text)) return boost_to(*number);
  words.fault("target_mean", "is \"" + printable(given.text) +
                                 "\"; it must be a number, null, \"null\" or \"none\"");
  return kDefaultTargetMean;
}

void read_raw_words(const DarktableAttributes& said, Words& words, DarktableContract& contract) {
  using Balance = std::pair<const char*, DarktableBalance>;
  using Space = std::pair<const char*, DarktableSpace>;
  using Flag = std::pair<const char*, bool>;
  const bool bayer = contract.kind == DarktableKind::BayerV1;
  contract.balance = words.choose(said.wb_norm, "wb_norm",
                                  bayer ? DarktableBalance::Daylight : DarktableBalance::AsShot,
                                  std::array{Balance{"daylight", DarktableBalance::Daylight},
                                             Balance{"as_shot", DarktableBalance::AsShot},
                                             Balance{"none", DarktableBalance::None}});
  contract.match_gain = words.choose(said.output_scale, "output_scale", true,
                                     std::array{Flag{"match_gain", true}, Flag{"absolute", false}});
  if (bayer) {
    // A mosaic has no space but the sensor's.
    contract.space =
        words.choose(said.input_colorspace, "input_colorspace", DarktableSpace::CameraRgb,
                     std::array{Space{"camRGB", DarktableSpace::CameraRgb}});
    contract.force_rggb = words.choose(said.bayer_orientation, "bayer_orientation", true,
                                       std::array{Flag{"force_rggb", true}, Flag{"native", false}});
    contract.mirror_cropped =
        words.choose(said.edge_pad, "edge_pad", contract.force_rggb,
                     std::array{Flag{"mirror_cropped", true}, Flag{"mirror", false}});
    return;
  }
  contract.space =
      words.choose(said.input_colorspace, "input_colorspace", DarktableSpace::LinearRec2020,
                   std::array{Space{"lin_rec2020", DarktableSpace::LinearRec2020},
                              Space{"srgb_linear", DarktableSpace::LinearSrgb},
                              Space{"camRGB", DarktableSpace::CameraRgb}});
  contract.target_mean = target_mean(said.target_mean, words, contract.compat);
}

}  // namespace

const char* darktable_kind_name(DarktableKind kind) { return facts_of(kind).name; }

std::string darktable_file(DarktableKind kind) {
  return std::string(facts_of(kind).stem) + ".onnx";
}

std::vector<DarktableKind> darktable_kinds(std::string_view task) {
  if (task == "rawdenoise") {
    return {DarktableKind::BayerV1, DarktableKind::LinearV1, DarktableKind::XTransV1};
  }
  if (task == "denoise") return {DarktableKind::Denoise};
  if (task == "upscale") return {DarktableKind::UpscaleX2, DarktableKind::UpscaleX4};
  return {};
}

bool is_made_for(const Manifest& manifest, std::string_view task) { return manifest.task == task; }

Result<DarktableContract> darktable_contract(const Manifest& manifest, DarktableKind kind,
                                             Compat compat) {
  const KindFacts& facts = facts_of(kind);
  const std::string stem = facts.stem;
  const auto entry = [&](const std::string& key) -> const DarktableAttributes* {
    const auto found = manifest.attributes.find(key);
    return found == manifest.attributes.end() ? nullptr : &found->second;
  };
  static const DarktableAttributes kNothing;
  const DarktableAttributes* own = entry(stem);
  const DarktableAttributes* all = entry("");
  const DarktableAttributes& said = own != nullptr ? *own : kNothing;

  DarktableContract contract;
  contract.kind = kind;
  contract.compat = compat;
  contract.file = darktable_file(kind);
  contract.overlap = facts.overlap;
  contract.scale = facts.scale;
  contract.shadow_boost = manifest.shadow_boost && !is_raw(kind);
  const auto refuse = [&](const std::string& problem) {
    return fail(ErrorCode::ModelMismatch,
                "the package '" + printable(manifest.id) + "' cannot be used: " + problem);
  };
  if (!said.input_sizes.empty()) {
    contract.tile = said.input_sizes.front();
  } else if (all != nullptr && !all->input_sizes.empty()) {
    contract.tile = all->input_sizes.front();
  } else {
    return refuse("attributes." + stem +
                  ".input_sizes is missing, so that the size of its tiles "
                  "is not known; ask its maker for a package that states it");
  }
  if (contract.tile <= 2 * contract.overlap || contract.tile > kMostTile) {
    return refuse("attributes." + stem + ".input_sizes begins with " +
                  std::to_string(contract.tile) + ", where more than " +
                  std::to_string(2 * contract.overlap) + " and at most 8192 is wanted");
  }
  if (is_raw(kind) && said.input_kind && *said.input_kind != facts.name) {
    return refuse("attributes." + stem + ".input_kind is \"" + printable(*said.input_kind) +
                  "\", not \"" + facts.name + "\"");
  }
  contract.notices = manifest.hints.notices;
  Words words(stem, contract);
  if (is_raw(kind)) read_raw_words(said, words, contract);
  if (!words.problem().empty()) return refuse(words.problem());
  for (const auto& [part, names] : manifest.hints.cpu_only) {
    if (!part.empty() && part != stem) continue;
    for (const std::string& name : names) contract.cpu_only.push_back(lower_case(name));
  }
  return contract;
}

}  // namespace latent::models
