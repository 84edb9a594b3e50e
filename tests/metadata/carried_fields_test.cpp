// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/carried_fields.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace latent::metadata {
namespace {

TEST(CarriedFields, WhatIsTrueOfThePhotographTravels) {
  for (const auto tag : std::initializer_list<std::uint16_t>{0x010e, 0x010f, 0x0110, 0x0112, 0x0132,
                                                             0x013b, 0x8298, 0xc4a5}) {
    EXPECT_TRUE(carried_from_image_ifd(tag, false)) << std::hex << tag;
  }
  for (const auto tag :
       std::initializer_list<std::uint16_t>{0x829a, 0x9003, 0x9286, 0xa434, 0xa302}) {
    EXPECT_TRUE(carried_from_photo_ifd(tag)) << std::hex << tag;
  }
}

TEST(CarriedFields, WhatIsTrueOfTheFileStays) {
  for (const auto tag :
       std::initializer_list<std::uint16_t>{0x00fe, 0x0100, 0x0111, 0x0117, 0x0144, 0x014a, 0x0201,
                                            0x02bc, 0x828e, 0x83bb, 0x8769, 0x8825}) {
    EXPECT_FALSE(carried_from_image_ifd(tag, true)) << std::hex << tag;
  }
  for (const auto tag : std::initializer_list<std::uint16_t>{0x927c, 0xa002, 0xa003, 0xa005}) {
    EXPECT_FALSE(carried_from_photo_ifd(tag)) << std::hex << tag;
  }
}

TEST(CarriedFields, DngNumbersMeanWhatTheyMeanInADngOnly) {
  constexpr std::uint16_t kPrivateData = 0xc634;  // SR2Private, a pointer, in a Sony ARW
  EXPECT_TRUE(carried_from_image_ifd(kPrivateData, true));
  EXPECT_FALSE(carried_from_image_ifd(kPrivateData, false));
  EXPECT_FALSE(carried_from_image_ifd(0xc621, true));  // ColorMatrix1 is the writer's
}

TEST(CarriedFields, OnlySonysLensCorrectionsLeaveTheRawIfd) {
  EXPECT_TRUE(carried_from_raw_ifd(0x7037));
  EXPECT_FALSE(carried_from_raw_ifd(0x7010));  // its tone curve, which decoding has applied
  EXPECT_FALSE(carried_from_raw_ifd(0x0100));
}

TEST(CarriedFields, XmpLosesSizesAndThumbnailsWithTheirMembers) {
  EXPECT_FALSE(carried_from_xmp("Xmp.tiff.ImageWidth"));
  EXPECT_FALSE(carried_from_xmp("Xmp.tiff.BitsPerSample[1]"));
  EXPECT_FALSE(carried_from_xmp("Xmp.xmp.Thumbnails[1]/xmpGImg:image"));
  EXPECT_TRUE(carried_from_xmp("Xmp.tiff.ImageWidthOfSomeoneElse"));
  EXPECT_TRUE(carried_from_xmp("Xmp.xmp.Rating"));
  EXPECT_TRUE(carried_from_xmp("Xmp.crs.Exposure2012"));
}

}  // namespace
}  // namespace latent::metadata
