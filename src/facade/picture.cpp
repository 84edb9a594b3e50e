// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/memory_photograph.h"
#include "facade/convert.h"

namespace latent::facade {

namespace {

constexpr std::ptrdiff_t kSampleBytes[] = {1, 2, 4};  // by SampleType

/// The profile of a picture's samples.
Result<colour::Profile> profile_of(const v0::PictureView& picture) {
  using colour::NamedProfile;
  using colour::Profile;
  if (!picture.icc.empty()) {
    auto profile = Profile::from_icc(picture.icc);
    if (!profile) {
      return fail(profile.error().code, "the profile of the picture " + profile.error().sentence);
    }
    return profile;
  }
  const bool grey = picture.channels <= 2;
  const std::string& word = picture.profile;
  if (word == "srgb") return Profile::named(grey ? NamedProfile::Grey : NamedProfile::Srgb);
  if (word == "linear-srgb") {
    return Profile::named(grey ? NamedProfile::LinearGrey : NamedProfile::LinearSrgb);
  }
  if (word == "linear-rec2020") return Profile::named(NamedProfile::LinearRec2020);
  return Profile::parse(word);
}

}  // namespace

Result<read::Photograph> photograph_of(const v0::PictureView& picture, const Limits& limits) {
  const auto type = static_cast<std::size_t>(picture.type);
  app::PixelsInMemory pixels;
  pixels.samples = static_cast<const std::byte*>(picture.samples);
  pixels.depth = static_cast<SampleDepth>(type);
  pixels.size = {picture.width, picture.height};
  pixels.channels = picture.channels;
  const std::ptrdiff_t side_by_side =
      std::ptrdiff_t{picture.width} * picture.channels * kSampleBytes[type];
  pixels.row_bytes = picture.row_bytes == 0 ? side_by_side : picture.row_bytes;
  LATENT_TRY(const colour::Profile profile, profile_of(picture));
  return app::photograph_of(pixels, profile, limits);
}

}  // namespace latent::facade
