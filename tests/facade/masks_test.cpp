// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <numeric>
#include <span>

#include "opened.h"

namespace {

using namespace latent;
using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr int kWidth = 160;
constexpr int kHeight = 120;

/// A bright rectangle, 60 to 110 by 40 to 90, on a dark ground.
std::vector<std::uint8_t> scene() {
  std::vector<std::uint8_t> samples;
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const bool inside = x >= 60 && x < 110 && y >= 40 && y < 90;
      for (int c = 0; c < 3; ++c) {
        samples.push_back(static_cast<std::uint8_t>((inside ? 180 : 50) + (x * 7 + y * 5) % 9));
      }
    }
  }
  return samples;
}

/// A baseline TIFF of 8-bit RGB: the header, one directory, then the samples.
void write_tiff(const fs::path& file, const std::vector<std::uint8_t>& samples) {
  std::string bytes = "II";
  const auto put = [&](std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> (8 * i));
  };
  constexpr std::array<std::array<std::uint32_t, 2>, 8> kEntries{{{256, kWidth},
                                                                  {257, kHeight},
                                                                  {258, 8},
                                                                  {259, 1},
                                                                  {262, 2},
                                                                  {277, 3},
                                                                  {278, kHeight},
                                                                  {0, 0}}};
  constexpr std::uint32_t kFirst = 8 + 2 + 9 * 12 + 4;
  put(42, 2);
  put(8, 4);
  put(9, 2);
  const auto entry = [&](std::uint32_t tag, std::uint32_t value) {
    put(tag, 2);
    put(4, 2);  // LONG
    put(1, 4);
    put(value, 4);
  };
  for (const auto& [tag, value] : kEntries) {
    if (tag == 277) entry(273, kFirst);  // StripOffsets, in ascending order
    if (tag != 0) entry(tag, value);
  }
  entry(279, static_cast<std::uint32_t>(samples.size()));
  put(0, 4);
  bytes.append(samples.begin(), samples.end());
  std::ofstream(file, std::ios::binary) << bytes;
}

double covered(const Mask& mask) {
  return std::accumulate(mask.values.begin(), mask.values.end(), 0.0);
}

MaskPrompts clicked(std::vector<MaskPrompt> prompts) {
  MaskPrompts made;
  made.objects = {std::move(prompts)};
  return made;
}

class Masks : public latent_test::Opened {
 protected:
  void SetUp() override {
    Opened::SetUp();
    photo_ = folder_ / "photo.tif";
    write_tiff(photo_, samples_);
    PictureView view;
    view.samples = samples_.data();
    view.width = kWidth;
    view.height = kHeight;
    picture_ = view;
  }

  const std::vector<std::uint8_t> samples_ = scene();
  PictureView picture_;
  fs::path photo_;
};

TEST_F(Masks, AClickOnTheObjectFindsIt) {
  auto session = library_->masks(picture_, "built-in");
  ASSERT_TRUE(session) << session.failure().sentence;
  EXPECT_EQ(session->width(), kWidth);
  EXPECT_EQ(session->height(), kHeight);
  EXPECT_EQ(session->model(), "");
  const auto mask = session->mask(clicked({MaskClick{{0.53, 0.54}}}));
  ASSERT_TRUE(mask) << mask.failure().sentence;
  EXPECT_EQ(mask->width, kWidth);
  EXPECT_EQ(mask->values.size(), std::size_t{kWidth} * kHeight);
  EXPECT_NEAR(covered(*mask), 50.0 * 50.0, 250.0);
  EXPECT_GT(mask->values[65 * kWidth + 85], 0.99F);
  EXPECT_LT(mask->values[10 * kWidth + 10], 0.01F);
}

TEST_F(Masks, AStrokeHasTheLastWordAndAPreviousMaskIsGoneOnFrom) {
  auto session = library_->masks(picture_, "built-in");
  ASSERT_TRUE(session) << session.failure().sentence;
  MaskSettings plain;
  plain.refine = MaskRefine::None;
  const auto one = session->mask(clicked({MaskClick{{0.53, 0.54}}}), plain);
  ASSERT_TRUE(one) << one.failure().sentence;
  const MaskStroke away{{{0.45, 0.4}, {0.45, 0.6}}, 0.03, false};
  const auto two = session->mask(clicked({MaskClick{{0.53, 0.54}}, away}), plain);
  ASSERT_TRUE(two) << two.failure().sentence;
  EXPECT_LT(two->values[60 * kWidth + 72], 0.01F);
  const auto from = session->mask(clicked({away}), plain, &*one);
  ASSERT_TRUE(from) << from.failure().sentence;
  EXPECT_LT(from->values[60 * kWidth + 72], 0.01F);
  EXPECT_GT(from->values[65 * kWidth + 100], 0.99F);
  Mask wrong = *one;
  wrong.values.pop_back();
  EXPECT_EQ(session->mask(clicked({away}), plain, &wrong).failure().code, Failure::Code::Usage);
}

TEST_F(Masks, GiveTheMaskOfTheProgram) {
  auto session = library_->masks(photo_, "built-in");
  ASSERT_TRUE(session) << session.failure().sentence;
  MaskPrompts prompts = clicked({MaskBox{{0.3, 0.25}, {0.75, 0.85}}, MaskClick{{0.5, 0.5}}});
  prompts.source_sha256 = session->source_sha256();
  prompts.width = kWidth;
  prompts.height = kHeight;
  const fs::path file = folder_ / "prompts.json";
  std::ofstream(file) << prompts.to_json();
  ASSERT_EQ(program("mask " + photo_.string() + " --model built-in --prompts " + file.string() +
                    " -o " + (folder_ / "program.tif").string() + " --bits 32 > /dev/null"),
            0);
  const auto mask = session->mask(prompts);
  ASSERT_TRUE(mask) << mask.failure().sentence;
  const auto read = read_mask(folder_ / "program.tif");
  ASSERT_TRUE(read) << read.failure().sentence;
  EXPECT_EQ(mask->values, read->values);
  const auto again = MaskPrompts::from_json(prompts.to_json());
  ASSERT_TRUE(again) << again.failure().sentence;
  EXPECT_EQ(*again, prompts);
}

TEST_F(Masks, AreWrittenAsPicturesAndAsPaths) {
  auto session = library_->masks(photo_, "built-in");
  ASSERT_TRUE(session) << session.failure().sentence;
  const auto mask = session->mask(clicked({MaskClick{{0.53, 0.54}}}));
  ASSERT_TRUE(mask) << mask.failure().sentence;
  MaskFile how;
  how.photograph = photo_;
  for (const char* name : {"mask.pfm", "mask.png", "mask.svg", "photo.tif.xmp"}) {
    const auto written = write_mask(*mask, folder_ / name, how);
    EXPECT_TRUE(written) << name << ": " << written.failure().sentence;
  }
  EXPECT_EQ(read_mask(folder_ / "mask.pfm")->values, mask->values);
  EXPECT_THAT(latent_test::bytes_of(folder_ / "mask.svg"), HasSubstr("<path"));
  EXPECT_THAT(latent_test::bytes_of(folder_ / "photo.tif.xmp"), HasSubstr("masks_history"));
  EXPECT_EQ(write_mask(*mask, folder_ / "mask.png", how).failure().code, Failure::Code::Usage);
  EXPECT_EQ(write_mask(*mask, folder_ / "mask.gif", how).failure().code, Failure::Code::Usage);
  const Mask empty{kWidth, kHeight, std::vector<float>(std::size_t{kWidth} * kHeight)};
  EXPECT_EQ(write_mask(empty, folder_ / "empty.svg").failure().code, Failure::Code::NotFound);
  const Mask small{2, 2, {0, 1, 1, 0}};
  EXPECT_THAT(write_mask(small, folder_ / "small.png", how).failure().sentence, HasSubstr("2 x 2"));
}

TEST_F(Masks, RefuseWhatCannotBeAnswered) {
  auto session = library_->masks(photo_, "built-in");
  ASSERT_TRUE(session) << session.failure().sentence;
  EXPECT_EQ(session->mask({}).failure().code, Failure::Code::Usage);
  EXPECT_EQ(session->mask(clicked({MaskClick{{1.5, 0.5}}})).failure().code, Failure::Code::Usage);
  EXPECT_EQ(session->mask(clicked({MaskStroke{{}, 0.01, true}})).failure().code,
            Failure::Code::Usage);
  MaskSettings wrong;
  wrong.threshold = 2;
  EXPECT_EQ(session->mask(clicked({MaskClick{{0.5, 0.5}}}), wrong).failure().code,
            Failure::Code::Usage);
  MaskPrompts other = clicked({MaskClick{{0.5, 0.5}}});
  other.width = kWidth + 1;
  other.height = kHeight;
  EXPECT_THAT(session->mask(other).failure().sentence, HasSubstr("161 x 120"));
  other.width = other.height = 0;
  other.source_sha256 = std::string(64, '0');
  EXPECT_THAT(session->mask(other).failure().sentence, HasSubstr("another photograph"));
  EXPECT_EQ(library_->masks(photo_, "no-such-model").failure().code, Failure::Code::NotFound);
  EXPECT_EQ(library_->masks(folder_ / "none.png").failure().code, Failure::Code::NotFound);
  EXPECT_EQ(MaskPrompts::from_json("{").failure().code, Failure::Code::Corrupt);
  std::stop_source stopped;
  stopped.request_stop();
  EXPECT_EQ(session->mask(clicked({MaskClick{{0.5, 0.5}}}), {}, nullptr, stopped.get_token())
                .failure()
                .code,
            Failure::Code::Cancelled);
}

}  // namespace
