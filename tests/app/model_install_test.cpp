// SPDX-License-Identifier: GPL-3.0-or-later
// How packages come into a store.
#include <gmock/gmock.h>

#include "app/model_manager.h"
#include "app/model_policy.h"
#include "sample_package.h"
#include "sample_store.h"

namespace latent::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

class ModelInstall : public testing::Test {
 protected:
  void SetUp() override { models::write_zip(folder_ / "sample.dtmodel", models::sample_entries()); }
  [[nodiscard]] ModelManager manager() const { return ModelManager(setup_in(folder_ / "store")); }
  [[nodiscard]] bool is_empty() const { return manager().list()->empty(); }

  models::ScratchFolder folder_;
};

TEST_F(ModelInstall, AsksTheUserWithWhatThePackageSaysOfItself) {
  InstallOptions options;
  std::vector<std::string> steps;
  options.on_step = [&](const std::string& step) { steps.push_back(step); };
  options.consent = [](const ModelQuestion& question) -> Result<bool> {
    EXPECT_EQ(question.id, "sample");
    EXPECT_EQ(question.version, "1.2");
    EXPECT_EQ(question.trust.weights_licence, "GPL-3.0-or-later");
    EXPECT_TRUE(question.from_package);
    return false;
  };
  const auto installed = manager().import_package(folder_ / "sample.dtmodel", options, {});
  ASSERT_FALSE(installed);
  EXPECT_EQ(installed.error().code, ErrorCode::Cancelled);
  EXPECT_THAT(steps, ElementsAre("copying", "checking"));
  EXPECT_TRUE(is_empty());
  EXPECT_TRUE(fs::is_empty(folder_ / "store" / "quarantine") ||
              !fs::exists(folder_ / "store" / "quarantine" / "sample.dtmodel"));
}

TEST_F(ModelInstall, EnablesTheFirstModelOfATaskAndNoSecond) {
  const auto first = manager().import_package(folder_ / "sample.dtmodel", {}, {});
  ASSERT_TRUE(first) << first.error().sentence;
  EXPECT_TRUE(first->enabled);
  EXPECT_EQ(first->previous_version, "");
  auto config = models::sample_config();
  config["id"] = "other";
  models::write_zip(folder_ / "other.dtmodel", models::sample_entries(config, "other"));
  const auto second = manager().import_package(folder_ / "other.dtmodel", {}, {});
  ASSERT_TRUE(second) << second.error().sentence;
  EXPECT_FALSE(second->enabled);
  EXPECT_EQ(manager().enabled("rawdenoise")->id, "sample");
}

TEST_F(ModelInstall, ByIdFindsThePackageInAFolder) {
  InstallOptions options;
  options.from = folder_.path().string();
  options.pin = true;
  const auto installed = manager().install("sample", options, {});
  ASSERT_TRUE(installed) << installed.error().sentence;
  EXPECT_TRUE(manager().find("sample")->pinned);
  const auto missing = manager().install("absent", options, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().sentence, HasSubstr("holds no package 'absent'"));
}

TEST_F(ModelInstall, OfAFileUnderAnotherIdIsRefused) {
  InstallOptions options;
  options.from = (folder_ / "sample.dtmodel").string();
  const auto installed = manager().install("another", options, {});
  ASSERT_FALSE(installed);
  EXPECT_EQ(installed.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(installed.error().sentence, HasSubstr("is 'sample' where 'another' was wanted"));
  EXPECT_TRUE(is_empty());
}

TEST_F(ModelInstall, OfADamagedFileNamesThatFileAndNotItsCopy) {
  models::put_bytes(folder_ / "broken.dtmodel", "no archive");
  const auto installed = manager().import_package(folder_ / "broken.dtmodel", {}, {});
  ASSERT_FALSE(installed);
  EXPECT_THAT(installed.error().sentence, HasSubstr((folder_ / "broken.dtmodel").string()));
  EXPECT_THAT(installed.error().sentence, testing::Not(HasSubstr("quarantine")));
}

TEST_F(ModelInstall, ObeysThePolicy) {
  fs::create_directories(folder_ / "store");
  ASSERT_TRUE(write_policy(folder_ / "store" / "policy.toml", {.licences = {"MIT"}}));
  const auto installed = manager().import_package(folder_ / "sample.dtmodel", {}, {});
  ASSERT_FALSE(installed);
  EXPECT_EQ(installed.error().code, ErrorCode::Unsupported);
  EXPECT_TRUE(is_empty());
}

}  // namespace
}  // namespace latent::app
