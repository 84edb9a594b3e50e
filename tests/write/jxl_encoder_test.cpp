// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <jxl/decode.h>
#include <jxl/decode_cxx.h>

#include <fstream>
#include <iterator>

#include "picture_fixture.h"

namespace latent::write {
namespace {

namespace fs = std::filesystem;

template <class Sample>
struct Decoded {
  JxlBasicInfo info{};
  std::vector<std::uint8_t> icc;
  Image<Sample> picture;
};

template <class Sample>
Decoded<Sample> read_jxl(const fs::path& path) {
  Decoded<Sample> result;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(file), {});
  const auto decoder = JxlDecoderMake(nullptr);
  JxlDecoderSubscribeEvents(decoder.get(),
                            JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE);
  JxlDecoderSetKeepOrientation(decoder.get(), JXL_TRUE);
  JxlDecoderSetInput(decoder.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()),
                     bytes.size());
  JxlDecoderCloseInput(decoder.get());
  JxlPixelFormat format{0,
                        sizeof(Sample) == 1   ? JXL_TYPE_UINT8
                        : sizeof(Sample) == 2 ? JXL_TYPE_UINT16
                                              : JXL_TYPE_FLOAT,
                        JXL_NATIVE_ENDIAN, 0};
  for (;;) {
    const JxlDecoderStatus status = JxlDecoderProcessInput(decoder.get());
    if (status == JXL_DEC_BASIC_INFO) {
      JxlDecoderGetBasicInfo(decoder.get(), &result.info);
      format.num_channels = result.info.num_color_channels + (result.info.alpha_bits != 0 ? 1 : 0);
    } else if (status == JXL_DEC_COLOR_ENCODING) {
      std::size_t size = 0;
      JxlDecoderGetICCProfileSize(decoder.get(), &format, JXL_COLOR_PROFILE_TARGET_ORIGINAL, &size);
      result.icc.resize(size);
      JxlDecoderGetColorAsICCProfile(decoder.get(), &format, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                     result.icc.data(), size);
    } else if (status == JXL_DEC_NEED_IMAGE_OUT_BUFFER) {
      result.picture = Image<Sample>::create({static_cast<int>(result.info.xsize),
                                              static_cast<int>(result.info.ysize)},
                                             static_cast<int>(format.num_channels))
                           .value();
      std::size_t size = 0;
      JxlDecoderImageOutBufferSize(decoder.get(), &format, &size);
      JxlDecoderSetImageOutBuffer(decoder.get(), &format, result.picture.view().data(), size);
    } else if (status != JXL_DEC_FULL_IMAGE) {
      EXPECT_EQ(status, JXL_DEC_SUCCESS);
      return result;
    }
  }
}

class JxlEncoderTest : public PictureWriterTest {
 protected:
  template <class Sample>
  void round_trip(int channels) {
    SCOPED_TRACE(std::to_string(channels) + " channels of " + std::to_string(sizeof(Sample)));
    const auto picture = scene<Sample>({300, 270}, channels);
    PictureHeader header = header_of(picture);
    header.icc = header.colours == 3 ? rec2020_icc(2.2) : grey_icc();
    header.orientation = 6;
    const auto warnings = write("a.jxl", picture, header);
    ASSERT_TRUE(warnings) << warnings.error().sentence;
    EXPECT_THAT(*warnings, testing::IsEmpty());
    const auto back = read_jxl<Sample>(folder_ / "a.jxl");
    expect_same<Sample>(back.picture.view(), picture.view());
    EXPECT_EQ(back.icc, header.icc);
    EXPECT_EQ(back.info.bits_per_sample, sizeof(Sample) * 8);
    EXPECT_EQ(back.info.orientation, JXL_ORIENT_ROTATE_90_CW);
    EXPECT_EQ(back.info.alpha_premultiplied, JXL_FALSE);
  }
};

TEST_F(JxlEncoderTest, EveryDepthComesBackWithoutLossWithAndWithoutColourAndAlpha) {
  for (const int channels : {1, 2, 3, 4}) {
    options_.threads = channels;
    round_trip<std::uint8_t>(channels);
    round_trip<std::uint16_t>(channels);
    round_trip<float>(channels);
  }
}

TEST_F(JxlEncoderTest, AssociatedAlphaIsDivided) {
  auto picture = Image<float>::create({2, 1}, 2).value();
  const std::vector<float> associated{-0.25F, 0.5F, 3.0F, 0.0F};
  std::copy(associated.begin(), associated.end(), picture.view().row(0).begin());
  PictureHeader header = header_of(picture);
  header.alpha_associated = true;
  const auto warnings = write("a.jxl", picture, header);
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, testing::ElementsAre(testing::HasSubstr("divided by alpha")));
  const auto back = read_jxl<float>(folder_ / "a.jxl");
  const auto row = back.picture.view().row(0);
  EXPECT_THAT(std::vector<float>(row.begin(), row.end()),
              testing::ElementsAre(-0.5F, 0.5F, 3.0F, 0.0F));
}

TEST_F(JxlEncoderTest, WithoutAProfileItIsSrgb) {
  const auto picture = scene<std::uint16_t>({40, 30}, 3);
  ASSERT_TRUE(write("a.jxl", picture, header_of(picture)));
  const auto back = read_jxl<std::uint16_t>(folder_ / "a.jxl");
  expect_same<std::uint16_t>(back.picture.view(), picture.view());
}

}  // namespace
}  // namespace latent::write
