// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <latent/latent.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace latent_test {

namespace fs = std::filesystem;

inline std::string bytes_of(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Options that know nothing of this user; compiled networks are kept for all tests of the build.
inline latent::LibraryOptions own_options() {
  latent::LibraryOptions options;
  options.data_folder.emplace();
  options.config_folder.emplace();
  options.cache_folder = LATENT_BINARY_DIR "/test-cache";
  options.engine.precision = latent::Precision::F32;
  return options;
}

/// A library and a folder that is gone afterwards.
class Opened : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("latent_facade_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  /// The program with what Opened::library_ is opened with.
  int program(const std::string& arguments) const {
    const std::string command = "LATENT_CONFIG=" + (folder_ / "none").string() +
                                " LATENT_MODELS_DIR=" + (folder_ / "none").string() +
                                " LATENT_CACHE=" LATENT_BINARY_DIR "/test-cache " +
                                LATENT_PROGRAM " " + arguments;
    return std::system(command.c_str());  // NOLINT(cert-env33-c): our own program
  }

  fs::path folder_;
  const fs::path raw_ = LATENT_SOURCE_DIR "/tests/data/colorchart.dng";
  latent::Outcome<latent::Library> library_ = latent::Library::open(own_options());
};

/// A small picture of noise, as a binary PPM; and its samples.
inline std::vector<std::uint8_t> noisy(int width, int height) {
  std::vector<std::uint8_t> samples;
  std::uint32_t state = 7;
  for (int i = 0; i < width * height * 3; ++i) {
    state = state * 1664525U + 1013904223U;
    samples.push_back(static_cast<std::uint8_t>(100 + (i / 3) % width / 4 + (state >> 28U)));
  }
  return samples;
}

}  // namespace latent_test
