// SPDX-License-Identifier: GPL-3.0-or-later
// OpenEXR pictures, written by the library's own writer.
#include <ImfChannelList.h>
#include <ImfDeepScanLineOutputFile.h>
#include <ImfFrameBuffer.h>
#include <ImfMultiPartOutputFile.h>
#include <ImfOutputFile.h>
#include <ImfOutputPart.h>
#include <ImfPartType.h>
#include <ImfStandardAttributes.h>
#include <ImfStringAttribute.h>
#include <ImfTiledOutputFile.h>
#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "colour/profile.h"
#include "generated_pictures.h"
#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using ::testing::HasSubstr;

constexpr int kWidth = 45;
constexpr int kHeight = 33;

struct Exr {
  std::vector<std::string> channels{"R", "G", "B"};
  Imf::PixelType type = Imf::HALF;
  Imf::Compression compression = Imf::ZIP_COMPRESSION;
  bool tiled = false;
  Imath::V2i corner{0, 0};  ///< of the data window
  bool has_chromaticities = false;
  std::string xmp;
};

/// Values that a half float holds exactly.
float value_at(int x, int y, std::size_t channel) {
  return static_cast<float>(x * 2 + y * 32 + static_cast<int>(channel)) / 16 - 2;
}

std::vector<float> values(std::size_t channels) {
  std::vector<float> all;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      for (std::size_t c = 0; c < channels; ++c) all.push_back(value_at(x, y, c));
    }
  }
  return all;
}

Imf::Header header_of(const Exr& exr) {
  const Imath::Box2i window(exr.corner, exr.corner + Imath::V2i(kWidth - 1, kHeight - 1));
  Imf::Header header(Imath::Box2i({0, 0}, {kWidth - 1, kHeight - 1}), window);
  header.compression() = exr.compression;
  for (const auto& name : exr.channels) header.channels().insert(name, Imf::Channel(exr.type));
  if (exr.has_chromaticities) {
    Imf::addChromaticities(header, Imf::Chromaticities({0.708F, 0.292F}, {0.17F, 0.797F},
                                                       {0.131F, 0.046F}, {0.3127F, 0.329F}));
  }
  if (!exr.xmp.empty()) header.insert("xmp", Imf::StringAttribute(exr.xmp));
  Imf::addXDensity(header, 200);
  return header;
}

/// Samples of any of the three types, [height, width, channels].
class Samples {
 public:
  Samples(const Exr& exr, const std::vector<float>& from)
      : exr_(exr), bytes_(from.size() * size()) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      std::uint8_t* to = &bytes_[i * size()];
      if (exr.type == Imf::HALF) {
        const half value(from[i]);
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&value), size(), to);
      } else if (exr.type == Imf::FLOAT) {
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&from[i]), size(), to);
      } else {
        const auto value = static_cast<unsigned>(std::max(0.0F, from[i]));
        std::copy_n(reinterpret_cast<const std::uint8_t*>(&value), size(), to);
      }
    }
  }

  [[nodiscard]] Imf::FrameBuffer frame(const Imath::Box2i& window) {
    Imf::FrameBuffer buffer;
    const std::size_t pixel = size() * exr_.channels.size();
    for (std::size_t c = 0; c < exr_.channels.size(); ++c) {
      buffer.insert(exr_.channels[c], Imf::Slice::Make(exr_.type, &bytes_[c * size()], window,
                                                       pixel, pixel * kWidth));
    }
    return buffer;
  }

 private:
  [[nodiscard]] std::size_t size() const { return exr_.type == Imf::HALF ? 2 : 4; }

  Exr exr_;
  std::vector<std::uint8_t> bytes_;
};

std::filesystem::path write(const std::string& name, const Exr& exr,
                            const std::vector<float>& from) {
  const auto path = test::write_file(name, {});
  Samples samples(exr, from);
  Imf::Header header = header_of(exr);
  if (exr.tiled) {
    header.setTileDescription(Imf::TileDescription(16, 8, Imf::MIPMAP_LEVELS));
    Imf::TiledOutputFile file(path.c_str(), header);
    file.setFrameBuffer(samples.frame(header.dataWindow()));
    for (int level = 0; level < file.numLevels(); ++level) {
      file.writeTiles(0, file.numXTiles(level) - 1, 0, file.numYTiles(level) - 1, level);
    }
  } else {
    Imf::OutputFile file(path.c_str(), header);
    file.setFrameBuffer(samples.frame(header.dataWindow()));
    file.writePixels(kHeight);
  }
  return path;
}

std::vector<std::uint8_t> bytes_of(const std::vector<float>& from) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(from.data());
  return {bytes, bytes + from.size() * sizeof(float)};
}

Picture opened(const std::filesystem::path& path) {
  auto picture = open_picture(path);
  EXPECT_TRUE(picture) << picture.error().sentence;
  return picture ? *std::move(picture) : Picture{};
}

TEST(PictureExr, HalfAndFloatInEveryCompressionAndLayout) {
  for (const auto compression : {Imf::NO_COMPRESSION, Imf::RLE_COMPRESSION, Imf::ZIPS_COMPRESSION,
                                 Imf::ZIP_COMPRESSION, Imf::PIZ_COMPRESSION}) {
    for (const auto type : {Imf::HALF, Imf::FLOAT}) {
      for (const bool tiled : {false, true}) {
        Exr exr;
        exr.compression = compression;
        exr.type = type;
        exr.tiled = tiled;
        const Picture picture = opened(write("a.exr", exr, values(3)));
        EXPECT_EQ(picture.format, "OpenEXR");
        EXPECT_EQ(test::largest_difference(picture, bytes_of(values(3))), 0);
        EXPECT_TRUE(picture.warnings.empty());
        EXPECT_EQ(picture.resolution.x, 200);
        EXPECT_TRUE(test::same_profile(
            picture.icc, colour::Profile::named(colour::NamedProfile::LinearSrgb).icc()));
      }
    }
  }
}

TEST(PictureExr, FlatPicturesAreReadInEveryCompressionHoweverSmallTheyAre) {
  constexpr int kSide = 1500;
  for (const auto type : {Imf::HALF, Imf::FLOAT}) {
    for (int compression = 0; compression < Imf::NUM_COMPRESSION_METHODS; ++compression) {
      const auto path = test::write_file("flat.exr", {});
      Imf::Header header(kSide, kSide);
      header.compression() = static_cast<Imf::Compression>(compression);
      for (const char* name : {"R", "G", "B", "A"})
        header.channels().insert(name, Imf::Channel(type));
      {
        Imf::OutputFile file(path.c_str(), header);
        std::vector<float> black(kSide);  // one row for all, whatever the type
        Imf::FrameBuffer frame;
        for (const char* name : {"R", "G", "B", "A"}) {
          frame.insert(name,
                       Imf::Slice(type, reinterpret_cast<char*>(black.data()), sizeof(float), 0));
        }
        file.setFrameBuffer(frame);
        file.writePixels(kSide);
      }
      const Picture picture = opened(path);
      EXPECT_EQ(picture.size(), (Size{kSide, kSide})) << compression;
    }
  }
}

TEST(PictureExr, AlphaIsAssociatedAndGreyIsOneChannel) {
  Exr exr;
  exr.channels = {"R", "G", "B", "A"};
  Picture picture = opened(write("rgba.exr", exr, values(4)));
  EXPECT_TRUE(picture.alpha && picture.alpha_associated);
  EXPECT_EQ(test::largest_difference(picture, bytes_of(values(4))), 0);
  exr.channels = {"Y"};
  picture = opened(write("y.exr", exr, values(1)));
  EXPECT_EQ(picture.colours, 1);
  EXPECT_TRUE(test::same_profile(picture.icc,
                                 colour::Profile::named(colour::NamedProfile::LinearGrey).icc()));
}

TEST(PictureExr, ChromaticitiesBecomeAProfile) {
  Exr exr;
  exr.has_chromaticities = true;
  const Picture picture = opened(write("wide.exr", exr, values(3)));
  EXPECT_FALSE(test::same_profile(picture.icc,
                                  colour::Profile::named(colour::NamedProfile::LinearSrgb).icc()));
  EXPECT_FALSE(picture.icc_from_file);
}

TEST(PictureExr, TheOrientationIsThatOfItsXmp) {
  Exr exr;
  EXPECT_EQ(opened(write("upright.exr", exr, values(3))).orientation, 1);
  exr.xmp =
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
      "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
      "xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" tiff:Orientation=\"6\"/></rdf:RDF>"
      "</x:xmpmeta>";
  const auto path = write("turned.exr", exr, values(3));
  EXPECT_EQ(opened(path).orientation, 6);
  const auto facts = inspect_picture(path);
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->orientation, 6);
}

TEST(PictureExr, ADataWindowElsewhereIsRead) {
  Exr exr;
  exr.corner = {-7, 12};
  const Picture picture = opened(write("window.exr", exr, values(3)));
  EXPECT_EQ(test::largest_difference(picture, bytes_of(values(3))), 0);
  EXPECT_TRUE(picture.warnings.empty());  // whether a result keeps its place is told of that
}

TEST(PictureExr, WholeNumbersAndFurtherChannelsAreNamed) {
  Exr exr;
  exr.type = Imf::UINT;
  exr.channels = {"R", "G", "B", "Z"};
  const Picture picture = opened(write("uint.exr", exr, values(4)));
  EXPECT_EQ(picture.channels(), 3);
  const auto& image = std::get<Image<float>>(picture.samples);
  EXPECT_EQ(image.view().at(40, 20, 1), std::floor(value_at(40, 20, 1)));
  EXPECT_EQ(picture.warnings.size(), 2U);
}

TEST(PictureExr, NanAndInfinityAreMendedWithAWord) {
  Exr exr;
  exr.type = Imf::FLOAT;
  auto broken = values(3);
  broken[10] = std::numeric_limits<float>::quiet_NaN();
  broken[20] = std::numeric_limits<float>::infinity();
  auto mended = broken;
  mended[10] = 0;
  mended[20] = values(3).back();
  const Picture picture = opened(write("nan.exr", exr, broken));
  EXPECT_EQ(test::largest_difference(picture, bytes_of(mended)), 0);
  EXPECT_EQ(picture.warnings.size(), 2U);
}

TEST(PictureExr, OnlyTheFirstOfSeveralPartsIsRead) {
  const auto path = test::write_file("parts.exr", {});
  Exr exr;
  std::vector<Imf::Header> headers(2, header_of(exr));
  headers[0].setName("first");
  headers[1].setName("second");
  for (auto& header : headers) header.setType(Imf::SCANLINEIMAGE);
  {
    Imf::MultiPartOutputFile file(path.c_str(), headers.data(), 2);
    Samples samples(exr, values(3));
    for (int part = 0; part < 2; ++part) {
      Imf::OutputPart output(file, part);
      output.setFrameBuffer(samples.frame(headers[0].dataWindow()));
      output.writePixels(kHeight);
    }
  }
  const Picture picture = opened(path);
  EXPECT_EQ(test::largest_difference(picture, bytes_of(values(3))), 0);
  ASSERT_EQ(picture.warnings.size(), 1U);
  EXPECT_THAT(picture.warnings.front(), HasSubstr("2 parts"));
}

void expect_refused(const std::filesystem::path& path, ErrorCode code, const std::string& word) {
  const auto picture = open_picture(path);
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, code) << picture.error().sentence;
  EXPECT_THAT(picture.error().sentence, HasSubstr(word));
  test::expect_one_sentence(picture.error(), path);
}

TEST(PictureExr, SubsampledNamelessAndDeepPicturesAreRefused) {
  Exr exr;
  exr.channels = {"Y", "RY", "BY"};
  expect_refused(write("chroma.exr", exr, values(3)), ErrorCode::Unsupported, "chroma");
  exr.channels = {"diffuse.R", "diffuse.G", "diffuse.B"};
  expect_refused(write("layers.exr", exr, values(3)), ErrorCode::Unsupported, "diffuse.R");
  exr.channels = {"R", "G", "B"};
  exr.compression = Imf::ZIPS_COMPRESSION;
  Imf::Header header = header_of(exr);
  header.setType(Imf::DEEPSCANLINE);
  const auto path = test::write_file("deep.exr", {});
  { const Imf::DeepScanLineOutputFile file(path.c_str(), header); }
  expect_refused(path, ErrorCode::Unsupported, "deep");
}

TEST(PictureExr, ALyingSizeIsRefusedBeforeMemoryIsTaken) {
  const auto path = write("lie.exr", {}, values(3));
  auto bytes = test::file_bytes(path);
  const std::string name = "dataWindow";
  const auto at = std::search(bytes.begin(), bytes.end(), name.begin(), name.end());
  ASSERT_NE(at, bytes.end());
  const auto largest = at + static_cast<std::ptrdiff_t>(name.size() + 1 + 6 + 4 + 8);
  std::fill(largest, largest + 2, std::uint8_t{0xFF});
  std::fill(largest + 2, largest + 3, std::uint8_t{0x0F});
  expect_refused(test::write_file("lie.exr", bytes), ErrorCode::TooLarge, "65000");
}

TEST(PictureExr, CutShortIsRefused) {
  for (const bool tiled : {false, true}) {
    Exr exr;
    exr.tiled = tiled;
    const auto whole = test::file_bytes(write("whole.exr", exr, values(3)));
    for (std::size_t i = 1; i < 60; ++i) {
      const std::size_t size = whole.size() * i / 60;
      const auto path = test::write_file(
          "cut.exr", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      const auto picture = open_picture(path);
      if (picture) {
        // the smaller levels of a pyramid stand last, and are not read
        EXPECT_TRUE(tiled);
        EXPECT_EQ(test::largest_difference(*picture, bytes_of(values(3))), 0) << size;
        continue;
      }
      EXPECT_EQ(picture.error().code, ErrorCode::Corrupt) << picture.error().sentence;
      test::expect_one_sentence(picture.error(), path);
    }
  }
}

}  // namespace
}  // namespace latent::read
