// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/model_manager.h"

#include <gmock/gmock.h>

#include "app/model_policy.h"
#include "sample_package.h"
#include "sample_store.h"

namespace latent::app {
namespace {

using models::ScratchFolder;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// A store with the package "sample", imported from a file.
class ModelManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    models::write_zip(folder_ / "sample.dtmodel", models::sample_entries());
    const auto installed =
        ModelManager(setup_in(store())).import_package(folder_ / "sample.dtmodel", {}, {});
    ASSERT_TRUE(installed) << installed.error().sentence;
  }
  [[nodiscard]] fs::path store() const { return folder_ / "store"; }
  static Result<VerifiedModel> verified(const fs::path& store) {
    return ModelManager(setup_in(store)).verify("sample", ModelManager::Run::Nothing, {});
  }
  /// Puts another good package in the place of the installed one, by hand.
  static void change(const fs::path& store) {
    auto config = models::sample_config();
    config["name"] = "Another sample";
    fs::remove(store / "sample.dtmodel");
    models::write_zip(store / "sample.dtmodel", models::sample_entries(config));
  }
  ScratchFolder folder_;
};

TEST_F(ModelManagerTest, ACopyOfAStoreKnowsWhereItsModelsCameFrom) {
  const fs::path copy = folder_ / "copy";
  fs::copy(store(), copy, fs::copy_options::recursive);
  const ModelManager manager(setup_in(copy));
  for (int time = 0; time < 2; ++time) {  // hashed, then remembered
    const auto entry = manager.find("sample");
    ASSERT_TRUE(entry) << entry.error().sentence;
    ASSERT_TRUE(entry->origin);
    EXPECT_EQ(entry->origin->kind, "file");
    EXPECT_FALSE(entry->changed);
  }
  EXPECT_TRUE(verified(copy));
}

TEST_F(ModelManagerTest, AChangedArchiveIsNotTheOneThatWasInstalled) {
  ASSERT_TRUE(verified(store()));
  change(store());
  const auto entry = ModelManager(setup_in(store())).find("sample");
  EXPECT_TRUE(entry->origin);
  EXPECT_TRUE(entry->changed);
  const auto verdict = verified(store());
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(verdict.error().sentence, HasSubstr("is not the file that was installed"));
}

TEST_F(ModelManagerTest, ImportingTheChangeMakesItTheOneThatWasInstalled) {
  change(store());
  const ModelManager manager(setup_in(store()));
  ASSERT_TRUE(manager.import_package(store() / "sample.dtmodel", {}, {}));
  EXPECT_FALSE(manager.find("sample")->changed);
  EXPECT_TRUE(verified(store()));
}

TEST_F(ModelManagerTest, APackagePutThereByHandHasNoOriginAndIsGood) {
  const fs::path other = folder_ / "other";
  fs::create_directories(other);
  fs::copy(folder_ / "sample.dtmodel", other / "sample.dtmodel");
  const auto entry = ModelManager(setup_in(other)).find("sample");
  ASSERT_TRUE(entry);
  EXPECT_FALSE(entry->origin);
  EXPECT_FALSE(entry->changed);
  EXPECT_TRUE(verified(other));
}

TEST(ModelPolicy, OneSentenceRefusesAModel) {
  const models::Policy policy{.licences = {"MIT"}, .least_mof = models::MofClass::II};
  const auto refused = hold_to_policy(policy, "sample", {.weights_licence = "GPL-3.0-only"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(refused.error().sentence,
              testing::MatchesRegex("the model 'sample' is refused by your policy: the licence of "
                                    "its weights is 'GPL-3.0-only', which is not among those "
                                    "accepted .and 1 more.; see latent models policy"));
  EXPECT_TRUE(hold_to_policy(policy, "sample", {.weights_licence = "MIT", .mof = "Class I"}));
}

}  // namespace
}  // namespace latent::app
