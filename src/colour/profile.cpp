// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <new>
#include <system_error>

#include "base/path.h"
#include "colour/profile_state.h"

namespace latent::colour {

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{16} << 20U;

constexpr Primaries kSrgbPrimaries{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}};
constexpr Primaries kAdobePrimaries{{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, {0.3127, 0.3290}};
constexpr Primaries kP3Primaries{{0.68, 0.32}, {0.265, 0.69}, {0.15, 0.06}, {0.3127, 0.3290}};
constexpr Primaries kRec2020Primaries{
    {0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, {0.3127, 0.3290}};
constexpr Primaries kRommPrimaries{
    {0.734699, 0.265301}, {0.159597, 0.840403}, {0.036598, 0.000105}, {0.345704, 0.358540}};

constexpr double kSrgbCurve = 0;  // the gamma that stands for it in a ProfileRecipe
constexpr double kAdobeGamma = 563.0 / 256.0;
constexpr double kRommGamma = 461.0 / 256.0;  // 1.8 as a profile of version 2 holds it

struct Named {
  NamedProfile name;
  const char* word;  ///< none where it cannot be asked for
  const char* description;
  const Primaries* primaries;  ///< none: grey
  double gamma;
};

constexpr std::array kNamed{
    Named{NamedProfile::Srgb, "srgb", "sRGB", &kSrgbPrimaries, kSrgbCurve},
    Named{NamedProfile::AdobeRgb, "adobergb", "Compatible with Adobe RGB (1998)", &kAdobePrimaries,
          kAdobeGamma},
    Named{NamedProfile::DisplayP3, "displayp3", "Display P3", &kP3Primaries, kSrgbCurve},
    Named{NamedProfile::Rec2020, "rec2020", "Rec. 2020 (sRGB curve)", &kRec2020Primaries,
          kSrgbCurve},
    Named{NamedProfile::ProPhoto, "prophoto", "ROMM RGB (ProPhoto, gamma 1.8)", &kRommPrimaries,
          kRommGamma},
    Named{NamedProfile::LinearRec2020, nullptr, "Linear Rec. 2020", &kRec2020Primaries, 1.0},
    Named{NamedProfile::LinearSrgb, nullptr, "Linear sRGB", &kSrgbPrimaries, 1.0},
    Named{NamedProfile::Grey, nullptr, "Grey (sRGB curve)", nullptr, kSrgbCurve},
    Named{NamedProfile::LinearGrey, nullptr, "Linear grey", nullptr, 1.0}};

/// Through the bytes, so that a profile read back from a file is the very same.
Result<std::shared_ptr<const Profile::State>> state_of(std::span<const std::uint8_t> icc) {
  auto state = std::make_shared<Profile::State>();
  LATENT_TRY(state->parsed, parse_icc(icc));
  state->icc.assign(icc.begin(), icc.end());
  return std::shared_ptr<const Profile::State>(std::move(state));
}

Result<std::shared_ptr<const Profile::State>> built(const ProfileRecipe& recipe) {
  LATENT_TRY(const auto icc, build_icc(recipe));
  return state_of(icc);
}

ProfileRecipe recipe_of(const Named& named) {
  ProfileRecipe recipe;
  recipe.description = named.description;
  if (named.primaries != nullptr) recipe.to_connection = connection_matrix(*named.primaries);
  recipe.gamma = named.gamma;
  return recipe;
}

}  // namespace

Result<Profile> Profile::from_icc(std::span<const std::uint8_t> icc) {
  LATENT_TRY(auto state, state_of(icc));
  return Profile(std::move(state));
}

Profile Profile::named(NamedProfile name) {
  // Made once; only memory can be lacking.
  static const auto states = [] {
    std::array<std::shared_ptr<const State>, kNamed.size()> made;
    for (std::size_t k = 0; k < kNamed.size(); ++k) {
      auto state = built(recipe_of(kNamed[k]));
      if (!state) throw std::bad_alloc();
      made[k] = *std::move(state);
    }
    return made;
  }();
  const auto* at = std::find_if(kNamed.begin(), kNamed.end(),
                                [&](const Named& named) { return named.name == name; });
  return Profile(states[static_cast<std::size_t>(at - kNamed.begin()) % kNamed.size()]);
}

Result<Profile> Profile::from_primaries(const Primaries& primaries, double gamma) {
  if (!(gamma >= 0.1 && gamma <= 10.0)) {
    return fail(ErrorCode::Corrupt,
                fmt::format("states a gamma of {:.4g}, which is not between 0.1 and 10", gamma));
  }
  ProfileRecipe recipe;
  recipe.to_connection = connection_matrix(primaries);
  if (!recipe.to_connection) {
    return fail(ErrorCode::Corrupt, "states primaries that span no triangle around its white");
  }
  recipe.gamma = gamma;
  recipe.description = fmt::format("RGB with gamma {:.4g}", gamma);
  LATENT_TRY(auto state, built(recipe));
  return Profile(std::move(state));
}

Result<Profile> Profile::parse(std::string_view word) {
  constexpr const char* kWords = "srgb, adobergb, displayp3, rec2020, prophoto or an .icc file";
  for (const Named& named : kNamed) {
    if (named.word != nullptr && word == named.word) return Profile::named(named.name);
  }
  if (word.empty()) {
    return fail(ErrorCode::Usage, fmt::format("a profile is one of {}", kWords));
  }
  const std::filesystem::path path(word);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return fail(
        ErrorCode::NotFound, path,
        fmt::format("{} is neither a profile's name nor a file: give {}", quoted(path), kWords));
  }
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error || size > kLargestFile) {
    return fail(ErrorCode::Unsupported, path,
                fmt::format("{} is no file of at most 16 MiB: give {}", quoted(path), kWords));
  }
  std::ifstream stream(path, std::ios::binary);
  const std::vector<char> text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.is_open() || stream.bad()) {
    return fail(ErrorCode::Io, path, fmt::format("{} cannot be read", quoted(path)));
  }
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  auto profile = from_icc(bytes);
  if (!profile) {
    return fail(profile.error().code, path,
                fmt::format("{} {}: give {}", quoted(path), profile.error().sentence, kWords));
  }
  return profile;
}

int Profile::channels() const { return state_->parsed.channels; }

const std::vector<std::uint8_t>& Profile::icc() const { return state_->icc; }

std::string Profile::description() const { return state_->parsed.description; }

bool Profile::has_one_curve() const {
  const auto& shaper = state_->parsed.shaper;
  return shaper && std::all_of(shaper->curves.begin(), shaper->curves.end(),
                               [&](const Curve& one) { return one == shaper->curves.front(); });
}

bool Profile::is_linear() const {
  const auto& shaper = state_->parsed.shaper;
  return shaper && std::all_of(shaper->curves.begin(), shaper->curves.end(),
                               [](const Curve& curve) { return curve.is_linear(); });
}

}  // namespace latent::colour
