// SPDX-License-Identifier: GPL-3.0-or-later
#include "infer/memory.h"

#include <gmock/gmock.h>

#include <new>
#include <stdexcept>
#include <system_error>

#include "infer/openvino_core.h"

namespace latent::infer {
namespace {

using testing::HasSubstr;

TEST(Memory, TheWordsOfEnginesForWantOfItAreKnown) {
  for (const char* words :
       {"std::bad_alloc", "Failed to allocate 201326592 bytes of memory",
        "Resource temporarily unavailable", "[ONNXRuntimeError] : bad allocation",
        "libopenvino_intel_cpu_plugin.so: failed to map segment from shared object",
        "could not allocate memory for a primitive", "mmap: Cannot allocate memory"}) {
    EXPECT_TRUE(tells_of_memory(words)) << words;
  }
  for (const char* words : {"", "the network cannot be read", "Unsupported operation: Foo",
                            "memory layout is not NCHW"}) {
    EXPECT_FALSE(tells_of_memory(words)) << words;
  }
}

/// What OpenVINO throws when a plugin runs out of memory: its own exception, with the reason last.
Error thrown_by(const std::exception& what) {
  const auto result = guarded(ErrorCode::Device, "OpenVINO cannot compile the network",
                              [&]() -> int { throw std::runtime_error(what.what()); });
  return result.error();
}

TEST(Memory, AnEngineWithoutItSaysWhatHelps) {
  const auto direct = guarded(ErrorCode::Device, "OpenVINO cannot compile the network",
                              []() -> int { throw std::bad_alloc(); });
  ASSERT_FALSE(direct);
  const Error wrapped = thrown_by(std::runtime_error(
      "Exception from src/inference/src/cpp/core.cpp:117:\nException from plugin.cpp:54:\n"
      "Check 'ptr' failed at src/plugins/intel_cpu/src/cpu_memory.cpp:257:\n"
      "Failed to allocate 201326592 bytes of memory\n\n"));
  const Error threads = thrown_by(std::system_error(EAGAIN, std::generic_category()));
  for (const Error& error : {direct.error(), wrapped, threads}) {
    EXPECT_EQ(error.code, ErrorCode::TooLarge);
    EXPECT_THAT(error.sentence,
                HasSubstr("OpenVINO cannot compile the network: there is not enough"));
    EXPECT_THAT(error.sentence, HasSubstr("smaller model"));
  }
  EXPECT_EQ(thrown_by(std::runtime_error("a shape is wrong")).code, ErrorCode::Device);
}

}  // namespace
}  // namespace latent::infer
