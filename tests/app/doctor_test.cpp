// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/doctor.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Doctor : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    ::setenv("LATENT_CONFIG", folder_.c_str(), 1);
    ::setenv("LATENT_MODELS", LATENT_SOURCE_DIR "/weights", 1);
    ::setenv("LATENT_MODELS_DIR", (folder_ / "store").c_str(), 1);
  }
};

TEST_F(Doctor, FindsTheProcessorAndTriesNothingOnceItIsStopped) {
  std::stop_source stop;
  stop.request_stop();
  const Health health = examine({}, stop.get_token());
  std::vector<std::string> devices;
  for (const auto& device : health.inventory.devices) devices.push_back(device.device);
  EXPECT_THAT(devices, testing::Contains("cpu"));
  EXPECT_THAT(health.model, HasSubstr("latent-raw "));
  EXPECT_THAT(health.checkups, testing::IsEmpty());
  EXPECT_THAT(health.problems, testing::IsEmpty());
}

TEST_F(Doctor, NamesTheModelThatItCannotUseAndTriesNothing) {
  fill(folder_ / "policy.toml", "licences = [\"MIT\"]\n");
  const Health health = examine({}, {});
  EXPECT_THAT(health.problems, ElementsAre(HasSubstr("'latent-raw' is refused by your policy")));
  EXPECT_EQ(health.model, "");
  EXPECT_THAT(health.checkups, testing::IsEmpty());
}

}  // namespace
}  // namespace latent::app
