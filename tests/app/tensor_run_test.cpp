// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/tensor_run.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "app/npy_file.h"
#include "sample_packages.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class TensorRun : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    ::setenv("LATENT_CONFIG", folder_.c_str(), 1);  // no policy of the user's
    job_.model = sample_package("tiny-mean-200");
    job_.output_folder = folder_ / "out";
    job_.engine.precision = infer::Precision::F32;
  }
  /// Six planes of 16 x 16, each full of its own number.
  std::filesystem::path planes(const std::string& name = "planes.npy") const {
    infer::NamedTensor tensor{"planes", {1, 6, 16, 16}, {}};
    for (int plane = 0; plane < 6; ++plane) {
      tensor.values.insert(tensor.values.end(), 256, static_cast<float>(plane));
    }
    EXPECT_TRUE(write_npy_file(folder_ / name, tensor));
    return folder_ / name;
  }

  TensorRunJob job_;
};

TEST_F(TensorRun, WithoutInputsListsWhatTheNetworkTakesAndRunsNothing) {
  const auto report = run_tensors(job_);
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(report->network, "rgb");
  ASSERT_EQ(report->inputs.size(), 1U);
  EXPECT_EQ(report->inputs[0].name, "planes");
  EXPECT_THAT(report->inputs[0].dims, ElementsAre(testing::_, 6, testing::_, testing::_));
  EXPECT_TRUE(report->written.empty());
  EXPECT_FALSE(std::filesystem::exists(job_.output_folder));
}

TEST_F(TensorRun, WritesOneFileForEachOutput) {
  job_.inputs["planes"] = planes();
  const auto report = run_tensors(job_);
  ASSERT_TRUE(report) << report.error().sentence;
  ASSERT_EQ(report->written.size(), 1U);
  EXPECT_EQ(report->written[0].first, job_.output_folder / "residual.npy");
  const auto residual = read_npy_file(report->written[0].first, "residual");
  ASSERT_TRUE(residual) << residual.error().sentence;
  EXPECT_THAT(residual->dims, ElementsAre(1, 3, 16, 16));
  // What is left of an even plane, its mean subtracted, is nothing but at the border.
  EXPECT_NEAR(residual->values[256 + 8 * 16 + 8], 0, 1e-5);
  EXPECT_NEAR(residual->values[256], 1.0 - 4.0 / 9.0, 1e-5);
}

TEST_F(TensorRun, OfAnUnknownNetworkListsThoseThereAre) {
  job_.model = sample_package("tiny-sensors");
  EXPECT_THAT(run_tensors(job_).error().sentence,
              HasSubstr("--network chooses one of bayer, mono"));
  job_.network = "foveon";
  const auto report = run_tensors(job_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::NotFound);
  EXPECT_THAT(report.error().sentence, HasSubstr("has no network 'foveon'; it has bayer, mono"));
}

TEST_F(TensorRun, ReplacesNoInput) {
  job_.inputs["planes"] = planes("residual.npy");
  job_.output_folder = folder_;
  const auto before = content(folder_ / "residual.npy");
  const auto report = run_tensors(job_);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::Usage);
  EXPECT_EQ(content(folder_ / "residual.npy"), before);
}

TEST_F(TensorRun, OfGoldenTensorsFindsThemAsThePackageSaysOrSaysThatThereAreNone) {
  const auto report = run_golden(sample_package("tiny-mean-200"), job_.engine);
  ASSERT_TRUE(report) << report.error().sentence;
  EXPECT_EQ(report->goldens, 1);
  EXPECT_LT(report->worst, 1e-3);
  const auto none = run_golden(sample_package("darktable-denoise"), job_.engine);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace latent::app
