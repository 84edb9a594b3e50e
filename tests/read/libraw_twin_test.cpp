// SPDX-License-Identifier: GPL-3.0-or-later
// DNG files are read by our own tags and decoder; LibRaw is their judge, as it is the reader of
// everything else: on files that both understand they must see the same.
#include <gmock/gmock.h>
#include <libraw/libraw.h>

#include <array>
#include <vector>

#include "matchers.h"
#include "opened.h"
#include "read/libraw/libraw_file.h"
#include "read/libraw/libraw_stream.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using test::TinyDng;

struct Twin {
  RawFacts facts;
  CfaPattern cfa;
  Image<std::uint16_t> samples;
};

Result<Twin> by_libraw(const std::filesystem::path& path) {
  LATENT_TRY(const Sniffed sniffed, sniff(path));
  LATENT_TRY(const auto source, open_bytes(path));
  LATENT_TRY(const LibRawHandle raw, open_libraw(*source, sniffed, {}));
  LATENT_CHECK(unpack_libraw(*raw, {}));
  Twin twin;
  LATENT_TRY(twin.facts, libraw_facts(*raw));
  LATENT_TRY(twin.cfa, libraw_cfa(*raw));
  LATENT_TRY(twin.samples, copy_libraw_samples(*raw, {}));
  return twin;
}

void expect_same_samples(const Image<std::uint16_t>& ours, const Image<std::uint16_t>& theirs) {
  ASSERT_EQ(ours.size(), theirs.size());
  for (int y = 0; y < ours.height(); ++y) {
    const auto a = ours.view().row(y);
    const auto b = theirs.view().row(y);
    ASSERT_TRUE(std::equal(a.begin(), a.end(), b.begin())) << "row " << y;
  }
}

void expect_same_sites(const Mosaic& ours, const Twin& theirs) {
  for (int y = ours.active.y; y < ours.active.y + 12; ++y) {
    for (int x = ours.active.x; x < ours.active.x + 12; ++x) {
      ASSERT_EQ(ours.cfa.at(x, y), theirs.cfa.at(x, y)) << x << "," << y;
      ASSERT_EQ(ours.levels.black.at(x, y), theirs.facts.levels.black.at(x, y)) << x << "," << y;
    }
  }
}

void expect_same_facts(const Mosaic& ours, const Twin& theirs) {
  EXPECT_EQ(ours.sensor, theirs.facts.sensor);
  EXPECT_EQ(ours.active, theirs.facts.active);
  EXPECT_EQ(ours.orientation, theirs.facts.orientation);
  EXPECT_EQ(ours.levels.white, theirs.facts.levels.white);
  EXPECT_EQ(ours.camera.unique_model, theirs.facts.camera.unique_model);
  for (std::size_t c = 0; c < 3; ++c) {
    EXPECT_NEAR(ours.camera.as_shot_wb[c], theirs.facts.camera.as_shot_wb[c], 1e-5);
  }
}

void expect_twins(const std::filesystem::path& path) {
  const auto ours = open_raw(path);
  ASSERT_TRUE(ours) << ours.error().sentence;
  const auto theirs = by_libraw(path);
  ASSERT_TRUE(theirs) << theirs.error().sentence;
  expect_same_samples(ours->samples, theirs->samples);
  expect_same_facts(*ours, *theirs);
  expect_same_sites(*ours, *theirs);
}

TinyDng busy_dng() {
  TinyDng dng;
  dng.size = {64, 48};
  dng.samples = test::busy_samples(dng.size);
  return dng;
}

TEST(LibRawTwin, AgreesOnEveryBayerPhaseWithBlackBySite) {
  const std::vector<std::vector<std::uint8_t>> phases{
      {0, 1, 1, 2}, {1, 0, 2, 1}, {1, 2, 0, 1}, {2, 1, 1, 0}};
  for (const auto& phase : phases) {
    TinyDng dng = busy_dng();
    dng.cfa = phase;
    dng.active = Rect{4, 6, 54, 38};
    dng.black_period = {2, 2};
    dng.black = {500, 510, 520, 530};
    expect_twins(test::write_dng("twin.dng", dng));
  }
}

TEST(LibRawTwin, AgreesOnXTransWithOneBlack) {
  TinyDng dng = busy_dng();
  dng.cfa_period = {6, 6};
  dng.cfa = {1, 1, 0, 1, 1, 2, 1, 1, 2, 1, 1, 0, 2, 0, 1, 0, 2, 1,
             1, 1, 2, 1, 1, 0, 1, 1, 0, 1, 1, 2, 0, 2, 1, 2, 0, 1};
  expect_twins(test::write_dng("twin.dng", dng));
}

TEST(LibRawTwin, AgreesOnMono) {
  TinyDng dng = busy_dng();
  dng.cfa.clear();
  expect_twins(test::write_dng("twin.dng", dng));
}

TEST(LibRawTwin, AgreesOnEveryOrientation) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    TinyDng dng = busy_dng();
    dng.orientation = orientation;
    expect_twins(test::write_dng("twin.dng", dng));
  }
}

TEST(LibRawTwin, AgreesOnTiledLosslessJpegAndOnALinearisationTable) {
  TinyDng dng = busy_dng();
  // Not two tiles wide: LibRaw 0.20 takes two components of two tiles for one row of the picture.
  dng.size = {80, 48};
  dng.samples = test::busy_samples(dng.size);
  dng.tile = {32, 16};
  dng.lossless_jpeg = true;
  expect_twins(test::write_dng("twin.dng", dng));

  TinyDng curved = busy_dng();
  curved.samples = test::busy_samples(curved.size, 20, 4000);
  for (int i = 0; i < 4096; ++i) curved.linearisation.push_back(static_cast<std::uint16_t>(4 * i));
  curved.white = 16000;
  expect_twins(test::write_dng("twin.dng", curved));
}

/// No camera here has pixels that are no squares (the Nikon D1X has), so LibRaw is told of one.
TEST(LibRawTwin, TellsTheShapeOfItsPixels) {
  const auto path = test::write_dng("shape.dng", busy_dng());
  const auto source = open_bytes(path);
  ASSERT_TRUE(source);
  const auto raw = open_libraw(**source, sniff(path).value(), {});
  ASSERT_TRUE(raw) << raw.error().sentence;
  struct Case {
    double said;
    double read;
  };
  for (const auto& [said, read] : {Case{1, 1}, Case{0.5, 0.5}, Case{2, 2}, Case{0, 1}}) {
    (*raw)->imgdata.sizes.pixel_aspect = said;
    const auto facts = libraw_facts(**raw);
    ASSERT_TRUE(facts) << facts.error().sentence;
    EXPECT_EQ(facts->pixel_aspect, read);
  }
}

TEST(LibRawTwin, AgreesOnARealPhoto) {
  const auto path = test::shared_data() / "raw/decodable/tinydng_colorchart.dng";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent; set LATENT_SHARED_DATA";
  expect_twins(path);
}

/// Reads the beginning of a TIFF entry as LibRaw does: tag, type, count.
void read_entry(const std::vector<std::uint8_t>& entries, std::size_t at) {
  const MemoryBytes source(entries);
  const LibRawStream stream = make_libraw_stream(source, 100);
  stream->seek(static_cast<INT64>(at), SEEK_SET);
  std::array<std::uint8_t, 4> to{};
  stream->read(to.data(), 1, 2);
  stream->read(to.data(), 1, 2);
  stream->read(to.data(), 1, 4);
}

TEST(LibRawStream, APatternOf36SitesThatIsNotSaidToBeSixBySixNeverReachesLibRaw) {
  const std::vector<std::uint8_t> six{0x8d, 0x82, 3, 0, 2, 0, 0, 0, 6, 0, 6, 0};
  const std::vector<std::uint8_t> pattern{0x8e, 0x82, 1, 0, 36, 0, 0, 0, 100, 0, 0, 0};
  const auto joined = [](std::vector<std::uint8_t> a, const std::vector<std::uint8_t>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  EXPECT_NO_THROW(read_entry(joined(six, pattern), 12));
  auto other = six;
  other[8] = 2;
  EXPECT_ANY_THROW(read_entry(joined(other, pattern), 12));
  EXPECT_ANY_THROW(read_entry(joined(pattern, six), 0));
  auto kodak = pattern;
  kodak[0] = 0x09;
  kodak[1] = 0xfd;
  EXPECT_ANY_THROW(read_entry(joined(six, kodak), 12));
  // Big-endian: 6 x 6 and 36 sites, and the same without the first entry.
  const std::vector<std::uint8_t> big_six{0x82, 0x8d, 0, 3, 0, 0, 0, 2, 0, 6, 0, 6};
  const std::vector<std::uint8_t> big{0x82, 0x8e, 0, 1, 0, 0, 0, 36, 0, 0, 0, 100};
  EXPECT_NO_THROW(read_entry(joined(big_six, big), 12));
  EXPECT_ANY_THROW(read_entry(big, 0));
  auto smaller = pattern;
  smaller[4] = 16;
  EXPECT_NO_THROW(read_entry(smaller, 0));
}

}  // namespace
}  // namespace latent::read
