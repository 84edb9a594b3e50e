// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/source_stem.h"

#include <gtest/gtest.h>

#include "app/task_table.h"

namespace latent::app {
namespace {

TEST(SourceStem, IsThatOfTheSourceForEveryTask) {
  for (const TaskRow& row : task_table()) {
    Job job;
    job.task = row.id;
    job.settings = row.defaults;
    EXPECT_EQ(source_stem("photo" + row.suffix(job)), "photo") << row.id;
    EXPECT_EQ(source_stem("photo" + row.suffix(job) + "_12"), "photo") << row.id;
  }
}

TEST(SourceStem, KnowsEveryFactorEveryPaperAndOneAfterTheOther) {
  EXPECT_EQ(source_stem("a_upscale-2x"), "a");
  EXPECT_EQ(source_stem("a_upscale-4x_3"), "a");
  EXPECT_EQ(source_stem("a_print-40x60cm@300"), "a");
  EXPECT_EQ(source_stem("a_print-8x10in@240_2"), "a");
  EXPECT_EQ(source_stem("a_raw-denoise_denoise_1_upscale-2x"), "a");
}

TEST(SourceStem, LeavesNamesOfSourcesAlone) {
  for (const char* name : {"DSC_0433", "IMG_1", "_denoise", "my_denoised", "a_print-of-it",
                           "a_upscale-3x", "a_denoise_b", "denoise_12", ""}) {
    EXPECT_EQ(source_stem(name), name);
  }
}

}  // namespace
}  // namespace latent::app
