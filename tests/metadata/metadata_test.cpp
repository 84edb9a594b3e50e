// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/metadata.h"
#include "of_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "file_bytes.h"

namespace latent::metadata {
namespace {

namespace fs = std::filesystem;
using test::find;
using testing::HasSubstr;

const fs::path kChart = fs::path(LATENT_SOURCE_DIR) / "tests/data/colorchart.dng";
const fs::path kRealFiles = fs::path(LATENT_SOURCE_DIR) / "../shared/data/raw/header_only";

std::vector<std::uint8_t> content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(Metadata, OfADngAreExifAndNamesWithoutItsStructure) {
  const auto metadata = test::of_file(kChart);
  ASSERT_TRUE(metadata) << metadata.error().sentence;
  EXPECT_THAT(metadata->warnings, testing::IsEmpty());
  EXPECT_EQ(metadata->image_text(0x0110), "Canon EOS Kiss X4");
  EXPECT_EQ(metadata->image_text(0x0131), "Magic Lantern");
  EXPECT_NE(find(metadata->photo, 0x829a), nullptr);
  EXPECT_EQ(find(metadata->image, 0x0111), nullptr);  // StripOffsets
  EXPECT_EQ(find(metadata->image, 0xc621), nullptr);  // ColorMatrix1
}

TEST(Metadata, FieldsAreSortedAndEachTagIsThereOnce) {
  const auto metadata = test::of_file(kChart);
  ASSERT_TRUE(metadata);
  for (const auto* fields : {&metadata->image, &metadata->photo}) {
    for (std::size_t i = 1; i < fields->size(); ++i) {
      EXPECT_LT((*fields)[i - 1].tag, (*fields)[i].tag);
    }
  }
}

TEST(Metadata, OfNoPictureIsAWarningNotAnError) {
  const auto path = fs::temp_directory_path() / ("latent-text-" + std::to_string(::getpid()));
  std::ofstream(path) << "this is no picture";
  const auto metadata = test::of_file(path);
  fs::remove(path);
  ASSERT_TRUE(metadata);
  ASSERT_EQ(metadata->warnings.size(), 1U);
  EXPECT_THAT(metadata->warnings[0], HasSubstr("cannot be read"));
  EXPECT_TRUE(metadata->image.empty());
}

TEST(Metadata, AnyTruncationGivesWhatIsLeftAndNeverCrashes) {
  auto bytes = content(kChart);
  bytes.resize(std::min<std::size_t>(bytes.size(), 1600));
  const auto whole = test::of_bytes(bytes);
  for (std::size_t size = 0; size <= bytes.size(); size += 7) {
    const auto part = test::of_bytes(std::span(bytes).first(size));
    EXPECT_LE(part.image.size(), whole.image.size());
  }
}

TEST(Metadata, FlippedBytesNeverCrash) {
  auto bytes = content(kChart);
  bytes.resize(std::min<std::size_t>(bytes.size(), 1600));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto kept = bytes[at];
    bytes[at] = static_cast<std::uint8_t>(~kept);
    const auto metadata = test::of_bytes(bytes);
    EXPECT_LE(metadata.image.size(), 200U);
    bytes[at] = kept;
  }
}

TEST(Metadata, FieldsBeyondTheLimitAreLeftOutAndNamed) {
  Limits limits;
  limits.max_metadata_bytes = 8;
  const auto metadata = test::of_file(kChart, limits);
  ASSERT_TRUE(metadata);
  EXPECT_FALSE(metadata->warnings.empty());
  EXPECT_TRUE(metadata->image_text(0x0110).empty());
}

TEST(Metadata, DescribeTellsThePersonsFacts) {
  const auto source = open_bytes(kChart);
  ASSERT_TRUE(source);
  bool model = false;
  for (const auto& fact : describe(**source)) model = model || fact.value == "Canon EOS Kiss X4";
  EXPECT_TRUE(model);
}

Metadata saying(std::uint16_t in_exif, const char* in_xmp) {
  Metadata metadata;
  if (in_exif != 0xffff) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&in_exif);
    metadata.image.push_back({0x0112, 3, 1, {bytes, bytes + 2}});
  }
  metadata.xmp = test::packet(std::string("tiff:Orientation=\"") + in_xmp + "\"");
  return metadata;
}

TEST(Metadata, OrientationIsThatOfExifElseOfXmp) {
  constexpr std::uint16_t kAbsent = 0xffff;
  EXPECT_EQ(saying(6, "8").orientation(), 6);
  EXPECT_EQ(saying(kAbsent, "8").orientation(), 8);
  EXPECT_EQ(saying(0, "3").orientation(), 3);  // "unknown" of some cameras
  EXPECT_EQ(saying(kAbsent, "9").orientation(), std::nullopt);
  EXPECT_EQ(saying(kAbsent, "upright").orientation(), std::nullopt);
  EXPECT_EQ(Metadata{}.orientation(), std::nullopt);
  Metadata damaged;
  damaged.xmp = "<x:xmpmeta <<<";
  EXPECT_EQ(damaged.orientation(), std::nullopt);
}

struct RealNote {
  const char* file;
  std::size_t bytes;
  std::uint32_t offset;
  bool big_endian;
};

TEST(Metadata, MakerNotesOfRealFilesAreFoundWhereTheyStand) {
  if (!fs::exists(kRealFiles)) GTEST_SKIP() << kRealFiles << " is absent";
  // Places as ExifTool 12.57 -v3 gives them.
  for (const RealNote& note : {RealNote{"exiftool_CanonRaw.cr2", 7360, 692, false},
                               RealNote{"exiftool_Nikon.nef", 4374, 1744, false},
                               RealNote{"exiftool_FujiFilm.raf", 618, 1654, false},
                               RealNote{"exiftool_Minolta.mrw", 1286, 822, true}}) {
    SCOPED_TRACE(note.file);
    const auto metadata = test::of_file(kRealFiles / note.file);
    ASSERT_TRUE(metadata);
    ASSERT_TRUE(metadata->maker_note);
    EXPECT_EQ(metadata->maker_note->bytes.size(), note.bytes);
    EXPECT_EQ(metadata->maker_note->source_offset, note.offset);
    EXPECT_EQ(metadata->maker_note->big_endian, note.big_endian);
  }
}

TEST(Metadata, ANoteIsComposedWhereTheFormatKeepsItsFieldsElsewhere) {
  if (!fs::exists(kRealFiles)) GTEST_SKIP() << kRealFiles << " is absent";
  const auto metadata = test::of_file(kRealFiles / "exiv2_Canon-R6-pruned.CR3");
  ASSERT_TRUE(metadata);
  ASSERT_TRUE(metadata->maker_note);
  EXPECT_GT(metadata->maker_note->bytes.size(), 5000U);
}

}  // namespace
}  // namespace latent::metadata
