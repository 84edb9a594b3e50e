// SPDX-License-Identifier: GPL-3.0-or-later
// What a finished picture carries of its source, read back through Metadata and by ExifTool.
#include <gmock/gmock.h>

#include "../metadata/of_file.h"
#include "metadata_fixture.h"
#include "picture_fixture.h"
#include "write/exif_blocks.h"

namespace latent::write {
namespace {

namespace fs = std::filesystem;
using metadata::Field;
using metadata::Metadata;
using testing::HasSubstr;

const Field* find(const std::vector<Field>& fields, std::uint16_t tag) {
  for (const Field& field : fields) {
    if (field.tag == tag) return &field;
  }
  return nullptr;
}

std::uint32_t number_of(const Field* field) {
  std::uint32_t value = 0;
  if (field != nullptr)
    std::memcpy(&value, field->bytes.data(), std::min<std::size_t>(4, field->bytes.size()));
  return value;
}

class PictureMetadataTest : public PictureWriterTest {
 protected:
  static PictureHeader full_header(const Image<std::uint8_t>& picture) {
    PictureHeader header = header_of(picture);
    header.metadata = full_metadata();
    header.provenance = denoised();
    header.orientation = 8;
    header.resolution = {300, 300};
    return header;
  }
  [[nodiscard]] std::string exiftool(const std::string& arguments, const std::string& name) const {
    return output_of("exiftool " + arguments + " '" + (folder_ / name).native() + "'");
  }
  static bool exiftool_is_there() {
    return std::system("exiftool -ver > /dev/null 2>&1") == 0;  // NOLINT(concurrency-mt-unsafe)
  }
  [[nodiscard]] static std::vector<std::string> names() {
    std::vector<std::string> result{"a.tif", "a.png", "a.jpg"};
    if (picture_format_of("a.jxl")) result.emplace_back("a.jxl");
    return result;
  }
};

TEST_F(PictureMetadataTest, EveryBlockComesBackFromEveryFormat) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    const PictureHeader header = full_header(picture);
    const auto warnings = write(name, picture, header);
    ASSERT_TRUE(warnings) << warnings.error().sentence;
    const auto back = metadata::test::of_file(folder_ / name);
    ASSERT_TRUE(back);
    EXPECT_THAT(back->warnings, testing::IsEmpty());
    for (const Field& field : header.metadata.photo) {
      const Field* found = find(back->photo, field.tag);
      ASSERT_NE(found, nullptr) << field.tag;
      EXPECT_EQ(*found, field);
    }
    EXPECT_EQ(number_of(find(back->photo, 0xa001)), 1U);  // ColorSpace
    EXPECT_EQ(back->gps, header.metadata.gps);
    EXPECT_EQ(back->interop, header.metadata.interop);
    EXPECT_EQ(number_of(find(back->image, 0x0112)), 8U);
    EXPECT_EQ(number_of(find(back->image, 0x011a)), 300U);
    EXPECT_EQ(back->image_text(0x010f), "Canon");
    EXPECT_EQ(back->image_text(0x013b), "A Photographer");
    EXPECT_EQ(back->image_text(0x0131), "Latent 0.1.0");
    EXPECT_THAT(back->xmp, HasSubstr("xmp:Rating=\"4\""));
    EXPECT_THAT(back->xmp, HasSubstr("tiff:Orientation=\"8\""));
    EXPECT_THAT(back->xmp, HasSubstr("latent:SourceSoftware=\"Firmware 1.1\""));
    if (name == "a.jxl") {
      EXPECT_THAT(*warnings, testing::ElementsAre(HasSubstr("IPTC")));
    } else {
      EXPECT_THAT(*warnings, testing::IsEmpty());
      EXPECT_EQ(back->iptc, header.metadata.iptc);
    }
  }
}

TEST_F(PictureMetadataTest, OfOpenExrComesBackWhatItsAttributesSay) {
  const auto picture = scene<float>({20, 20}, 3);
  PictureHeader header = header_of(picture);
  header.orientation = 6;
  header.provenance = denoised();
  header.metadata.image = {ascii(0x010e, "By the sea"), ascii(0x8298, "CC-BY")};
  header.metadata.photo = {
      numbers<std::uint32_t>(0x829a, 5, {1, 250}), numbers<std::uint32_t>(0x829d, 5, {28, 10}),
      numbers<std::uint16_t>(0x8827, 3, {6400}), ascii(0x9003, "2026:07:14 12:34:56")};
  header.metadata.gps = {numbers<std::uint8_t>(0x0000, 1, {2, 3, 0, 0}),
                         ascii(0x0001, "S"),
                         numbers<std::uint32_t>(0x0002, 5, {33, 1, 30, 1, 0, 1}),
                         ascii(0x0003, "E"),
                         numbers<std::uint32_t>(0x0004, 5, {151, 1, 15, 1, 0, 1}),
                         numbers<std::uint8_t>(0x0005, 1, {1}),
                         numbers<std::uint32_t>(0x0006, 5, {5, 2})};
  const auto warnings = write("a.exr", picture, header);
  ASSERT_TRUE(warnings) << warnings.error().sentence;
  EXPECT_THAT(*warnings, testing::ElementsAre(HasSubstr("orientation stands in XMP only")));
  const auto back = metadata::test::of_file(folder_ / "a.exr");
  ASSERT_TRUE(back);
  EXPECT_THAT(back->warnings, testing::IsEmpty());
  EXPECT_EQ(back->orientation(), 6);
  EXPECT_EQ(back->image, header.metadata.image);
  EXPECT_EQ(*find(back->photo, 0x829a), *find(header.metadata.photo, 0x829a));
  EXPECT_EQ(*find(back->photo, 0x8827), *find(header.metadata.photo, 0x8827));
  EXPECT_EQ(*find(back->photo, 0x9003), *find(header.metadata.photo, 0x9003));
  EXPECT_EQ(*find(back->gps, 0x0001), *find(header.metadata.gps, 0x0001));
  EXPECT_EQ(number_of(find(back->gps, 0x0002)), 33U);
  EXPECT_EQ(number_of(find(back->gps, 0x0004)), 151U);
  EXPECT_EQ(number_of(find(back->gps, 0x0005)), 1U);
  // From OpenEXR to OpenEXR nothing is lost any more, and nothing is said to be.
  header.metadata = *back;
  const auto again = write("b.exr", picture, header);
  ASSERT_TRUE(again);
  EXPECT_THAT(*again, testing::ElementsAre(HasSubstr("orientation stands in XMP only")));
}

TEST_F(PictureMetadataTest, LongXmpGoesIntoAnExtensionInJpeg) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  const std::string caption(90'000, 'x');
  PictureHeader header = full_header(picture);
  const std::string rating = "xmp:Rating=\"4\"";
  header.metadata.xmp.replace(
      header.metadata.xmp.find(rating + "/>"), rating.size() + 2,
      rating +
          " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:description><rdf:Alt><rdf:li "
          "xml:lang=\"x-default\">" +
          caption + "</rdf:li></rdf:Alt></dc:description></rdf:Description>");
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    const auto warnings = write(name, picture, header);
    ASSERT_TRUE(warnings) << warnings.error().sentence;
    if (name != "a.jxl") {
      EXPECT_THAT(*warnings, testing::IsEmpty());
    }
    const auto back = metadata::test::of_file(folder_ / name);
    ASSERT_TRUE(back);
    EXPECT_THAT(back->warnings, testing::IsEmpty());
    for (const std::string& said : {caption, rating, std::string("latent:ModelId")}) {
      EXPECT_THAT(back->xmp, HasSubstr(said));
    }
  }
  if (exiftool_is_there()) {
    EXPECT_EQ(exiftool("-warning -error -a -q", "a.jpg"), "");
    EXPECT_THAT(exiftool("-s -XMP-dc:Description", "a.jpg"), HasSubstr(caption));
  }
}

TEST_F(PictureMetadataTest, PngTextComesBackFromPng) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  PictureHeader header = full_header(picture);
  header.metadata.texts = {{"Title", "Holiday", "", "", false},
                           {"Author", "René", "", "", false},
                           {"Comment", std::string(5000, 'c'), "", "", false},
                           {"Description", "Κάμερα", "", "", false},
                           {"Source", "Öl auf Leinwand", "de", "Quelle", false},
                           {"Disclaimer", std::string(3000, 'd') + "Κ", "", "", false},
                           {"Software", "GIMP", "", "", false}};
  const auto warnings = write("a.png", picture, header);
  ASSERT_TRUE(warnings) << warnings.error().sentence;
  EXPECT_THAT(*warnings, testing::IsEmpty());
  const auto back = metadata::test::of_file(folder_ / "a.png");
  ASSERT_TRUE(back);
  EXPECT_THAT(back->warnings, testing::IsEmpty());
  ASSERT_EQ(back->texts.size(), header.metadata.texts.size() - 1);
  for (std::size_t i = 0; i < back->texts.size(); ++i) {
    const auto& found = back->texts[i];
    const auto& wanted = header.metadata.texts[i];
    EXPECT_EQ(found.keyword, wanted.keyword);
    EXPECT_EQ(found.text, wanted.text);
    EXPECT_EQ(found.language, wanted.language);
    EXPECT_EQ(found.translated_keyword, wanted.translated_keyword);
  }
  if (exiftool_is_there()) {
    EXPECT_EQ(exiftool("-warning -error -a -q", "a.png"), "");
    EXPECT_THAT(exiftool("-s -PNG:Title -PNG:Author", "a.png"),
                testing::AllOf(HasSubstr("Holiday"), HasSubstr("René")));
  }
}

TEST_F(PictureMetadataTest, CommentsComeBackFromJpegAndPngAndAreNamedElsewhere) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  PictureHeader header = full_header(picture);
  header.metadata.texts = {{"Comment", "smørrebrød", "", "", false},
                           {"Comment", std::string(65'533, 'c'), "", "", false}};
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    const auto warnings = write(name, picture, header);
    ASSERT_TRUE(warnings) << warnings.error().sentence;
    const auto back = metadata::test::of_file(folder_ / name);
    ASSERT_TRUE(back);
    EXPECT_THAT(back->warnings, testing::IsEmpty());
    if (name == "a.jpg" || name == "a.png") {
      EXPECT_THAT(*warnings, testing::IsEmpty());
      EXPECT_EQ(back->texts, header.metadata.texts);
    } else {
      EXPECT_THAT(*warnings, testing::Contains(HasSubstr("(Comment, Comment)")));
      EXPECT_THAT(back->texts, testing::IsEmpty());
    }
  }
  if (exiftool_is_there()) {
    EXPECT_EQ(exiftool("-warning -error -a -q", "a.jpg"), "");
    EXPECT_THAT(exiftool("-s -a -Comment", "a.jpg"), HasSubstr("smørrebrød"));
  }
}

TEST_F(PictureMetadataTest, ACommentTooLongForJpegIsNamed) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  PictureHeader header = full_header(picture);
  header.metadata.texts = {{"Comment", std::string(65'534, 'c'), "", "", false}};
  const auto warnings = write("a.jpg", picture, header);
  ASSERT_TRUE(warnings) << warnings.error().sentence;
  EXPECT_THAT(*warnings, testing::ElementsAre(HasSubstr("a comment was left out")));
}

TEST_F(PictureMetadataTest, OfOpenExrIsTheXmp) {
  const auto picture = scene<float>({20, 20}, 3);
  PictureHeader header = header_of(picture);
  header.metadata = full_metadata();
  header.provenance = denoised();
  ASSERT_TRUE(write("a.exr", picture, header));
  const auto back = metadata::test::of_file(folder_ / "a.exr");
  ASSERT_TRUE(back);
  EXPECT_THAT(back->warnings, testing::IsEmpty());
  EXPECT_THAT(back->xmp, HasSubstr("xmp:Rating=\"4\""));
}

TEST_F(PictureMetadataTest, SizesAreOfTheNewPictureAndColoursOfItsProfile) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    PictureHeader header = full_header(picture);
    header.metadata.photo.push_back(numbers<std::uint16_t>(0xa001, 3, {1}));
    header.icc = rec2020_icc(2.2);
    ASSERT_TRUE(write(name, picture, header));
    const auto back = metadata::test::of_file(folder_ / name);
    ASSERT_TRUE(back);
    EXPECT_EQ(number_of(find(back->photo, 0xa001)), 65535U);
    if (exiftool_is_there()) {
      EXPECT_THAT(exiftool("-s -ExifImageWidth -ExifImageHeight", name),
                  testing::AllOf(HasSubstr(": 64"), HasSubstr(": 48")));
    }
  }
}

TEST_F(PictureMetadataTest, AMakerNoteStandsWhereItStoodByteForByte) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  for (const std::string& name : names()) {
    for (const std::uint32_t offset : {300U, 694U, 40'000U}) {
      SCOPED_TRACE(name + " " + std::to_string(offset));
      PictureHeader header = full_header(picture);
      header.metadata.iptc.clear();
      header.metadata.maker_note = canon_note(offset);
      const auto warnings = write(name, picture, header);
      ASSERT_TRUE(warnings);
      EXPECT_THAT(*warnings, testing::IsEmpty());
      const auto back = metadata::test::of_file(folder_ / name);
      ASSERT_TRUE(back);
      ASSERT_TRUE(back->maker_note);
      EXPECT_EQ(back->maker_note->bytes, header.metadata.maker_note->bytes);
      EXPECT_EQ(back->maker_note->source_offset, offset);
      EXPECT_EQ(find(back->photo, 0xa434)->bytes, find(header.metadata.photo, 0xa434)->bytes);
      if (exiftool_is_there()) {
        EXPECT_THAT(exiftool("-s -OwnerName", name), HasSubstr("The Owner 1"));
      }
    }
  }
}

TEST_F(PictureMetadataTest, ANoteThatCountsFromItselfGoesAnywhere) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    PictureHeader header = full_header(picture);
    header.metadata.iptc.clear();
    metadata::MakerNote note;
    const std::string text("Nikon\0\2\x10\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0", 24);
    note.bytes.assign(text.begin(), text.end());
    note.source_offset = 90'000'000;
    note.big_endian = true;
    header.metadata.maker_note = note;
    const auto warnings = write(name, picture, header);
    ASSERT_TRUE(warnings);
    EXPECT_THAT(*warnings, testing::IsEmpty());
    const auto back = metadata::test::of_file(folder_ / name);
    ASSERT_TRUE(back && back->maker_note);
    EXPECT_EQ(back->maker_note->bytes, note.bytes);
  }
}

TEST_F(PictureMetadataTest, ANoteThatWouldBecomeUntrueIsNamedOrKeptWithItsOffset) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    PictureHeader header = full_header(picture);
    header.metadata.iptc.clear();
    header.metadata.maker_note = canon_note(90'000'000);
    const auto warnings = write(name, picture, header);
    ASSERT_TRUE(warnings);
    EXPECT_LT(fs::file_size(folder_ / name), 100'000U);
    const auto back = metadata::test::of_file(folder_ / name);
    ASSERT_TRUE(back);
    EXPECT_FALSE(back->maker_note);
    EXPECT_EQ(back->image_text(0x010f), "Canon");
    if (name != "a.tif") {
      EXPECT_THAT(*warnings, testing::ElementsAre(HasSubstr("the maker note was left out")));
    } else if (exiftool_is_there()) {
      EXPECT_THAT(exiftool("-s -OwnerName", name), HasSubstr("The Owner 1"));
    }
  }
}

TEST_F(PictureMetadataTest, WhatIsTooLargeForJpegIsDroppedByImportance) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  PictureHeader header = full_header(picture);
  header.metadata.maker_note = canon_note(900);
  header.metadata.maker_note->bytes.resize(66'000);
  header.metadata.iptc.resize(70'000, 0);
  const auto warnings = write("a.jpg", picture, header);
  ASSERT_TRUE(warnings);
  EXPECT_THAT(*warnings, testing::UnorderedElementsAre(HasSubstr("maker note"), HasSubstr("IPTC")));
  const auto back = metadata::test::of_file(folder_ / "a.jpg");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->gps, header.metadata.gps);
  EXPECT_FALSE(back->maker_note);
}

TEST_F(PictureMetadataTest, AResolutionOfTheSourceStaysAsTheSourceSaysIt) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  PictureHeader header = full_header(picture);
  header.metadata.image.push_back(numbers<std::uint32_t>(0x011a, 5, {118, 1}));
  header.metadata.image.push_back(numbers<std::uint32_t>(0x011b, 5, {118, 1}));
  header.metadata.image.push_back(numbers<std::uint16_t>(0x0128, 3, {3}));  // in a centimetre
  header.resolution = {299.72, 299.72};
  ASSERT_TRUE(write("a.tif", picture, header));
  const auto back = metadata::test::of_file(folder_ / "a.tif");
  ASSERT_TRUE(back);
  EXPECT_EQ(number_of(find(back->image, 0x011a)), 118U);
  EXPECT_EQ(number_of(find(back->image, 0x0128)), 3U);
}

TEST_F(PictureMetadataTest, APictureWithoutMetadataGetsNone) {
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    const auto warnings = write(name, picture, header_of(picture));
    ASSERT_TRUE(warnings);
    EXPECT_THAT(*warnings, testing::IsEmpty());
    const auto back = metadata::test::of_file(folder_ / name);
    ASSERT_TRUE(back);
    EXPECT_THAT(back->photo, testing::IsEmpty());
    EXPECT_EQ(back->xmp, "");
  }
}

TEST_F(PictureMetadataTest, ExifToolHasNothingToSay) {
  if (!exiftool_is_there()) GTEST_SKIP() << "exiftool is absent";
  const auto picture = scene<std::uint8_t>({600, 530}, 3);
  for (const std::string& name : names()) {
    SCOPED_TRACE(name);
    PictureHeader header = full_header(picture);
    header.icc = srgb_icc();
    header.metadata.maker_note = canon_note(1200);
    ASSERT_TRUE(write(name, picture, header));
    EXPECT_EQ(exiftool("-warning -error -a -q", name), "");
    const std::string facts = exiftool("-s -a -n", name);
    for (const char* fact : {"EF24-105mm f/4L IS USM", "The Owner 1", "GPSLatitude",
                             "algorithmicallyEnhanced", "R98", "CC-BY"}) {
      EXPECT_THAT(facts, HasSubstr(fact));
    }
  }
}

TEST_F(PictureMetadataTest, NotesOfRealFilesAreKeptOrNamed) {
  const fs::path folder = fs::path(LATENT_SOURCE_DIR) / "../shared/data/raw/header_only";
  if (!fs::exists(folder)) GTEST_SKIP() << folder << " is absent";
  const auto picture = scene<std::uint8_t>({64, 48}, 3);
  for (const char* source : {"exiftool_CanonRaw.cr2", "exiftool_Nikon.nef", "exiftool_FujiFilm.raf",
                             "exiftool_Panasonic.rw2", "exiv2_Canon-R6-pruned.CR3"}) {
    for (const std::string& name : names()) {
      SCOPED_TRACE(std::string(source) + " as " + name);
      PictureHeader header = header_of(picture);
      header.metadata = metadata::test::of_file(folder / source).value();
      const auto warnings = write(name, picture, header);
      ASSERT_TRUE(warnings) << warnings.error().sentence;
      const auto back = metadata::test::of_file(folder_ / name);
      ASSERT_TRUE(back);
      EXPECT_EQ(back->gps, header.metadata.gps);
      for (const Field& field : header.metadata.photo) {
        if (field.tag == 0xa001) continue;
        EXPECT_EQ(*find(back->photo, field.tag), field);
      }
      if (back->maker_note) {
        EXPECT_EQ(back->maker_note->bytes, header.metadata.maker_note->bytes);
      } else if (name != "a.tif") {
        EXPECT_THAT(*warnings, testing::Contains(HasSubstr("maker note")));
      }
    }
  }
}

}  // namespace
}  // namespace latent::write
