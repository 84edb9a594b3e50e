// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "models/manifest/manifest.h"

namespace latent::models {

/// One thing that is wrong with a manifest that was right.
struct Fault {
  const char* pointer;  ///< of what is changed
  const char* value;    ///< its new value as JSON; empty: taken away
  const char* named;    ///< what the sentence must name
};

/// `within`  where the fault's pointer begins
inline void expect_refused(nlohmann::json config, const Fault& fault,
                           const std::string& within = {}) {
  const nlohmann::json::json_pointer pointer(within + fault.pointer);
  const std::string value = fault.value;
  if (value.empty()) {
    config.at(pointer.parent_pointer()).erase(pointer.back());
  } else {
    config[pointer] = nlohmann::json::parse(value);
  }
  const auto manifest = parse_manifest(config.dump());
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(manifest.error().sentence, testing::HasSubstr("config.json: "));
  EXPECT_THAT(manifest.error().sentence, testing::HasSubstr(fault.named));
}

}  // namespace latent::models
