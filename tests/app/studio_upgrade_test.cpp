// SPDX-License-Identifier: GPL-3.0-or-later
// What older versions of the studio left on the disk (tests/data/upgrade) is opened, and nothing of it
// is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "app/studio/catalogue.h"
#include "app/studio/queue.h"
#include "app/studio/studio_settings.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;

const fs::path kPhotos = "/tmp/latent-upgrade/photos";

std::vector<fs::path> versions() {
  std::vector<fs::path> found;
  for (const auto& entry :
       fs::directory_iterator(fs::path(LATENT_SOURCE_DIR) / "tests/data/upgrade")) {
    if (entry.is_directory()) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

class StudioUpgrade : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("upgrade" + GetParam().filename().native() + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::copy(GetParam(), folder_, fs::copy_options::recursive);
  }
  void TearDown() override {
    for (const std::string& notice : notices_) {  // of an upgrade, but of no damage
      EXPECT_THAT(notice, HasSubstr("was brought to a new version"));
    }
    fs::remove_all(folder_);
  }

  fs::path folder_;
  std::vector<std::string> notices_;
};

TEST_P(StudioUpgrade, TheCatalogueKnowsItsFoldersAndPhotographs) {
  const auto catalogue = Catalogue::open(folder_ / "studio" / "catalogue.sqlite", &notices_);
  ASSERT_TRUE(catalogue) << catalogue.error().sentence;
  const auto files = catalogue->files_in(kPhotos);
  ASSERT_TRUE(files) << files.error().sentence;
  ASSERT_THAT(files->size(), Eq(4U));
  EXPECT_THAT(files->front().facts.size, Eq(Size{32, 32}));
  EXPECT_THAT(*catalogue->folders(), testing::Contains(kPhotos));
}

TEST_P(StudioUpgrade, TheQueueKnowsWhatBecameOfEachItem) {
  const auto queue = Queue::open(folder_ / "studio" / "queue.sqlite", &notices_);
  ASSERT_TRUE(queue) << queue.error().sentence;
  const auto items = (*queue)->items();
  ASSERT_TRUE(items);
  ASSERT_THAT(items->size(), Eq(3U));
  EXPECT_TRUE(items->at(0).state == ItemState::Done);
  EXPECT_TRUE(items->at(1).state == ItemState::Failed);
  EXPECT_THAT(items->at(1).message, HasSubstr("gone.png"));
  EXPECT_THAT(items->at(2).output.filename().native(), Eq("p102_denoise.tif"));
  // What failed before is tried again by the job as it was written then.
  ASSERT_TRUE((*queue)->retry(2));
  const auto order = (*queue)->take_next();
  ASSERT_TRUE(order) << order.error().sentence;
  ASSERT_TRUE(order->has_value());
}

TEST_P(StudioUpgrade, ItsSettingsAreTakenOver) {
  const auto settings = StudioSettings::load(folder_ / "config" / "studio.json", &notices_);
  EXPECT_THAT(settings.word("task"), Not(testing::IsEmpty()));
  for (const char* task : {"rawdenoise", "denoise", "upscale"}) {
    EXPECT_THAT(settings.job(task).task, Eq(task));
  }
}

INSTANTIATE_TEST_SUITE_P(OfEveryVersion, StudioUpgrade, testing::ValuesIn(versions()),
                         [](const auto& version) { return version.param.filename().string(); });

}  // namespace
}  // namespace latent::app
