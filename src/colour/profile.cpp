// SPDX-License-Identifier: GPL-3.0-or-later
#include "colour/profile.h"

#include <lcms2.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/path.h"
#include "colour/lcms.h"
#include "colour/profile_state.h"

namespace latent::colour {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;
constexpr const char* kNames = "srgb, adobergb, displayp3, rec2020, prophoto, or an .icc file";

constexpr Primaries kRec709{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, {0.3127, 0.3290}};
constexpr Primaries kAdobe{{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, {0.3127, 0.3290}};
constexpr Primaries kP3{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.3127, 0.3290}};
constexpr Primaries kRec2020{{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, {0.3127, 0.3290}};
constexpr Primaries kRomm{{0.7347, 0.2653}, {0.1596, 0.8404}, {0.0366, 0.0001}, {0.3457, 0.3585}};

/// Parameters of ICC type 3: y = (a x + b)^g above d, e x below.
constexpr double kSrgbCurve[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};

struct Recipe {
  const char* description;
  const Primaries* primaries;  ///< absent for grey
  double gamma;                ///< 0: the curve of sRGB
};

Recipe recipe_of(NamedProfile name) {
  switch (name) {
    case NamedProfile::Srgb:
      return {"sRGB", &kRec709, 0};
    case NamedProfile::AdobeRgb:
      return {"Adobe RGB (1998) compatible", &kAdobe, 563.0 / 256};
    case NamedProfile::DisplayP3:
      return {"Display P3", &kP3, 0};
    case NamedProfile::Rec2020:
      return {"Rec. 2020, sRGB curve", &kRec2020, 0};
    case NamedProfile::ProPhoto:
      return {"ROMM RGB (ProPhoto), gamma 1.8", &kRomm, 461.0 / 256};
    case NamedProfile::LinearRec2020:
      return {"Rec. 2020, linear", &kRec2020, 1};
    case NamedProfile::LinearSrgb:
      return {"sRGB primaries, linear", &kRec709, 1};
    case NamedProfile::Grey:
      return {"Grey, sRGB curve", nullptr, 0};
    case NamedProfile::LinearGrey:
      return {"Grey, linear", nullptr, 1};
  }
  return {"sRGB", &kRec709, 0};
}

LcmsCurve curve_of(cmsContext context, double gamma) {
  return LcmsCurve(gamma > 0 ? cmsBuildGamma(context, gamma)
                             : cmsBuildParametricToneCurve(context, 4, kSrgbCurve));
}

void describe(cmsContext context, cmsHPROFILE profile, const char* description) {
  const LcmsText text(cmsMLUalloc(context, 1));
  const LcmsText rights(cmsMLUalloc(context, 1));
  if (!text || !rights) return;
  cmsMLUsetASCII(text.get(), "en", "US", description);
  cmsMLUsetASCII(rights.get(), "en", "US", "Public domain");
  cmsWriteTag(profile, cmsSigProfileDescriptionTag, text.get());
  cmsWriteTag(profile, cmsSigCopyrightTag, rights.get());
}

/// The file of a profile, version 2 for the widest support, without the time of day in it.
std::vector<std::uint8_t> saved(cmsHPROFILE profile) {
  cmsSetProfileVersion(profile, 2.1);
  cmsUInt32Number size = 0;
  if (cmsSaveProfileToMem(profile, nullptr, &size) == 0) return {};
  std::vector<std::uint8_t> bytes(size);
  if (cmsSaveProfileToMem(profile, bytes.data(), &size) == 0) return {};
  constexpr std::uint8_t kDate[12] = {0x07, 0xea, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0};  // 2026-01-01
  std::copy(std::begin(kDate), std::end(kDate), bytes.begin() + 24);
  std::fill_n(bytes.begin() + 84, 16, std::uint8_t{0});  // the hash of version 4
  return bytes;
}

std::vector<std::uint8_t> made(const Recipe& recipe) {
  const LcmsContext context;
  const LcmsCurve curve = curve_of(context.get(), recipe.gamma);
  if (!curve) return {};
  LcmsProfile profile;
  if (recipe.primaries == nullptr) {
    profile.reset(cmsCreateGrayProfileTHR(context.get(), cmsD50_xyY(), curve.get()));
  } else {
    const Primaries& p = *recipe.primaries;
    const cmsCIExyY white{p.white[0], p.white[1], 1};
    const cmsCIExyYTRIPLE triple{
        {p.red[0], p.red[1], 1}, {p.green[0], p.green[1], 1}, {p.blue[0], p.blue[1], 1}};
    cmsToneCurve* curves[3] = {curve.get(), curve.get(), curve.get()};
    profile.reset(cmsCreateRGBProfileTHR(context.get(), &white, &triple, curves));
  }
  if (!profile) return {};
  describe(context.get(), profile.get(), recipe.description);
  return saved(profile.get());
}

/// The curve of a channel, or nothing where its tag is damaged or no curve goes that way.
std::optional<Curve> read_curve(cmsHPROFILE profile, cmsTagSignature tag) {
  const auto* curve = static_cast<const cmsToneCurve*>(cmsReadTag(profile, tag));
  if (curve == nullptr) return std::nullopt;
  const int type = cmsGetToneCurveParametricType(curve);
  Curve result;
  const cmsFloat64Number* q = type != 0 ? cmsGetToneCurveParams(curve) : nullptr;
  if (type == 0 || q == nullptr) {
    const cmsUInt32Number count = cmsGetToneCurveEstimatedTableEntries(curve);
    const cmsUInt16Number* entries = cmsGetToneCurveEstimatedTable(curve);
    result = Curve::table({entries, entries + count});
  } else if (type == 1) {  // lcms2's numbers are ICC's plus one
    result = Curve::gamma(q[0]);
  } else if (type == 2) {
    result = Curve::parametric({q[0], q[1], q[2], 0, -q[2] / q[1], 0, 0});
  } else if (type == 3) {
    result = Curve::parametric({q[0], q[1], q[2], q[3], -q[2] / q[1], 0, q[3]});
  } else if (type == 4) {
    result = Curve::parametric({q[0], q[1], q[2], 0, q[4], q[3], 0});
  } else if (type == 5) {
    result = Curve::parametric({q[0], q[1], q[2], q[5], q[4], q[3], q[6]});
  } else {
    return std::nullopt;
  }
  if (!result.ok()) return std::nullopt;
  return result;
}

double determinant(const Matrix3d& m) {
  return m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) +
         m[2] * (m[3] * m[7] - m[4] * m[6]);
}

/// Files round their colorants to 16 bits: white is put back where it must be, so that grey stays
/// grey and the way back is the inverse of the way there.
void whiten(Matrix3d& to_xyz) {
  constexpr std::array<double, 3> kD50{0.9642, 1.0, 0.8249};
  for (std::size_t row = 0; row < 3; ++row) {
    const double sum = to_xyz[3 * row] + to_xyz[3 * row + 1] + to_xyz[3 * row + 2];
    if (!(std::fabs(sum / kD50[row] - 1) < 5e-3)) continue;
    for (std::size_t column = 0; column < 3; ++column) to_xyz[3 * row + column] *= kD50[row] / sum;
  }
}

/// Curves and matrix, where the profile is made of them and nothing else.
std::optional<Shaper> read_shaper(cmsHPROFILE profile, int channels) {
  for (const cmsTagSignature table : {cmsSigAToB0Tag, cmsSigAToB1Tag}) {
    if (cmsIsTag(profile, table) != 0) return std::nullopt;
  }
  Shaper shaper;
  if (channels == 1) {
    const auto curve = read_curve(profile, cmsSigGrayTRCTag);
    if (!curve) return std::nullopt;
    shaper.curves[0] = *curve;
    return shaper;
  }
  constexpr cmsTagSignature kCurves[] = {cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag};
  constexpr cmsTagSignature kColorants[] = {cmsSigRedColorantTag, cmsSigGreenColorantTag,
                                            cmsSigBlueColorantTag};
  for (std::size_t c = 0; c < 3; ++c) {
    const auto curve = read_curve(profile, kCurves[c]);
    const auto* xyz = static_cast<const cmsCIEXYZ*>(cmsReadTag(profile, kColorants[c]));
    if (!curve || xyz == nullptr) return std::nullopt;
    shaper.curves[c] = *curve;
    shaper.to_xyz[c] = xyz->X;
    shaper.to_xyz[3 + c] = xyz->Y;
    shaper.to_xyz[6 + c] = xyz->Z;
  }
  whiten(shaper.to_xyz);
  const double volume = std::fabs(determinant(shaper.to_xyz));
  if (!(volume > 1e-4) || !(volume < 1e3)) return std::nullopt;
  return shaper;
}

std::string description_of(cmsHPROFILE profile) {
  char text[256] = {};
  cmsGetProfileInfoASCII(profile, cmsInfoDescription, "en", "US", text, sizeof text - 1);
  return *text == '\0' ? "unnamed profile" : printable(text);
}

}  // namespace

Result<Profile> Profile::from_icc(std::span<const std::uint8_t> icc) {
  if (icc.size() < kHeaderBytes + 4 || std::memcmp(icc.data() + 36, "acsp", 4) != 0) {
    return fail(ErrorCode::Corrupt, "is no ICC profile");
  }
  if (icc.size() > kMostBytes) return fail(ErrorCode::Corrupt, "is too large for an ICC profile");
  const LcmsContext context;
  const LcmsProfile profile(cmsOpenProfileFromMemTHR(context.get(), icc.data(),
                                                     static_cast<cmsUInt32Number>(icc.size())));
  if (!profile) return fail(ErrorCode::Corrupt, "is a damaged ICC profile");
  const cmsColorSpaceSignature space = cmsGetColorSpace(profile.get());
  const cmsProfileClassSignature kind = cmsGetDeviceClass(profile.get());
  if ((space != cmsSigRgbData && space != cmsSigGrayData) || kind == cmsSigLinkClass ||
      kind == cmsSigAbstractClass || kind == cmsSigNamedColorClass) {
    return fail(ErrorCode::Unsupported, "is an ICC profile for something else than RGB or grey");
  }
  State state;
  state.icc.assign(icc.begin(), icc.end());
  state.channels = space == cmsSigGrayData ? 1 : 3;
  state.description = description_of(profile.get());
  state.shaper = read_shaper(profile.get(), state.channels);
  if (!state.shaper && !connects(context.get(), profile.get(), state.channels)) {
    return fail(ErrorCode::Corrupt, "is an ICC profile whose tables are damaged");
  }
  return Profile(std::make_shared<const State>(std::move(state)));
}

Profile Profile::named(NamedProfile name) {
  const Recipe recipe = recipe_of(name);
  State state;
  state.icc = made(recipe);
  state.channels = recipe.primaries == nullptr ? 1 : 3;
  state.description = recipe.description;
  const LcmsContext context;
  const LcmsProfile profile(cmsOpenProfileFromMemTHR(
      context.get(), state.icc.data(), static_cast<cmsUInt32Number>(state.icc.size())));
  if (profile) state.shaper = read_shaper(profile.get(), state.channels);
  return Profile(std::make_shared<const State>(std::move(state)));
}

Result<Profile> Profile::from_primaries(const Primaries& primaries, double gamma) {
  if (!(gamma >= 0.1 && gamma <= 10)) {
    return fail(ErrorCode::Corrupt, "states a gamma that is none");
  }
  for (const double* point : {primaries.red, primaries.green, primaries.blue, primaries.white}) {
    // Imaginary primaries are used (ACES), wild ones are damage.
    if (!(std::fabs(point[0]) < 4) || !(std::fabs(point[1]) < 4)) {
      return fail(ErrorCode::Corrupt, "states primaries that are none");
    }
  }
  const std::vector<std::uint8_t> icc = made({"From the file's primaries", &primaries, gamma});
  if (icc.empty()) return fail(ErrorCode::Corrupt, "states primaries that span no triangle");
  return from_icc(icc);
}

Result<Profile> Profile::parse(std::string_view word) {
  constexpr std::pair<std::string_view, NamedProfile> kWords[] = {
      {"srgb", NamedProfile::Srgb},
      {"adobergb", NamedProfile::AdobeRgb},
      {"displayp3", NamedProfile::DisplayP3},
      {"rec2020", NamedProfile::Rec2020},
      {"prophoto", NamedProfile::ProPhoto}};
  for (const auto& [name, profile] : kWords) {
    if (word == name) return named(profile);
  }
  const fs::path path(word);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return fail(ErrorCode::Usage, quoted(path) + " is no profile: use " + kNames);
  }
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes;
  const std::uintmax_t size = fs::file_size(path, ignored);
  if (!file || ignored || size > kMostBytes) {
    return fail(ErrorCode::Corrupt,
                quoted(path) + " cannot be read as an ICC profile: use " + kNames);
  }
  bytes.assign(std::istreambuf_iterator<char>(file), {});
  auto profile = from_icc(bytes);
  if (!profile) {
    return fail(profile.error().code, quoted(path) + " " + profile.error().message);
  }
  return profile;
}

int Profile::channels() const { return state_->channels; }
const std::vector<std::uint8_t>& Profile::icc() const { return state_->icc; }
std::string Profile::description() const { return state_->description; }

bool Profile::is_linear() const {
  if (!state_->shaper) return false;
  const auto& curves = state_->shaper->curves;
  return std::all_of(curves.begin(), curves.begin() + state_->channels,
                     [](const Curve& curve) { return curve.is_linear(); });
}

}  // namespace latent::colour
