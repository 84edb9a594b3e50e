// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <lcms2.h>

#include <array>
#include <cstdint>
#include <vector>

namespace latent::colour {

inline std::vector<std::uint8_t> bytes_of(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  cmsSaveProfileToMem(profile, nullptr, &size);
  std::vector<std::uint8_t> bytes(size);
  cmsSaveProfileToMem(profile, bytes.data(), &size);
  cmsCloseProfile(profile);
  return bytes;
}

/// Another profile, which it closes, as tables from RGB to Lab and back, as printers and scanners
/// have them: `grid` points a side from RGB, `grid_back` from Lab.
inline std::vector<std::uint8_t> table_profile(cmsHPROFILE like, int grid, int grid_back) {
  cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
  cmsSetProfileVersion(profile, 2.1);
  cmsSetDeviceClass(profile, cmsSigOutputClass);
  cmsSetColorSpace(profile, cmsSigRgbData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsHPROFILE lab = cmsCreateLab2Profile(nullptr);
  const auto add = [&](cmsTagSignature tag, cmsHPROFILE from, cmsUInt32Number from_format,
                       cmsHPROFILE to, cmsUInt32Number to_format, int points) {
    cmsHTRANSFORM transform =
        cmsCreateTransform(from, from_format, to, to_format, INTENT_RELATIVE_COLORIMETRIC, 0);
    cmsPipeline* pipeline = cmsPipelineAlloc(nullptr, 3, 3);
    cmsStage* table =
        cmsStageAllocCLut16bit(nullptr, static_cast<cmsUInt32Number>(points), 3, 3, nullptr);
    cmsStageSampleCLut16bit(
        table,
        [](const cmsUInt16Number in[], cmsUInt16Number out[], void* cargo) -> cmsInt32Number {
          cmsDoTransform(cargo, in, out, 1);
          return 1;
        },
        transform, 0);
    cmsPipelineInsertStage(pipeline, cmsAT_BEGIN, table);
    cmsWriteTag(profile, tag, pipeline);
    cmsPipelineFree(pipeline);
    cmsDeleteTransform(transform);
  };
  add(cmsSigAToB0Tag, like, TYPE_RGB_16, lab, TYPE_LabV2_16, grid);
  add(cmsSigBToA0Tag, lab, TYPE_LabV2_16, like, TYPE_RGB_16, grid_back);
  const cmsCIEXYZ white{0.9642, 1.0, 0.8249};
  cmsWriteTag(profile, cmsSigMediaWhitePointTag, &white);
  cmsCloseProfile(like);
  cmsCloseProfile(lab);
  return bytes_of(profile);
}

/// sRGB as such tables.
inline std::vector<std::uint8_t> table_profile() {
  return table_profile(cmsCreate_sRGBProfile(), 17, 17);
}

}  // namespace latent::colour
