// SPDX-License-Identifier: GPL-3.0-or-later
// libtiff is the judge: it takes no part in what it reads here.
#include "write/picture/tiff_encoder.h"

#include <gmock/gmock.h>
#include <tiffio.h>

#include <cstdarg>
#include <map>

#include "picture_fixture.h"

namespace latent::write {
namespace {

namespace fs = std::filesystem;

struct TiffFacts {
  std::uint16_t bits = 0, format = 0, photometric = 0, predictor = 0, compression = 0;
  std::uint16_t extra = 0;  ///< kind of the one extra sample, 0 for none
  std::vector<std::uint8_t> icc;
  bool tiled = false;
  bool big = false;
};

std::string complaints;

void on_complaint(const char* module, const char* text, std::va_list values) {
  char line[500];
  std::vsnprintf(line, sizeof(line), text, values);
  complaints += std::string(module != nullptr ? module : "") + ": " + line + "\n";
}

TiffFacts facts_of(TIFF* tiff) {
  TiffFacts facts;
  std::uint16_t extras = 0;
  std::uint16_t* kinds = nullptr;
  std::uint32_t icc_size = 0;
  void* icc = nullptr;
  TIFFGetField(tiff, TIFFTAG_BITSPERSAMPLE, &facts.bits);
  TIFFGetField(tiff, TIFFTAG_SAMPLEFORMAT, &facts.format);
  TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &facts.photometric);
  TIFFGetField(tiff, TIFFTAG_COMPRESSION, &facts.compression);
  if (facts.compression != COMPRESSION_NONE)
    TIFFGetField(tiff, TIFFTAG_PREDICTOR, &facts.predictor);
  if (TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &extras, &kinds) == 1 && extras == 1) {
    facts.extra = kinds[0];
  }
  if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &icc_size, &icc) == 1) {
    const auto* bytes = static_cast<const std::uint8_t*>(icc);
    facts.icc.assign(bytes, bytes + icc_size);
  }
  facts.tiled = TIFFIsTiled(tiff) != 0;
  facts.big = TIFFIsBigTIFF(tiff) != 0;
  return facts;
}

template <class Sample>
void read_tiles(TIFF* tiff, Image<Sample>& into) {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
  const auto channels = static_cast<std::size_t>(into.channels());
  std::vector<Sample> tile(std::size_t{width} * height * channels);
  for (int y = 0; y < into.height(); y += static_cast<int>(height)) {
    for (int x = 0; x < into.width(); x += static_cast<int>(width)) {
      ASSERT_GT(TIFFReadTile(tiff, tile.data(), static_cast<std::uint32_t>(x),
                             static_cast<std::uint32_t>(y), 0, 0),
                0);
      const int columns = std::min(static_cast<int>(width), into.width() - x);
      for (int row = 0; row < std::min(static_cast<int>(height), into.height() - y); ++row) {
        std::copy_n(tile.data() + static_cast<std::size_t>(row) * width * channels,
                    static_cast<std::size_t>(columns) * channels, &into.view().at(x, y + row));
      }
    }
  }
}

/// The picture and its facts as libtiff has them.
template <class Sample>
TiffFacts expect_comes_back(const fs::path& path, const Image<Sample>& picture) {
  complaints.clear();
  TIFFSetWarningHandler(on_complaint);
  TIFFSetErrorHandler(on_complaint);
  TiffFacts facts;
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(TIFFOpen(path.c_str(), "r"), TIFFClose);
  EXPECT_NE(tiff, nullptr);
  if (tiff == nullptr) return facts;
  facts = facts_of(tiff.get());
  auto back = Image<Sample>::create(picture.size(), picture.channels()).value();
  if (facts.tiled) {
    read_tiles(tiff.get(), back);
  } else {
    for (int y = 0; y < picture.height(); ++y) {
      EXPECT_EQ(
          TIFFReadScanline(tiff.get(), back.view().row(y).data(), static_cast<std::uint32_t>(y)),
          1);
    }
  }
  expect_same<Sample>(back.view(), picture.view());
  EXPECT_EQ(complaints, "");
  return facts;
}

class TiffEncoderTest : public PictureWriterTest {
 protected:
  template <class Sample>
  TiffFacts round_trip(Size size, int channels) {
    const auto picture = scene<Sample>(size, channels);
    PictureHeader header = header_of(picture);
    header.icc = header.colours == 3 ? srgb_icc() : grey_icc();
    header.alpha_associated = size.width % 2 == 0;
    const auto warnings = write("a.tif", picture, header);
    EXPECT_TRUE(warnings && warnings->empty());
    const TiffFacts facts = expect_comes_back(folder_ / "a.tif", picture);
    EXPECT_EQ(facts.bits, sizeof(Sample) * 8);
    const bool is_float = sizeof(Sample) == 4;
    EXPECT_EQ(facts.format, is_float ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
    EXPECT_EQ(facts.photometric, header.colours == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    EXPECT_EQ(facts.icc, header.icc);
    EXPECT_FALSE(facts.big);
    const std::uint16_t kind =
        header.alpha_associated ? EXTRASAMPLE_ASSOCALPHA : EXTRASAMPLE_UNASSALPHA;
    EXPECT_EQ(facts.extra, header.alpha ? kind : 0);
    return facts;
  }
};

TEST_F(TiffEncoderTest, EveryDepthComesBackWithAndWithoutColourAndAlpha) {
  for (const Size size : {Size{61, 23}, Size{600, 530}, Size{1030, 40}, Size{512, 1100}}) {
    for (const int channels : {1, 2, 3, 4}) {
      for (const auto compression :
           {TiffCompression::Deflate, TiffCompression::Zstd, TiffCompression::None}) {
        SCOPED_TRACE(std::to_string(size.width) + " px, channels " + std::to_string(channels));
        options_.compression = compression;
        options_.threads = channels;
        options_.pieces = size.width == 600 ? TiffPieces::Strips : TiffPieces::Tiles;
        EXPECT_EQ(round_trip<std::uint8_t>(size, channels).predictor,
                  compression == TiffCompression::None ? 0 : 2);
        round_trip<std::uint16_t>(size, channels);
        const TiffFacts facts = round_trip<float>(size, channels);
        EXPECT_EQ(facts.predictor, compression == TiffCompression::None ? 0 : 3);
        EXPECT_EQ(facts.tiled, size.width == 1030 && compression != TiffCompression::None);
      }
    }
  }
}

TEST_F(TiffEncoderTest, FloatsThatAreNoNumbersComeBackBitByBit) {
  auto picture = scene<float>({40, 8}, 1);
  picture.view().at(3, 3) = std::numeric_limits<float>::infinity();
  picture.view().at(4, 3) = -std::numeric_limits<float>::denorm_min();
  picture.view().at(5, 3) = std::numeric_limits<float>::max();
  ASSERT_TRUE(write("a.tif", picture, header_of(picture)));
  expect_comes_back(folder_ / "a.tif", picture);
}

TEST_F(TiffEncoderTest, TheNumberOfThreadsChangesNoByte) {
  const auto picture = scene<std::uint16_t>({1500, 700}, 3);
  std::map<int, std::string> files;
  for (const int threads : {1, 3}) {
    options_.threads = threads;
    ASSERT_TRUE(write("a.tif", picture, header_of(picture)));
    files[threads] = output_of("cksum < '" + (folder_ / "a.tif").native() + "'");
  }
  EXPECT_EQ(files[1], files[3]);
}

TEST_F(TiffEncoderTest, ABigTiffIsReadAsWell) {
  const auto picture = scene<std::uint16_t>({700, 300}, 4);
  EncoderJob job{
      header_of(picture), options_, SafeFile::create(folder_ / "big.tif", {}).value(), {}};
  job.header.icc = srgb_icc();
  job.header.metadata.photo = {{0x9003, 2, 5, {'2', '0', '2', '6', 0}}};
  const auto encoder = tiff_encoder(job, TiffFlavour::Big);
  ASSERT_TRUE(encoder->begin());
  for (int y = 0; y < picture.height(); ++y) {
    const auto row = picture.view().row(y);
    ASSERT_TRUE(
        encoder->write_row({reinterpret_cast<const std::uint8_t*>(row.data()), row.size_bytes()}));
  }
  ASSERT_TRUE(encoder->finish());
  ASSERT_TRUE(job.file.commit());
  const TiffFacts facts = expect_comes_back(folder_ / "big.tif", picture);
  EXPECT_TRUE(facts.big);
  EXPECT_EQ(facts.icc, job.header.icc);
}

PictureWriterOptions with(TiffCompression compression) {
  PictureWriterOptions options;
  options.compression = compression;
  return options;
}

TEST(TiffFlavourOf, IsBigWhereTheFileMightPassFourGib) {
  PictureHeader header;
  header.size = {24000, 16000};                                                           // 384 MP
  EXPECT_EQ(tiff_flavour(header, with(TiffCompression::Deflate)), TiffFlavour::Classic);  // 2.3 GB
  header.depth = SampleDepth::F32;
  EXPECT_EQ(tiff_flavour(header, with(TiffCompression::Deflate)), TiffFlavour::Big);  // 4.6 GB
  header.depth = SampleDepth::U16;
  header.size = {30000, 24000};
  EXPECT_EQ(tiff_flavour(header, with(TiffCompression::None)), TiffFlavour::Big);  // 4.32 GB
  header.size = {28000, 24000};
  EXPECT_EQ(tiff_flavour(header, with(TiffCompression::None)), TiffFlavour::Classic);  // 4.03 GB
  header.size = {1'000'000'000, 1'000'000'000};
  EXPECT_EQ(tiff_flavour(header, with(TiffCompression::None)), TiffFlavour::Big);
}

TEST(TiffLayoutOf, ARowOfTilesStaysBelow64MiB) {
  PictureHeader header;
  header.depth = SampleDepth::F32;
  header.alpha = true;
  PictureWriterOptions tiles;
  tiles.pieces = TiffPieces::Tiles;
  for (const int width : {513, 6000, 24000, 65000, 260'000}) {
    header.size = {width, 16000};
    const TiffLayout layout = tiff_layout(header, tiles);
    EXPECT_TRUE(layout.tiled);
    EXPECT_EQ(layout.tile.width % 16 + layout.tile.height % 16, 0);
    const std::int64_t bytes = std::int64_t{width} * layout.tile.height * 16;
    EXPECT_LE(bytes, layout.tile.height == 16 ? 16 * std::int64_t{width} * 16 : 64 << 20);
  }
}

}  // namespace
}  // namespace latent::write
