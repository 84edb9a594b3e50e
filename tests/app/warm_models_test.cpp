// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/warm_models.h"

#include <gtest/gtest.h>

#include <optional>

#include "models/store/registry.h"
#include "sample_package.h"

namespace latent::app {
namespace {

/// A task that does nothing.
class Idle final : public tasks::Work {
 public:
  Result<std::unique_ptr<tasks::Prepared::Inside>> prepare(const read::Photograph&,
                                                           const tasks::Next*,
                                                           const RunControl&) override {
    return fail(ErrorCode::Internal, "");
  }
  Result<tasks::Shown> show(tasks::Prepared::Inside&, const Rect&, const tasks::Settings&,
                            const RunControl&) override {
    return fail(ErrorCode::Internal, "");
  }
  Result<tasks::AnyReport> write(tasks::Prepared::Inside&, const tasks::Target&,
                                 const tasks::Settings&, const RunControl&) override {
    return fail(ErrorCode::Internal, "");
  }
};

class WarmTasks : public testing::Test {
 protected:
  TaskLease lease(const std::string& key, bool kept = true) {
    auto lease = WarmModels::lease(kept ? &warm_ : nullptr, key, {},
                                   [&](const infer::EngineRequest& engine) -> Result<tasks::Task> {
                                     ++made_;
                                     stop_ = engine.stop;
                                     return tasks::Task(std::make_unique<Idle>());
                                   });
    EXPECT_TRUE(lease);
    return *std::move(lease);
  }

  WarmModels warm_;
  int made_ = 0;
  std::stop_token stop_;  ///< of the task that was made last
};

TEST_F(WarmTasks, AreUsedAgainForTheSameKey) {
  const tasks::Task* first = &lease("a").task();
  EXPECT_EQ(&lease("a").task(), first);
  EXPECT_EQ(made_, 1);
  lease("b");
  EXPECT_EQ(made_, 2);
}

TEST_F(WarmTasks, AreNeverLeasedToTwoAtATime) {
  const TaskLease one = lease("a");
  const TaskLease other = lease("a");
  EXPECT_NE(&one.task(), &other.task());
  EXPECT_EQ(made_, 2);
}

TEST_F(WarmTasks, AreMadeAnewWhereNothingIsKeptOrAllWasLetGo) {
  lease("a", false);
  lease("a", false);
  EXPECT_EQ(made_, 2);
  lease("a");
  warm_.clear();
  lease("a");
  EXPECT_EQ(made_, 4);
}

TEST_F(WarmTasks, ThatWereStoppedAreNotUsedAgain) {
  std::stop_source stop;
  {
    const TaskLease one = lease("a");
    const auto watching = one.watch(stop.get_token());
    stop.request_stop();
    EXPECT_TRUE(stop_.stop_requested());
  }
  lease("a");
  EXPECT_EQ(made_, 2);
}

TEST_F(WarmTasks, ThatWereNotUsedForTheLongestTimeGoFirst) {
  for (std::size_t i = 0; i <= WarmModels::kMostTasks; ++i) lease(std::to_string(i));
  const int before = made_;
  lease("1");
  EXPECT_EQ(made_, before);
  lease("0");
  EXPECT_EQ(made_, before + 1);
}

TEST_F(WarmTasks, MayOutliveWhatKeepsThem) {
  std::optional<WarmModels> other(std::in_place);
  const auto made = [](const infer::EngineRequest&) -> Result<tasks::Task> {
    return tasks::Task(std::make_unique<Idle>());
  };
  const auto lease = WarmModels::lease(&*other, "a", {}, made);
  other.reset();
  EXPECT_TRUE(lease);
}

TEST(WarmPackages, AreOpenedAgainOnlyWhenTheirFileChanged) {
  const models::ScratchFolder folder;
  const auto file = folder / "sample.dtmodel";
  models::write_zip(file, models::sample_entries());
  WarmModels warm;
  int opened = 0;
  const auto open = [&] {
    ++opened;
    return models::Package::open(file);
  };
  ASSERT_TRUE(warm.package(file.string(), open));
  ASSERT_TRUE(warm.package(file.string(), open));
  EXPECT_EQ(opened, 1);
  auto config = models::sample_config();
  config["version"] = "1.3";
  models::write_zip(folder / "next.dtmodel", models::sample_entries(config));
  std::filesystem::rename(folder / "next.dtmodel", file);
  const auto changed = warm.package(file.string(), open);
  ASSERT_TRUE(changed) << changed.error().sentence;
  EXPECT_EQ(changed->manifest().version, "1.3");
  EXPECT_EQ(opened, 2);
}

TEST(WarmKeys, DifferWithEachPartOfTheEngineThatShapesResults) {
  infer::EngineRequest plain;
  infer::EngineRequest other = plain;
  EXPECT_EQ(key_of(plain), key_of(other));
  other.precision = infer::Precision::F32;
  EXPECT_NE(key_of(plain), key_of(other));
  other = plain;
  other.device = "gpu";
  EXPECT_NE(key_of(plain), key_of(other));
  other = plain;
  other.ort_plugins = {"/a.so"};
  EXPECT_NE(key_of(plain), key_of(other));
  Limits limits;
  limits.max_memory_bytes = 1;
  EXPECT_NE(key_of(limits), key_of(Limits{}));
}

}  // namespace
}  // namespace latent::app
