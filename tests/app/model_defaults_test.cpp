// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_defaults.h"

#include <gmock/gmock.h>

#include "sample_packages.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class ModelDefaults : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    at_ = workplace_in(folder_);
  }
  void write_policy_text(const std::string& text) {
    fs::create_directories(at_.places.config);
    fill(at_.places.policy_file(), text);
  }

  Workplace at_;
};

TEST_F(ModelDefaults, TakeAPackageByItsPathOrByItsIdInAFolder) {
  EXPECT_EQ(open_model(sample_package("tiny-sensors"), nullptr, at_)->manifest().id,
            "tiny-sensors");
  EXPECT_EQ(open_model("tiny-sensors", nullptr, at_).error().code, ErrorCode::NotFound);
  at_.places.built_in = {LATENT_TEST_PACKAGES};
  EXPECT_EQ(open_model("tiny-sensors", nullptr, at_)->manifest().id, "tiny-sensors");
}

TEST_F(ModelDefaults, RefuseAModelOfAnotherTaskWithTheVerbThatTakesIt) {
  const auto model = open_model_for("denoise", sample_package("darktable-raw"), nullptr, at_);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::ModelMismatch);
  EXPECT_THAT(model.error().sentence, HasSubstr("; latent rawdenoise takes it"));
}

TEST_F(ModelDefaults, HoldAModelThatIsNamedByItsPathToThePolicyToo) {
  write_policy_text("licences = [\"MIT\"]\n");
  const auto model = open_model(sample_package("tiny-sensors"), nullptr, at_);
  ASSERT_FALSE(model);
  EXPECT_EQ(model.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(model.error().sentence, HasSubstr("is refused by your policy"));
}

TEST_F(ModelDefaults, OpenModelsThatShipThoughThePolicyCannotBeReadAndSaySoOnce) {
  write_policy_text("licences = 3\n");
  EXPECT_FALSE(open_model(sample_package("tiny-sensors"), nullptr, at_));
  at_.places.built_in = {LATENT_TEST_PACKAGES};
  std::vector<std::string> notices;
  ASSERT_TRUE(open_model("tiny-sensors", &notices, at_));
  ASSERT_TRUE(open_model("tiny-sensors", &notices, at_));
  EXPECT_THAT(notices, ElementsAre(HasSubstr("policy.toml")));
}

}  // namespace
}  // namespace latent::app
