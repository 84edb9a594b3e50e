// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/lcms.h"

#include <lcms2.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/path.h"
#include "colour/icc_tags.h"

namespace latent::colour {

namespace {

constexpr std::size_t kHeader = 128;
constexpr std::size_t kLargest = std::size_t{16} << 20U;
constexpr std::size_t kLongestDescription = 200;
constexpr std::size_t kSrgbEntries = 1024;
constexpr std::size_t kRunPixels = std::size_t{1} << 16U;

struct CloseContext {
  void operator()(void* context) const { cmsDeleteContext(static_cast<cmsContext>(context)); }
};
struct CloseProfile {
  void operator()(void* profile) const { cmsCloseProfile(profile); }
};
struct FreeCurve {
  void operator()(cmsToneCurve* curve) const { cmsFreeToneCurve(curve); }
};
using Context = std::unique_ptr<void, CloseContext>;
using OpenProfile = std::unique_ptr<void, CloseProfile>;
using ToneCurve = std::unique_ptr<cmsToneCurve, FreeCurve>;

/// One that says nothing on stderr: lcms2's own does neither, but a plug-in's might.
Context make_context() {
  Context context(cmsCreateContext(nullptr, nullptr));
  if (context != nullptr) {
    cmsSetLogErrorHandlerTHR(static_cast<cmsContext>(context.get()),
                             [](cmsContext, cmsUInt32Number, const char*) {});
  }
  return context;
}

cmsContext handle(const Context& context) { return static_cast<cmsContext>(context.get()); }

tl::unexpected<Error> out_of_memory() {
  return fail(ErrorCode::TooLarge, "not enough memory for colour management");
}

std::uint32_t big_endian(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t k = at; k < at + 4; ++k) value = value << 8U | bytes[k];
  return value;
}

/// The part that the header says is the profile, after what must hold of any.
Result<std::span<const std::uint8_t>> checked(std::span<const std::uint8_t> icc) {
  if (icc.size() < kHeader + 4 || big_endian(icc, 36) != 0x61637370) {  // "acsp"
    return fail(ErrorCode::Corrupt, "is no ICC profile");
  }
  const std::uint32_t size = big_endian(icc, 0);
  if (size > icc.size() || size < kHeader + 4) {
    return fail(ErrorCode::Corrupt, "is a damaged ICC profile: its size is wrong");
  }
  if (size > kLargest) return fail(ErrorCode::Unsupported, "is an ICC profile above 16 MiB");
  LATENT_CHECK(check_icc_tags(icc.first(size)));
  return icc.first(size);
}

OpenProfile opened(const Context& context, std::span<const std::uint8_t> icc) {
  return OpenProfile(cmsOpenProfileFromMemTHR(handle(context), icc.data(),
                                              static_cast<cmsUInt32Number>(icc.size())));
}

std::string description_of(cmsHPROFILE profile) {
  std::array<wchar_t, kLongestDescription + 1> text{};
  const cmsUInt32Number bytes =
      cmsGetProfileInfo(profile, cmsInfoDescription, "en", "US", text.data(),
                        static_cast<cmsUInt32Number>(kLongestDescription * sizeof(wchar_t)));
  std::string result;
  for (std::size_t k = 0; k < bytes / sizeof(wchar_t) && text[k] != 0; ++k) {
    const auto code = static_cast<std::uint32_t>(text[k]);
    if (code < 0x80) {
      result += static_cast<char>(code);
    } else if (code < 0x800) {
      result += {static_cast<char>(0xC0U | code >> 6U), static_cast<char>(0x80U | (code & 0x3FU))};
    } else if (code < 0xD800 || (code > 0xDFFF && code < 0x10000)) {
      result +=
          {static_cast<char>(0xE0U | code >> 12U), static_cast<char>(0x80U | (code >> 6U & 0x3FU)),
           static_cast<char>(0x80U | (code & 0x3FU))};
    } else {
      result += '?';
    }
  }
  return result.empty() ? "a profile without a name" : printable(result);
}

bool has_tables(cmsHPROFILE profile) {
  constexpr std::array kTags{cmsSigAToB0Tag, cmsSigAToB1Tag, cmsSigAToB2Tag, cmsSigBToA0Tag,
                             cmsSigBToA1Tag, cmsSigBToA2Tag, cmsSigDToB0Tag, cmsSigDToB1Tag,
                             cmsSigDToB2Tag, cmsSigDToB3Tag, cmsSigBToD0Tag, cmsSigBToD1Tag,
                             cmsSigBToD2Tag, cmsSigBToD3Tag};
  return std::any_of(kTags.begin(), kTags.end(),
                     [&](cmsTagSignature tag) { return cmsIsTag(profile, tag) != 0; });
}

std::optional<Curve> curve_of(cmsHPROFILE profile, cmsTagSignature tag) {
  const auto* curve = static_cast<const cmsToneCurve*>(cmsReadTag(profile, tag));
  if (curve == nullptr) return std::nullopt;
  const cmsInt32Number type = cmsGetToneCurveParametricType(curve);
  const cmsFloat64Number* parameters = cmsGetToneCurveParams(curve);
  if (type >= 1 && type <= 5 && parameters != nullptr) {
    return Curve::from_icc_formula(type - 1, {parameters, 7});
  }
  const cmsUInt32Number entries = cmsGetToneCurveEstimatedTableEntries(curve);
  const cmsUInt16Number* table = cmsGetToneCurveEstimatedTable(curve);
  if (table == nullptr) return std::nullopt;
  return Curve::from_table({table, entries});
}

std::optional<Shaper> shaper_of(cmsHPROFILE profile, int channels) {
  if (has_tables(profile) || cmsGetPCS(profile) != cmsSigXYZData) return std::nullopt;
  Shaper shaper;
  if (channels == 1) {
    auto curve = curve_of(profile, cmsSigGrayTRCTag);
    if (!curve) return std::nullopt;
    shaper.curves.push_back(*std::move(curve));
    return shaper;
  }
  constexpr std::array kColorants{cmsSigRedColorantTag, cmsSigGreenColorantTag,
                                  cmsSigBlueColorantTag};
  constexpr std::array kCurves{cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto* colorant = static_cast<const cmsCIEXYZ*>(cmsReadTag(profile, kColorants[c]));
    auto curve = curve_of(profile, kCurves[c]);
    if (colorant == nullptr || !curve) return std::nullopt;
    shaper.curves.push_back(*std::move(curve));
    shaper.to_connection[c] = colorant->X;
    shaper.to_connection[3 + c] = colorant->Y;
    shaper.to_connection[6 + c] = colorant->Z;
  }
  if (!inverted(shaper.to_connection)) return std::nullopt;
  return shaper;
}

Result<int> channels_of(cmsHPROFILE profile) {
  switch (cmsGetDeviceClass(profile)) {
    case cmsSigDisplayClass:
    case cmsSigInputClass:
    case cmsSigOutputClass:
    case cmsSigColorSpaceClass:
      break;
    default:
      return fail(ErrorCode::Unsupported, "is an ICC profile that links or names colours");
  }
  switch (cmsGetColorSpace(profile)) {
    case cmsSigRgbData:
      return 3;
    case cmsSigGrayData:
      return 1;
    case cmsSigCmykData:
      return fail(ErrorCode::Unsupported, "is an ICC profile of CMYK");
    case cmsSigLabData:
      return fail(ErrorCode::Unsupported, "is an ICC profile of Lab");
    default:
      return fail(ErrorCode::Unsupported, "is an ICC profile of neither RGB nor grey");
  }
}

/// A profile that has neither a usable shaper nor tables says nothing of colours.
bool connects(cmsHPROFILE profile) {
  return cmsIsMatrixShaper(profile) != 0 || has_tables(profile) ||
         cmsIsTag(profile, cmsSigGrayTRCTag) != 0;
}

ToneCurve make_curve(const Context& context, double gamma) {
  if (gamma > 0) return ToneCurve(cmsBuildGamma(handle(context), gamma));
  std::vector<float> samples(kSrgbEntries);
  for (std::size_t i = 0; i < kSrgbEntries; ++i) {
    samples[i] = static_cast<float>(i) / static_cast<float>(kSrgbEntries - 1);
  }
  Curve::srgb().to_light(samples.data(), samples.size());
  std::vector<cmsUInt16Number> table;
  for (const float sample : samples) {
    table.push_back(static_cast<cmsUInt16Number>(std::lround(sample * 65535.0F)));
  }
  return ToneCurve(cmsBuildTabulatedToneCurve16(handle(context), kSrgbEntries, table.data()));
}

bool write_text(const Context& context, cmsHPROFILE profile, cmsTagSignature tag,
                const std::string& text) {
  cmsMLU* translations = cmsMLUalloc(handle(context), 1);
  const bool written = translations != nullptr &&
                       cmsMLUsetASCII(translations, "en", "US", text.c_str()) != 0 &&
                       cmsWriteTag(profile, tag, translations) != 0;
  cmsMLUfree(translations);
  return written;
}

bool write_colours(cmsHPROFILE profile, const ProfileRecipe& recipe, const cmsToneCurve* curve) {
  const cmsCIEXYZ white{kConnectionWhite[0], kConnectionWhite[1], kConnectionWhite[2]};
  bool written = cmsWriteTag(profile, cmsSigMediaWhitePointTag, &white) != 0;
  if (!recipe.to_connection) return written && cmsWriteTag(profile, cmsSigGrayTRCTag, curve) != 0;
  const Matrix3d& m = *recipe.to_connection;
  const std::array colorants{cmsCIEXYZ{m[0], m[3], m[6]}, cmsCIEXYZ{m[1], m[4], m[7]},
                             cmsCIEXYZ{m[2], m[5], m[8]}};
  written = written && cmsWriteTag(profile, cmsSigRedColorantTag, colorants.data()) != 0;
  written = written && cmsWriteTag(profile, cmsSigGreenColorantTag, &colorants[1]) != 0;
  written = written && cmsWriteTag(profile, cmsSigBlueColorantTag, &colorants[2]) != 0;
  written = written && cmsWriteTag(profile, cmsSigRedTRCTag, curve) != 0;
  written = written && cmsLinkTag(profile, cmsSigGreenTRCTag, cmsSigRedTRCTag) != 0;
  return written && cmsLinkTag(profile, cmsSigBlueTRCTag, cmsSigRedTRCTag) != 0;
}

/// The bytes, with a date that is always the same.
std::vector<std::uint8_t> saved(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  if (cmsSaveProfileToMem(profile, nullptr, &size) == 0) return {};
  std::vector<std::uint8_t> bytes(size);
  if (cmsSaveProfileToMem(profile, bytes.data(), &size) == 0) return {};
  constexpr std::array<std::uint8_t, 12> kDate{7, 0xE8, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};  // 2024
  std::copy(kDate.begin(), kDate.end(), bytes.begin() + 24);
  return bytes;
}

cmsUInt32Number sample_format(int channels) {
  return channels == 1 ? static_cast<cmsUInt32Number>(TYPE_GRAY_FLT)
                       : static_cast<cmsUInt32Number>(TYPE_RGB_FLT);
}

}  // namespace

Result<ParsedProfile> parse_icc(std::span<const std::uint8_t> icc) {
  LATENT_TRY(const auto bytes, checked(icc));
  const Context context = make_context();
  if (context == nullptr) return out_of_memory();
  const OpenProfile profile = opened(context, bytes);
  if (profile == nullptr) return fail(ErrorCode::Corrupt, "is a damaged ICC profile");
  ParsedProfile parsed;
  LATENT_TRY(parsed.channels, channels_of(profile.get()));
  if (!connects(profile.get())) {
    return fail(ErrorCode::Corrupt, "is an ICC profile that lacks its curves or colours");
  }
  parsed.shaper = shaper_of(profile.get(), parsed.channels);
  parsed.description = description_of(profile.get());
  return parsed;
}

Result<std::vector<std::uint8_t>> build_icc(const ProfileRecipe& recipe) {
  const Context context = make_context();
  if (context == nullptr) return out_of_memory();
  const OpenProfile profile(cmsCreateProfilePlaceholder(handle(context)));
  const double rounded = std::round(recipe.gamma * 256.0) / 256.0;
  const bool version2 = std::abs(rounded - recipe.gamma) <= 1e-3 * recipe.gamma;
  const ToneCurve curve = make_curve(context, recipe.gamma);
  if (profile == nullptr || curve == nullptr) return out_of_memory();
  cmsSetProfileVersion(profile.get(), version2 ? 2.1 : 4.3);
  cmsSetDeviceClass(profile.get(), cmsSigDisplayClass);
  cmsSetColorSpace(profile.get(), recipe.to_connection ? cmsSigRgbData : cmsSigGrayData);
  cmsSetPCS(profile.get(), cmsSigXYZData);
  cmsSetHeaderRenderingIntent(profile.get(), INTENT_RELATIVE_COLORIMETRIC);
  if (!write_text(context, profile.get(), cmsSigProfileDescriptionTag, recipe.description) ||
      !write_text(context, profile.get(), cmsSigCopyrightTag, "No copyright, use freely") ||
      !write_colours(profile.get(), recipe, curve.get())) {
    return out_of_memory();
  }
  std::vector<std::uint8_t> bytes = saved(profile.get());
  if (bytes.empty()) return out_of_memory();
  return bytes;
}

Result<std::unique_ptr<LcmsTransform>> LcmsTransform::create(std::span<const std::uint8_t> from,
                                                             int from_channels,
                                                             std::span<const std::uint8_t> to,
                                                             int to_channels) {
  Context context = make_context();
  if (context == nullptr) return out_of_memory();
  const OpenProfile source = opened(context, from);
  const OpenProfile destination = opened(context, to);
  cmsHTRANSFORM transform = nullptr;
  if (source != nullptr && destination != nullptr) {
    transform =
        cmsCreateTransformTHR(handle(context), source.get(), sample_format(from_channels),
                              destination.get(), sample_format(to_channels),
                              INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOCACHE | cmsFLAGS_NOOPTIMIZE);
  }
  if (transform == nullptr) {
    return fail(ErrorCode::Unsupported,
                "colours cannot be brought from the one profile to the other");
  }
  std::unique_ptr<LcmsTransform> result(new LcmsTransform);  // NOLINT: the constructor is private
  result->context_ = context.release();
  result->transform_ = transform;
  return result;
}

LcmsTransform::~LcmsTransform() {
  if (transform_ != nullptr) cmsDeleteTransform(transform_);
  if (context_ != nullptr) cmsDeleteContext(static_cast<cmsContext>(context_));
}

void LcmsTransform::apply(const float* in, float* out, std::size_t pixels) const {
  const auto in_channels =
      static_cast<std::size_t>(T_CHANNELS(cmsGetTransformInputFormat(transform_)));
  const auto out_channels =
      static_cast<std::size_t>(T_CHANNELS(cmsGetTransformOutputFormat(transform_)));
  for (std::size_t begin = 0; begin < pixels; begin += kRunPixels) {
    cmsDoTransform(transform_, in + begin * in_channels, out + begin * out_channels,
                   static_cast<cmsUInt32Number>(std::min(kRunPixels, pixels - begin)));
  }
}

}  // namespace latent::colour
