// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>

#include <algorithm>

#include "opened.h"

namespace {

using namespace latent;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Models : public latent_test::Opened {
 protected:
  void SetUp() override {
    Opened::SetUp();
    LibraryOptions options = latent_test::own_options();
    options.data_folder = folder_ / "models";
    library_ = Library::open(options);
    ASSERT_TRUE(library_);
  }
};

TEST_F(Models, ThoseOfTheSourceTreeAreFoundByTheLibraryItself) {
  const auto models = library_->models();
  ASSERT_TRUE(models) << models.failure().sentence;
  const auto raw = std::ranges::find(*models, "latent-raw", &ModelInfo::id);
  ASSERT_NE(raw, models->end());
  EXPECT_TRUE(raw->built_in);
  EXPECT_TRUE(raw->enabled);
  EXPECT_EQ(raw->task, "rawdenoise");
  EXPECT_FALSE(raw->licences.weights.empty());
  EXPECT_FALSE(raw->licences.data.empty());
  EXPECT_EQ(library_->default_model("rawdenoise")->id, "latent-raw");
  EXPECT_EQ(library_->default_model("painting").failure().code, Failure::Code::NotFound);
}

TEST_F(Models, TheOneThatIsEnabledIsUsed) {
  ASSERT_TRUE(library_->enable_model("latent-raw-fast"));
  EXPECT_EQ(library_->default_model("rawdenoise")->id, "latent-raw-fast");
  RawDenoise task;
  task.region = Region{600, 400, 64, 64};
  Output output;
  output.file = folder_ / "fast.dng";
  const auto job = Job::make(task, {raw_}, output);
  ASSERT_TRUE(job);
  const auto result = library_->run(*job);
  ASSERT_TRUE(result) << result.failure().sentence;
  EXPECT_EQ(result->files.front().model, "latent-raw-fast");
  EXPECT_EQ(library_->enable_model("absent").failure().code, Failure::Code::NotFound);
}

TEST_F(Models, AreInstalledFromAFileOnlyWhereTheUserWantsThem) {
  const fs::path package = folder_ / "latent-raw-fast.dtmodel";
  fs::copy_file(LATENT_SOURCE_DIR "/weights/latent-raw-fast.dtmodel", package);
  const auto refused = library_->install_model(package, [](const ModelInfo& asked) {
    EXPECT_EQ(asked.id, "latent-raw-fast");
    EXPECT_FALSE(asked.licences.weights.empty());
    return false;
  });
  EXPECT_EQ(refused.failure().code, Failure::Code::Cancelled);
  const auto installed = library_->install_model(package);
  ASSERT_TRUE(installed) << installed.failure().sentence;
  EXPECT_FALSE(installed->built_in);
  EXPECT_EQ(installed->path.parent_path(), folder_ / "models");
  EXPECT_EQ(library_->default_model("rawdenoise")->id, "latent-raw");
  ASSERT_TRUE(library_->remove_model("latent-raw-fast"));
  EXPECT_EQ(library_->remove_model("latent-raw").failure().code, Failure::Code::Unsupported);
  std::ofstream(package) << "no package";
  EXPECT_EQ(library_->install_model(package).failure().code, Failure::Code::Unsupported);
}

TEST_F(Models, AreLookedForInTheFoldersOfTheProgram) {
  LibraryOptions options = latent_test::own_options();
  options.model_folders = {folder_};
  fs::copy_file(LATENT_SOURCE_DIR "/weights/latent-raw.dtmodel", folder_ / "latent-raw.dtmodel");
  library_ = Library::open(options);
  const auto model = library_->default_model("rawdenoise");
  ASSERT_TRUE(model) << model.failure().sentence;
  EXPECT_EQ(model->path, folder_ / "latent-raw.dtmodel");
}

TEST(Devices, HaveTheProcessor) {
  const Devices found = list_devices();
  EXPECT_TRUE(std::ranges::any_of(found.engines, &EngineInfo::usable));
  EXPECT_TRUE(std::ranges::any_of(found.devices,
                                  [](const DeviceInfo& device) { return device.device == "cpu"; }));
  EXPECT_TRUE(found.plugins.empty());
}

TEST(Devices, OfAPlugInThatIsNotThereAreNone) {
  Engine engine;
  engine.onnxruntime_plugins = {"/nowhere/plugin.so"};
  const Devices found = list_devices(engine);
  ASSERT_EQ(found.plugins.size(), 1U);
  EXPECT_FALSE(found.plugins[0].usable);
  EXPECT_NE(found.plugins[0].problem, "");
  EXPECT_EQ(found.devices.size(), list_devices().devices.size());
}

}  // namespace
