// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures that Python libraries wrote (make_pictures.py), which share no code with this room, into
// the folder that LATENT_PICTURES names: every sample, every fact of the header, every refusal; and
// what is left of each when it is cut short.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "colour/profile.h"
#include "generated_pictures.h"
#include "matchers.h"
#include "opened.h"
#include "tiny_dng.h"

namespace latent::read {
namespace {

using colour::NamedProfile;
using colour::Profile;
using test::ListedPicture;

class GeneratedPictures : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("LATENT_PICTURES");
    folder_ = folder != nullptr ? folder : "";
    std::ifstream list(folder_ / "pictures.txt");
    for (std::string line; std::getline(list, line);) pictures_.emplace_back(line);
    if (pictures_.empty()) {
      GTEST_SKIP() << "the generated pictures are absent: the Python of LATENT_PYTHON lacks "
                      "tifffile, imagecodecs or Pillow";
    }
  }

  [[nodiscard]] std::vector<std::uint8_t> truth(const ListedPicture& listed) const {
    return test::file_bytes(folder_ / (listed.file() + ".samples"));
  }

  [[nodiscard]] bool is_jxl_without_library(const ListedPicture& listed) const {
    if (!listed.file().ends_with(".jxl")) return false;
    const auto facts = inspect_picture(folder_ / listed.file());
    return !facts && facts.error().sentence.find("built without") != std::string::npos;
  }

  std::filesystem::path folder_;
  std::vector<ListedPicture> pictures_;
};

std::string joined(const std::vector<std::string>& warnings) {
  std::string all;
  for (const auto& warning : warnings) all += "\n  " + warning;
  return all;
}

void expect_profile(const Picture& picture, const ListedPicture& listed) {
  EXPECT_EQ(picture.icc_from_file, listed.whole("icc") == 1);
  EXPECT_FALSE(picture.icc.empty());
  const std::string made = listed.text("made");
  if (made == "any") {
    EXPECT_TRUE(picture.icc_stated);  // JPEG XL says it in numbers
    return;
  }
  if (picture.icc_from_file) return;
  const bool grey = picture.colours == 1;
  const auto usual = grey ? NamedProfile::Grey : NamedProfile::Srgb;
  if (made == "other") {
    EXPECT_FALSE(test::same_profile(picture.icc, Profile::named(usual).icc()));
  } else if (made == "adobe") {
    EXPECT_TRUE(test::same_profile(picture.icc, Profile::named(NamedProfile::AdobeRgb).icc()));
    EXPECT_TRUE(picture.icc_stated);
  } else if (made == "displayp3") {
    EXPECT_TRUE(test::same_profile(picture.icc, Profile::named(NamedProfile::DisplayP3).icc()));
    EXPECT_TRUE(picture.icc_stated);
  } else if (made.empty() && joined(picture.warnings).find("floats") != std::string::npos) {
    const auto linear = grey ? NamedProfile::LinearGrey : NamedProfile::LinearSrgb;
    EXPECT_TRUE(test::same_profile(picture.icc, Profile::named(linear).icc()));
  } else {
    EXPECT_TRUE(test::same_profile(picture.icc, Profile::named(usual).icc()));
  }
}

void expect_facts(const Picture& picture, const ListedPicture& listed) {
  EXPECT_EQ(picture.size(), listed.size());
  EXPECT_EQ(picture.channels(), listed.whole("channels"));
  EXPECT_EQ(picture.alpha, listed.whole("alpha") == 1);
  EXPECT_EQ(picture.alpha_associated, listed.whole("associated") == 1);
  EXPECT_EQ(int{picture.orientation}, listed.whole("orientation", 1));
  EXPECT_NEAR(picture.resolution.x, listed.number("dpi_x"), 1e-3);
  EXPECT_NEAR(picture.resolution.y, listed.number("dpi_y"), 1e-3);
  EXPECT_EQ(static_cast<int>(picture.warnings.size()), listed.whole("warnings"))
      << joined(picture.warnings);
}

TEST_F(GeneratedPictures, AreReadSampleBySample) {
  for (const ListedPicture& listed : pictures_) {
    SCOPED_TRACE(listed.file());
    if (is_jxl_without_library(listed)) continue;
    const auto picture = open_picture(folder_ / listed.file());
    ASSERT_TRUE(picture) << picture.error().sentence;
    const std::string depth = listed.text("depth");
    EXPECT_EQ(picture->depth(), depth == "u8"    ? SampleDepth::U8
                                : depth == "u16" ? SampleDepth::U16
                                                 : SampleDepth::F32);
    const double difference = test::largest_difference(*picture, truth(listed));
    EXPECT_GE(difference, 0);
    EXPECT_LE(difference, listed.number("tolerance"));
    expect_facts(*picture, listed);
    expect_profile(*picture, listed);
  }
}

TEST_F(GeneratedPictures, TellTheSameByTheirHeaderAlone) {
  for (const ListedPicture& listed : pictures_) {
    SCOPED_TRACE(listed.file());
    if (is_jxl_without_library(listed)) continue;
    const auto facts = inspect_picture(folder_ / listed.file());
    ASSERT_TRUE(facts) << facts.error().sentence;
    EXPECT_EQ(facts->size, listed.size());
    EXPECT_EQ(facts->colours + (facts->alpha ? 1 : 0), listed.whole("channels"));
    EXPECT_EQ(int{facts->orientation}, listed.whole("orientation", 1));
    EXPECT_FALSE(facts->is_raw);
  }
}

TEST_F(GeneratedPictures, AreRefusedInASentence) {
  std::ifstream list(folder_ / "refused.txt");
  int count = 0;
  for (std::string name, code, word; list >> name >> code >> word; ++count) {
    SCOPED_TRACE(name);
    const auto picture = open_picture(folder_ / name);
    ASSERT_FALSE(picture);
    EXPECT_EQ(error_code_name(picture.error().code), code) << picture.error().sentence;
    EXPECT_THAT(picture.error().sentence, ::testing::HasSubstr(word));
    test::expect_one_sentence(picture.error(), folder_ / name);
  }
  EXPECT_GT(count, 15);
}

/// The places of a cut: dense at both ends, spread in between.
std::vector<std::size_t> cuts(std::size_t size) {
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i < std::min<std::size_t>(40, size); i += 6) {
    places.push_back(i);
    places.push_back(size - i);
  }
  for (std::size_t i = 1; i < 12; ++i) places.push_back(size * i / 12);
  return places;
}

TEST_F(GeneratedPictures, CutShortAreRefusedOrWhole) {
  int refused = 0;
  int number = 0;
  for (const ListedPicture& listed : pictures_) {
    SCOPED_TRACE(listed.file());
    // one in four of the many TIFFs that differ in little
    if (listed.file().ends_with(".tif") && ++number % 4 != 0) continue;
    if (listed.size().area() > 10'000 || is_jxl_without_library(listed)) continue;
    const auto whole = test::file_bytes(folder_ / listed.file());
    const auto expected = truth(listed);
    for (const std::size_t size : cuts(whole.size())) {
      const auto part = test::write_file(
          "cut", {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
      const auto picture = open_picture(part);
      if (picture) {
        const double difference = test::largest_difference(*picture, expected);
        EXPECT_TRUE(difference >= 0 && difference <= listed.number("tolerance"))
            << "cut to " << size << " of " << whole.size() << " bytes: " << difference;
        continue;
      }
      ++refused;
      EXPECT_TRUE(picture.error().code == ErrorCode::Corrupt ||
                  picture.error().code == ErrorCode::Unsupported)
          << picture.error().sentence;
      test::expect_one_sentence(picture.error(), part);
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST_F(GeneratedPictures, StopWhenTheyAreToldTo) {
  std::stop_source stop;
  stop.request_stop();
  RunControl control;
  control.stop = stop.get_token();
  const auto picture = open_picture(folder_ / "threads.tif", {}, control);
  ASSERT_FALSE(picture);
  EXPECT_EQ(picture.error().code, ErrorCode::Cancelled);

  for (const std::string name : {"threads.tif", "rgb16.png", "progressive.jpg"}) {
    std::stop_source later;
    RunControl watched;
    watched.stop = later.get_token();
    watched.on_progress = [&](double) { later.request_stop(); };
    const auto result = open_picture(folder_ / name, {}, watched);
    // A picture of a few rows may be done before it looks again.
    if (!result) {
      EXPECT_EQ(result.error().code, ErrorCode::Cancelled) << name;
    }
    if (name == "threads.tif") {
      EXPECT_FALSE(result);
    }
  }
}

TEST_F(GeneratedPictures, ReportProgressThatNeverFalls) {
  for (const std::string name : {"threads.tif", "interlaced-rgb.png", "420.jpg", "uint16-3.jxl"}) {
    SCOPED_TRACE(name);
    double last = 0;
    RunControl control;
    control.on_progress = [&](double done) {
      EXPECT_GE(done, last);
      last = done;
    };
    const auto picture = open_picture(folder_ / name, {}, control);
    if (picture) {
      EXPECT_DOUBLE_EQ(last, 1);
    }
  }
}

TEST_F(GeneratedPictures, KeepToTheLimits) {
  Limits limits;
  limits.max_pixels = 1000;
  for (const std::string name : {"tiles-uint8-none-3.tif", "rgb8.png", "444.jpg"}) {
    const auto picture = open_picture(folder_ / name, limits);
    ASSERT_FALSE(picture) << name;
    EXPECT_EQ(picture.error().code, ErrorCode::TooLarge);
    test::expect_one_sentence(picture.error(), folder_ / name);
  }
}

}  // namespace
}  // namespace latent::read
