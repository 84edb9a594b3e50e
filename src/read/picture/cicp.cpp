// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/picture/cicp.h"

#include <array>

namespace latent::read {

namespace {

using colour::NamedProfile;
using colour::Primaries;
using colour::Profile;

constexpr int kRec709 = 1;  // primaries; those of sRGB too
constexpr int kRec2020 = 9;
constexpr int kDisplayP3 = 12;

constexpr int kGamma22 = 4;  // transfer
constexpr int kGamma28 = 5;
constexpr int kLinear = 8;
constexpr int kSrgbCurve = 13;
constexpr int kPq = 16;
constexpr int kHlg = 18;

struct Named {
  int primaries;
  int transfer;
  NamedProfile profile;
};

constexpr std::array kNamed{Named{kRec709, kSrgbCurve, NamedProfile::Srgb},
                            Named{kDisplayP3, kSrgbCurve, NamedProfile::DisplayP3},
                            Named{kRec2020, kSrgbCurve, NamedProfile::Rec2020},
                            Named{kRec709, kLinear, NamedProfile::LinearSrgb},
                            Named{kRec2020, kLinear, NamedProfile::LinearRec2020}};

struct Coded {
  int number;
  Primaries primaries;
};

/// H.273, table 2, less those of XYZ, which no camera and no screen has.
constexpr std::array kPrimaries{
    Coded{kRec709, {{0.640, 0.330}, {0.300, 0.600}, {0.150, 0.060}, {0.3127, 0.3290}}},
    Coded{4, {{0.670, 0.330}, {0.210, 0.710}, {0.140, 0.080}, {0.3100, 0.3160}}},  // BT.470 M
    Coded{5, {{0.640, 0.330}, {0.290, 0.600}, {0.150, 0.060}, {0.3127, 0.3290}}},  // BT.470 B, G
    Coded{6, {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, {0.3127, 0.3290}}},  // BT.601
    Coded{7, {{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}, {0.3127, 0.3290}}},  // SMPTE 240M
    Coded{8, {{0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}, {0.3100, 0.3160}}},  // film
    Coded{kRec2020, {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, {0.3127, 0.3290}}},
    Coded{11, {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.3140, 0.3510}}},  // DCI P3
    Coded{kDisplayP3, {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.3127, 0.3290}}},
    Coded{22, {{0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}, {0.3127, 0.3290}}}};  // EBU 3213

std::optional<double> gamma_of(int transfer) {
  switch (transfer) {
    case kGamma22:
      return 2.2;
    case kGamma28:
      return 2.8;
    case kLinear:
      return 1.0;
    default:
      return std::nullopt;
  }
}

std::optional<Profile> of_grey(int transfer) {
  if (transfer == kSrgbCurve) return Profile::named(NamedProfile::Grey);
  if (transfer == kLinear) return Profile::named(NamedProfile::LinearGrey);
  return std::nullopt;
}

}  // namespace

std::optional<Cicp> parse_cicp(std::span<const std::uint8_t> chunk) {
  if (chunk.size() != 4) return std::nullopt;
  return Cicp{chunk[0], chunk[1], chunk[2], chunk[3] == 1};
}

std::optional<Profile> profile_of(const Cicp& cicp, int colours) {
  if (cicp.matrix != 0 || !cicp.full_range) return std::nullopt;
  if (colours == 1) return of_grey(cicp.transfer);
  for (const Named& named : kNamed) {
    if (named.primaries == cicp.primaries && named.transfer == cicp.transfer) {
      return Profile::named(named.profile);
    }
  }
  const auto gamma = gamma_of(cicp.transfer);
  if (!gamma) return std::nullopt;
  for (const Coded& coded : kPrimaries) {
    if (coded.number != cicp.primaries) continue;
    const auto made = Profile::from_primaries(coded.primaries, *gamma);
    if (made) return *made;
  }
  return std::nullopt;
}

const char* hdr_name(const Cicp& cicp) {
  const bool rec2100 = cicp.primaries == kRec2020;
  if (cicp.transfer == kPq) return rec2100 ? "BT.2100 PQ" : "PQ";
  if (cicp.transfer == kHlg) return rec2100 ? "BT.2100 HLG" : "HLG";
  return nullptr;
}

}  // namespace latent::read
