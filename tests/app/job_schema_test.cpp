// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/job_schema.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/settings_table.h"
#include "app/task_table.h"

namespace latent::app {
namespace {

nlohmann::json schema() { return nlohmann::json::parse(job_schema()); }

/// The schema of the object in which a setting stands.
nlohmann::json section_of(const nlohmann::json& task, const Setting& setting) {
  const std::string name = section_name(setting.section);
  return name.empty() ? task : task["properties"][name];
}

TEST(JobSchema, HasEverySettingOfEveryTaskAndTakesNoOther) {
  const auto all = schema();
  ASSERT_EQ(all["oneOf"].size(), task_table().size());
  for (const TaskRow& row : task_table()) {
    const auto& task = all["$defs"][row.id];
    EXPECT_EQ(task["additionalProperties"], false);
    for (const Setting& setting : *row.settings) {
      const auto section = section_of(task, setting);
      EXPECT_TRUE(section["properties"].contains(setting.key)) << setting.place();
      EXPECT_EQ(section["additionalProperties"], false);
    }
  }
}

TEST(JobSchema, GivesNumbersTheBoundsThatTheReaderHolds) {
  const auto level = schema()["$defs"]["denoise"]["properties"]["settings"]["properties"]["level"];
  EXPECT_EQ(level["anyOf"][0]["const"], "auto");
  EXPECT_EQ(level["anyOf"][1]["minimum"], 0);
  EXPECT_EQ(level["anyOf"][1]["maximum"], 255);
}

TEST(JobSchema, WantsAFactorOrAPrintOfAnEnlargement) {
  const auto upscale = schema()["$defs"]["upscale"];
  ASSERT_EQ(upscale["anyOf"].size(), 2U);
  const auto& factor = upscale["anyOf"][0]["properties"]["settings"];
  EXPECT_EQ(factor["required"], nlohmann::json::array({"scale"}));
  EXPECT_EQ(factor["properties"]["scale"]["enum"], nlohmann::json::array({2, 4}));
  EXPECT_EQ(upscale["anyOf"][1]["properties"]["settings"]["required"],
            nlohmann::json::array({"print"}));
}

TEST(JobSchema, GivesEverySettingItsDefault) {
  const auto all = schema();
  EXPECT_EQ(all["$defs"]["upscale"]["properties"]["settings"]["properties"]["scale"]["default"],
            "auto");
  EXPECT_EQ(all["$defs"]["denoise"]["properties"]["settings"]["properties"]["strength"]["default"],
            100);
}

}  // namespace
}  // namespace latent::app
