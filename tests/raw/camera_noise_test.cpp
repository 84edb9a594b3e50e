// SPDX-License-Identifier: GPL-3.0-or-later
#include "raw/camera_noise.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace latent::raw {
namespace {

CameraFacts taken_with(const std::string& make, const std::string& model, double iso) {
  CameraFacts camera;
  camera.make = make;
  camera.model = model;
  camera.iso = iso;
  return camera;
}

std::vector<std::string> pieces(const std::string& text, char mark) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string piece; std::getline(stream, piece, mark);) result.push_back(piece);
  return result;
}

/// The rows "word ..." of the table as it stands in the source tree.
std::vector<std::string> rows(const std::string& word) {
  std::ifstream file(LATENT_SOURCE_DIR "/src/raw/camera_noise.txt");
  std::vector<std::string> result;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(word + " ")) result.push_back(line.substr(word.size() + 1));
  }
  return result;
}

double table_scale() { return std::stod(rows("scale").at(0)); }

std::string refusal(const CameraFacts& camera) {
  const auto noise = camera_noise(camera);
  return noise ? "" : noise.error().sentence;
}

TEST(CameraNoise, GivesEveryEntryOfTheTableTimesItsFactorForAllColours) {
  const auto cameras = rows("camera");
  ASSERT_GT(cameras.size(), 400U);
  for (const std::string& row : cameras) {
    const auto names = pieces(row, '|');
    ASSERT_EQ(names.size(), 3U) << row;
    for (const std::string& entry : pieces(names[2], ',')) {
      const auto numbers = pieces(entry, ' ');
      ASSERT_EQ(numbers.size(), 3U) << row;
      const auto noise = camera_noise(taken_with(names[0], names[1], std::stod(numbers[0])));
      ASSERT_TRUE(noise) << row << ": " << noise.error().sentence;
      EXPECT_EQ(noise->origin, NoiseModel::Origin::CameraTable);
      for (const std::size_t colour : {0U, 1U, 2U}) {
        EXPECT_DOUBLE_EQ(noise->a[colour], table_scale() * std::stod(numbers[1])) << row;
        EXPECT_DOUBLE_EQ(noise->b[colour], table_scale() * std::stod(numbers[2])) << row;
      }
      EXPECT_GT(noise->a[0], 1e-6) << row;  // of a photosite, not of a demosaiced picture
      EXPECT_LT(noise->a[0], 1.0) << row;
    }
  }
}

TEST(CameraNoise, IsOnAStraightLineBetweenTwoEntries) {
  const double low = camera_noise(taken_with("Canon", "Canon EOS 6D", 50))->a[1];
  const auto names = pieces(rows("camera").at(0), '|');
  const auto entries = pieces(names[2], ',');
  const double first = std::stod(pieces(entries[0], ' ')[0]);
  const double second = std::stod(pieces(entries[1], ' ')[0]);
  const auto at = [&](double iso) { return camera_noise(taken_with(names[0], names[1], iso)); };
  const double quarter = first + 0.25 * (second - first);
  EXPECT_NEAR(at(quarter)->a[1], 0.75 * at(first)->a[1] + 0.25 * at(second)->a[1], 1e-12);
  EXPECT_NEAR(at(quarter)->b[1], 0.75 * at(first)->b[1] + 0.25 * at(second)->b[1], 1e-12);
  EXPECT_GT(camera_noise(taken_with("Canon", "Canon EOS 6D", 6400))->a[1], 20 * low);
}

TEST(CameraNoise, KnowsCamerasByTheNamesThatFilesHave) {
  struct Name {
    const char* make;
    const char* model;
    const char* maker_of_table;
    const char* model_of_table;
  };
  for (const Name& name :
       std::vector<Name>{{"NIKON CORPORATION", "NIKON D750", "Nikon", "D750"},
                         {"NIKON CORPORATION", "NIKON Z 6_2", "Nikon", "Z 6_2"},
                         {"Canon", "Canon EOS Kiss X4", "Canon", "EOS 550D"},
                         {"Canon", "Canon EOS REBEL T2i", "Canon", "EOS 550D"},
                         {"Canon", "Canon EOS 350D DIGITAL", "Canon", "EOS 350D"},
                         {"FUJIFILM", "X-T2", "Fujifilm", "X-T2"},
                         {"OLYMPUS IMAGING CORP.", "E-M5MarkII", "Olympus", "E-M5 Mark II"},
                         {"OM Digital Solutions", "OM-1", "OM System", "OM-1"},
                         {"RICOH IMAGING COMPANY, LTD.", "PENTAX K-3 II", "Pentax", "K-3 II"},
                         {"RICOH IMAGING COMPANY, LTD.", "RICOH GR III", "Ricoh", "GR III"},
                         {"LEICA CAMERA AG", "LEICA M10", "Leica", "M10"},
                         {"SONY", "ILCE-7M3", "Sony", "ILCE-7M3"}}) {
    const auto found = camera_noise(taken_with(name.make, name.model, 800));
    ASSERT_TRUE(found) << found.error().sentence;
    const auto known = camera_noise(taken_with(name.maker_of_table, name.model_of_table, 800));
    EXPECT_EQ(found->a, known->a) << name.model;
  }
  CameraFacts dng = taken_with("", "", 800);
  dng.unique_model = "Canon EOS 6D";
  EXPECT_EQ(camera_noise(dng)->a, camera_noise(taken_with("Canon", "EOS 6D", 800))->a);
}

TEST(CameraNoise, OfALongerOrShorterNameIsNotTaken) {
  EXPECT_FALSE(camera_noise(taken_with("Canon", "Canon EOS 6D Mark III", 800)));
  EXPECT_FALSE(camera_noise(taken_with("Canon", "Canon EOS 6", 800)));
  EXPECT_FALSE(camera_noise(taken_with("Sony", "D750", 800)));
  EXPECT_FALSE(camera_noise(taken_with("", "", 800)));
}

TEST(CameraNoise, SaysWhatIsMissing) {
  EXPECT_NE(refusal(taken_with("Latent", "Test One", 800))
                .find("does not have the noise of Latent "
                      "Test One"),
            std::string::npos);
  EXPECT_NE(refusal(taken_with("Canon", "Canon EOS 6D", 0)).find("at which ISO the Canon EOS 6D"),
            std::string::npos);
  const std::string beyond = refusal(taken_with("Canon", "Canon EOS 6D", 204800));
  EXPECT_NE(beyond.find("from ISO 50 to 102400"), std::string::npos) << beyond;
  EXPECT_NE(beyond.find("at ISO 204800"), std::string::npos) << beyond;
  EXPECT_NE(refusal(taken_with("", "", 800)).find("which camera"), std::string::npos);
}

}  // namespace
}  // namespace latent::raw
