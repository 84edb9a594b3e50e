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

/// sRGB as tables from RGB to Lab and back, as printers and scanners have them.
inline std::vector<std::uint8_t> table_profile() {
  cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
  cmsSetProfileVersion(profile, 2.1);
  cmsSetDeviceClass(profile, cmsSigOutputClass);
  cmsSetColorSpace(profile, cmsSigRgbData);
  cmsSetPCS(profile, cmsSigLabData);
  cmsHPROFILE srgb = cmsCreate_sRGBProfile();
  cmsHPROFILE lab = cmsCreateLab2Profile(nullptr);
  const auto add = [&](cmsTagSignature tag, cmsHPROFILE from, cmsUInt32Number from_format,
                       cmsHPROFILE to, cmsUInt32Number to_format) {
    cmsHTRANSFORM transform =
        cmsCreateTransform(from, from_format, to, to_format, INTENT_RELATIVE_COLORIMETRIC, 0);
    cmsPipeline* pipeline = cmsPipelineAlloc(nullptr, 3, 3);
    cmsStage* grid = cmsStageAllocCLut16bit(nullptr, 17, 3, 3, nullptr);
    cmsStageSampleCLut16bit(
        grid,
        [](const cmsUInt16Number in[], cmsUInt16Number out[], void* cargo) -> cmsInt32Number {
          cmsDoTransform(cargo, in, out, 1);
          return 1;
        },
        transform, 0);
    cmsPipelineInsertStage(pipeline, cmsAT_BEGIN, grid);
    cmsWriteTag(profile, tag, pipeline);
    cmsPipelineFree(pipeline);
    cmsDeleteTransform(transform);
  };
  add(cmsSigAToB0Tag, srgb, TYPE_RGB_16, lab, TYPE_LabV2_16);
  add(cmsSigBToA0Tag, lab, TYPE_LabV2_16, srgb, TYPE_RGB_16);
  const cmsCIEXYZ white{0.9642, 1.0, 0.8249};
  cmsWriteTag(profile, cmsSigMediaWhitePointTag, &white);
  cmsCloseProfile(srgb);
  cmsCloseProfile(lab);
  return bytes_of(profile);
}

}  // namespace latent::colour
