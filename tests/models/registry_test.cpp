// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/store/registry.h"

#include <gmock/gmock.h>

#include "sample_package.h"

namespace latent::models {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

TEST(Registry, FindsByIdAndTheFirstFolderWins) {
  const ScratchFolder folder;
  fs::create_directories(folder / "a");
  fs::create_directories(folder / "b");
  write_zip(folder / "a/sample.dtmodel", sample_entries());
  put_bytes(folder / "b/sample/config.json", sample_config().dump());
  put_bytes(folder / "b/broken.dtmodel", "x");
  put_bytes(folder / "b/readme.txt", "x");
  const Registry registry({folder / "absent", folder / "a", folder / "b"});
  const auto places = registry.list();
  ASSERT_EQ(places.size(), 2U);
  EXPECT_EQ(places[0].id, "broken");
  EXPECT_EQ(places[1].path, folder / "a/sample.dtmodel");
  const auto package = registry.open("sample");
  ASSERT_TRUE(package) << package.error().sentence;
  EXPECT_EQ(package->manifest().id, "sample");
  EXPECT_FALSE(registry.open("broken"));
}

TEST(Registry, OpensAPathAndSaysWhatThereIs) {
  const ScratchFolder folder;
  write_zip(folder / "sample.dtmodel", sample_entries());
  const Registry elsewhere({});
  EXPECT_TRUE(elsewhere.open((folder / "sample.dtmodel").string()));
  const Registry here({folder.path()});
  const auto missing = here.open("other");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_THAT(missing.error().sentence, HasSubstr("there are sample"));
}

TEST(Registry, RefusesAPackageUnderAnotherName) {
  const ScratchFolder folder;
  write_zip(folder / "other.dtmodel", sample_entries());
  const auto package = Registry({folder.path()}).open("other");
  ASSERT_FALSE(package);
  EXPECT_EQ(package.error().code, ErrorCode::Corrupt);
}

}  // namespace
}  // namespace latent::models
