// SPDX-License-Identifier: GPL-3.0-or-later
#include "write/tiff_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace latent::write {
namespace {

using testing::ElementsAre;

TEST(TiffDirectory, IsByteForByteAsTiffSixSays) {
  TiffDirectory directory;
  directory.set_ascii(0x0131, "abcdef");
  directory.set_short(0x0100, 7);
  const auto bytes = directory.serialise(100, TiffFlavour::Classic);
  EXPECT_THAT(bytes, ElementsAre(2, 0,                                      // two fields
                                 0x00, 0x01, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0,  // SHORT inside
                                 0x31, 0x01, 2, 0, 7, 0, 0, 0, 130, 0, 0, 0, 0, 0, 0,
                                 0,  // no next directory
                                 'a', 'b', 'c', 'd', 'e', 'f', 0, 0));
}

TEST(TiffDirectory, IsByteForByteAsBigTiffSays) {
  TiffDirectory directory;
  directory.set_offset(0x014a, 0x100000002);
  const auto bytes = directory.serialise(16, TiffFlavour::Big);
  EXPECT_THAT(bytes, ElementsAre(1, 0, 0, 0, 0, 0, 0, 0, 0x4a, 0x01, 16, 0, 1, 0, 0, 0, 0, 0, 0, 0,
                                 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(tiff_header(0x20, TiffFlavour::Big),
              ElementsAre('I', 'I', 43, 0, 8, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(tiff_header(0x20, TiffFlavour::Classic), ElementsAre('I', 'I', 42, 0, 0x20, 0, 0, 0));
}

TEST(TiffDirectory, RefusesWhatIsNoField) {
  TiffDirectory directory;
  const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  EXPECT_TRUE(directory.set(1, 3, 2, bytes));
  EXPECT_FALSE(directory.set(2, 3, 1, bytes));
  EXPECT_FALSE(directory.set(2, 99, 4, bytes));
  EXPECT_FALSE(directory.set(2, 1, 0, {}));
  EXPECT_FALSE(directory.set(2, 12, std::numeric_limits<std::uint64_t>::max() / 4, bytes));
  EXPECT_FALSE(directory.contains(2));
}

TEST(TiffRational, IsTheFractionAPersonWouldWrite) {
  EXPECT_EQ(tiff_rational(0.6461), (TiffRational{6461, 10000}));
  EXPECT_EQ(tiff_rational(static_cast<double>(0.6461F)), (TiffRational{6461, 10000}));
  EXPECT_EQ(tiff_rational(-2.5), (TiffRational{-25, 10}));
  EXPECT_EQ(tiff_rational(0), (TiffRational{0, 1}));
  EXPECT_EQ(tiff_rational(65535), (TiffRational{65535, 1}));
  EXPECT_EQ(tiff_rational(std::numeric_limits<double>::quiet_NaN()), (TiffRational{0, 1}));
}

TEST(TiffRational, IsCloseForEveryValue) {
  for (double value = 1e-4; value < 1e6; value *= 1.37) {
    const auto rational = tiff_rational(value);
    const double back = static_cast<double>(rational.numerator) / rational.denominator;
    EXPECT_NEAR(back / value, 1.0, 1e-5) << value;
  }
}

}  // namespace
}  // namespace latent::write
