// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "infer/engine.h"
#include "infer/ort_library.h"
#include "test_networks.h"

namespace latent::infer {

constexpr Size kTile{64, 48};

inline std::filesystem::path plugin(const std::string& fault) {
  return std::filesystem::path(LATENT_TEST_PLUGINS) / ("latent-test-plugin-" + fault + ".so");
}

/// The same numbers as the golden pair that plug-ins are judged by.
inline models::Network half_network() {
  auto network = tiny_network("half");
  network.golden_output = noise({1, 4, 24, 24});
  for (std::size_t i = 0; i < network.golden_output.shape().count(); ++i) {
    network.golden_output.view().data[i] = network.golden_input.view().data[i] / 2;
  }
  return network;
}

class Plugins : public testing::Test {
 protected:
  void SetUp() override {
    const auto library = load_ort_library({});
    if (!library) GTEST_SKIP() << "no ONNX Runtime library on this machine";
    if (library->plugin_api == nullptr) GTEST_SKIP() << "this ONNX Runtime is older than 1.22";
    ::setenv("LATENT_ENGINE", LATENT_ENGINE_PROGRAM, 1);
  }

  static EngineRequest on(const std::string& fault, double seconds = 30) {
    EngineRequest request;
    request.device = "latenttest.cpu";
    request.ort_plugins = {plugin(fault)};
    request.start_seconds = seconds;
    return request;
  }
};

}  // namespace latent::infer
