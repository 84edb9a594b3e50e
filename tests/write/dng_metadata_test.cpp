// SPDX-License-Identifier: GPL-3.0-or-later
// What a DNG carries of its source, read back by Exiv2 and judged by ExifTool.
#include <gmock/gmock.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "../metadata/of_file.h"
#include "dng_fixture.h"
#include "metadata_fixture.h"

namespace latent::write {
namespace {

namespace fs = std::filesystem;
using metadata::Field;
using metadata::Metadata;
using testing::HasSubstr;

class DngMetadataTest : public DngTest {
 protected:
  void write_with(const Metadata& metadata, const DngOptions& options = {}) {
    DngHeader header = plain_header({640, 480}, SensorClass::Bayer);
    header.metadata = metadata;
    header.provenance = denoised();
    header.original_file_name = "IMG_0001.CR2";
    const auto status = write_dng(header, busy_samples(header.buffer, 1, 9999).view(), options,
                                  ramp_preview({640, 480}).view());
    ASSERT_TRUE(status) << status.error().sentence;
  }

  [[nodiscard]] std::string exiftool(const std::string& arguments) const {
    const std::string command = "exiftool " + arguments + " '" + target_.native() + "' 2>&1";
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string text;
    std::array<char, 4096> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) text += buffer.data();
    return text;
  }

  static bool exiftool_is_there() {
    return std::system("exiftool -ver > /dev/null 2>&1") == 0;  // NOLINT(concurrency-mt-unsafe)
  }
};

TEST_F(DngMetadataTest, EveryBlockComesBackFieldByField) {
  const Metadata source = full_metadata();
  write_with(source);
  const auto back = metadata::test::of_file(target_);
  ASSERT_TRUE(back) << back.error().sentence;
  EXPECT_THAT(back->warnings, testing::IsEmpty());
  EXPECT_EQ(back->photo, source.photo);
  EXPECT_EQ(back->gps, source.gps);
  EXPECT_EQ(back->interop, source.interop);
  EXPECT_EQ(back->image_text(0x010f), "Canon");
  EXPECT_EQ(back->image_text(0x013b), "A Photographer");
  EXPECT_EQ(back->image_text(0x0131), "Latent 0.1.0");
  EXPECT_THAT(back->xmp, HasSubstr("xmp:Rating=\"4\""));
  EXPECT_THAT(back->xmp, HasSubstr("latent:SourceSoftware=\"Firmware 1.1\""));
  EXPECT_EQ(back->iptc, source.iptc);
}

TEST_F(DngMetadataTest, AMakerNoteStandsWhereItStoodByteForByte) {
  for (const std::uint32_t offset : {692U, 40'001U, 700'000U}) {
    Metadata source = full_metadata();
    source.maker_note = canon_note(offset);
    write_with(source);
    const auto back = metadata::test::of_file(target_);
    ASSERT_TRUE(back);
    ASSERT_TRUE(back->maker_note);
    EXPECT_EQ(back->maker_note->source_offset, offset);
    EXPECT_EQ(back->maker_note->bytes, source.maker_note->bytes);
    if (exiftool_is_there()) {
      EXPECT_THAT(exiftool("-s -OwnerName"), HasSubstr("The Owner 1"));
    }
  }
}

TEST_F(DngMetadataTest, ANoteThatCannotStandThereGoesToPrivateDataWithItsOffset) {
  if (!exiftool_is_there()) GTEST_SKIP() << "exiftool is absent";
  Metadata source = full_metadata();
  source.maker_note = canon_note(80'000'000);
  write_with(source);
  EXPECT_LT(fs::file_size(target_), 10'000'000U);
  EXPECT_THAT(exiftool("-s -OwnerName"), HasSubstr("The Owner 1"));
}

TEST_F(DngMetadataTest, ExifToolHasNothingToSay) {
  if (!exiftool_is_there()) GTEST_SKIP() << "exiftool is absent";
  Metadata source = full_metadata();
  source.maker_note = canon_note(1200);
  write_with(source);
  EXPECT_THAT(exiftool("-validate -warning -a"), HasSubstr(": OK"));
  const std::string facts = exiftool("-s -a -n");
  for (const char* fact : {"EF24-105mm f/4L IS USM", "The Owner 1", "GPSLatitude", "Hello",
                           "IMG_0001.CR2", "algorithmicallyEnhanced", "R98", "CC-BY"}) {
    EXPECT_THAT(facts, HasSubstr(fact));
  }
}

TEST_F(DngMetadataTest, ExposureThatOnlyTheDecoderKnowsIsFilledIn) {
  DngHeader header = plain_header({320, 240}, SensorClass::Bayer);
  header.camera.iso = 1600;
  header.camera.exposure_seconds = 0.004;
  ASSERT_TRUE(write_dng(header, busy_samples(header.buffer, 1, 9999).view()));
  const auto back = metadata::test::of_file(target_);
  ASSERT_TRUE(back);
  const std::vector<Field> expected = {numbers<std::uint32_t>(0x829a, 5, {4, 1000}),
                                       numbers<std::uint16_t>(0x8827, 3, {1600}),
                                       numbers<std::uint8_t>(0x9000, 7, {'0', '2', '3', '0'})};
  EXPECT_EQ(back->photo, expected);
}

TEST_F(DngMetadataTest, RealFilesKeepTheirNotes) {
  const fs::path folder = fs::path(LATENT_SOURCE_DIR) / "../shared/data/raw/header_only";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  for (const char* name : {"exiftool_CanonRaw.cr2", "exiftool_Nikon.nef", "exiftool_FujiFilm.raf",
                           "exiftool_Panasonic.rw2", "exiv2_Canon-R6-pruned.CR3"}) {
    SCOPED_TRACE(name);
    const auto source = metadata::test::of_file(folder / name);
    ASSERT_TRUE(source);
    write_with(*source);
    const auto back = metadata::test::of_file(target_);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->photo, source->photo);
    EXPECT_EQ(back->gps, source->gps);
    ASSERT_TRUE(back->maker_note);
    EXPECT_EQ(back->maker_note->bytes, source->maker_note->bytes);
    EXPECT_EQ(back->maker_note->source_offset, source->maker_note->source_offset);
  }
}

}  // namespace
}  // namespace latent::write
