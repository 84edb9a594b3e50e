// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/darktable/network.h"

#include <gmock/gmock.h>

#include "task_fixture.h"

namespace latent::tasks {
namespace {

using models::DarktableKind;
using testing::ElementsAre;
using testing::HasSubstr;

class DarktableNetworks : public TaskTest {
 protected:
  static Result<DarktableNetwork> load(const std::string& name, DarktableKind kind) {
    return load_darktable_network(package(name), kind, models::Compat::None);
  }
};

TEST_F(DarktableNetworks, HaveTheTilesThatTheirPackageStates) {
  const auto denoise = load("darktable-denoise", DarktableKind::Denoise);
  ASSERT_TRUE(denoise) << denoise.error().sentence;
  EXPECT_EQ(denoise->tiles().exact, (Size{160, 160}));
  EXPECT_FALSE(denoise->takes_level);
  const auto bayer = load("darktable-raw", DarktableKind::BayerV1);
  ASSERT_TRUE(bayer) << bayer.error().sentence;
  EXPECT_EQ(bayer->tiles().exact, (Size{256, 256}));  // 128 packed pixels a side
  EXPECT_EQ(bayer->tiles().margin_px, 0);
}

TEST_F(DarktableNetworks, ThatAPackageLacksAreRefusedWithWhatItIsFor) {
  const auto raw = load("darktable-denoise", DarktableKind::BayerV1);
  ASSERT_FALSE(raw);
  EXPECT_EQ(raw.error().code, ErrorCode::ModelMismatch);
  EXPECT_EQ(raw.error().sentence,
            "the package 'darktable-denoise' has no network for Bayer sensors");
  EXPECT_THAT(load("darktable-denoise", DarktableKind::UpscaleX2).error().sentence,
              HasSubstr("use --scale 4"));
}

TEST_F(DarktableNetworks, RunInFloat32AndOnTheProcessorWhereThePackageForbidsTheDevice) {
  auto denoise = load("darktable-denoise", DarktableKind::Denoise);
  ASSERT_TRUE(denoise) << denoise.error().sentence;
  denoise->contract.cpu_only = {"cuda"};
  infer::EngineRequest wanted;
  wanted.device = "cuda.1";
  std::vector<std::string> notices;
  const auto request = engine_for(*denoise, wanted, notices);
  EXPECT_EQ(request.device, "cpu");
  EXPECT_EQ(request.precision, infer::Precision::F32);
  EXPECT_THAT(notices, ElementsAre(HasSubstr("cuda")));
  notices.clear();
  wanted.device = "gpu";
  wanted.precision = infer::Precision::F16;
  EXPECT_EQ(engine_for(*denoise, wanted, notices).device, "gpu");
  EXPECT_EQ(engine_for(*denoise, wanted, notices).precision, infer::Precision::F16);
  EXPECT_THAT(notices, testing::IsEmpty());
}

}  // namespace
}  // namespace latent::tasks
