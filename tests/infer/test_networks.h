// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "base/hash.h"
#include "infer/engine.h"
#include "models/store/npy.h"
#include "models/store/package.h"

namespace latent::infer {

/// What the fixture make_models.py left.
inline std::filesystem::path made(const std::string& name) {
  return std::filesystem::path(LATENT_TEST_MODELS) / name;
}

inline std::vector<std::byte> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

inline Tensor noise(TensorShape shape, unsigned seed = 1) {
  auto tensor = Tensor::create(shape);
  EXPECT_TRUE(tensor);
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-1.0F, 1.0F);
  const TensorView view = tensor->view();
  for (std::size_t i = 0; i < shape.count(); ++i) view.data[i] = uniform(random);
  return *std::move(tensor);
}

/// One of the tiny networks: four planes in, four out, unshuffled by two.
inline models::Network tiny_network(const std::string& name) {
  models::Network network;
  network.spec.id = "tiny";
  network.spec.input = {"planes", 4, 2};
  network.spec.output = {"residual", 4, 2};
  network.spec.stride_px = 16;
  network.spec.reach_px = 2;
  network.spec.memory_bytes_per_px = 144;
  network.onnx = read_bytes(made(name + ".onnx"));
  network.sha256 = sha256_hex(network.onnx);
  network.spatial_dims = {"height", "width"};
  network.golden_input = noise({1, 4, 24, 24});
  network.golden_output = noise({1, 4, 24, 24});
  network.tolerance_f32 = 1e-4;
  network.tolerance_bf16 = 0.02;
  return network;
}

/// One of the tiny networks for finished pictures: "rgb", "up2" or "up4". The golden output is not
/// what it gives.
inline models::Network picture_network(const std::string& name) {
  const int scale = name == "up2" ? 2 : name == "up4" ? 4 : 1;
  models::Network network = tiny_network(name);
  network.spec.kind =
      scale == 1 ? models::NetworkKind::LatentRgbV1 : models::NetworkKind::LatentUpscaleV1;
  network.spec.encoding = models::Encoding::SrgbExtendedV1;
  network.spec.scale = scale;
  network.spec.input = {"planes", scale == 1 ? 6 : 4, 1};
  network.spec.output = {"residual", 3 * scale * scale, scale};
  network.spec.stride_px = 8;
  network.golden_input = noise({1, network.spec.input.channels, 24, 32});
  network.golden_output = noise({1, network.spec.output.channels, 24, 32});
  return network;
}

/// A folder of this test's own.
class CacheFolder {
 public:
  CacheFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            ("latent_cache_" + std::to_string(::getpid()) + "_" + name_of(*test));
    std::filesystem::remove_all(path_);
  }
  CacheFolder(const CacheFolder&) = delete;
  CacheFolder& operator=(const CacheFolder&) = delete;
  ~CacheFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static std::string name_of(const testing::TestInfo& test) {
    std::string name = std::string(test.test_suite_name()) + "_" + test.name();
    std::ranges::replace(name, '/', '_');
    return name;
  }

  std::filesystem::path path_;
};

}  // namespace latent::infer
