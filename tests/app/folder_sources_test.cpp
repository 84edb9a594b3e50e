// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/folder_sources.h"

#include <gmock/gmock.h>

#include "sample_files.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class FolderSources : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    fs::create_directories(folder_ / "below");
    fs::create_directories(folder_ / ".hidden");
    for (const char* name : {"b.png", "a.txt", "below/c.png", ".hidden/d.png", ".e.png"}) {
      write_image(folder_ / name, noisy_image({8, 8}));
    }
    fill(folder_ / "notes.png", "no picture, whatever its name");
    fill(folder_ / "photo.nef", "a raw is known by its name");
  }
  Result<std::vector<fs::path>> found(const char* task, Folders folders) const {
    return gathered({folder_}, **task_row(task), folders);
  }
};

TEST_F(FolderSources, AreThePicturesInItByTheirFirstBytesAndInOrder) {
  EXPECT_THAT(*found("denoise", Folders::Flat),
              ElementsAre(folder_ / "a.txt", folder_ / "b.png", folder_ / "photo.nef"));
}

TEST_F(FolderSources, OfRawDenoiseAreRawsAlone) {
  EXPECT_THAT(*found("rawdenoise", Folders::Flat), ElementsAre(folder_ / "photo.nef"));
}

TEST_F(FolderSources, BelowAreTakenWhereTheUserAsksButForHiddenOnesAndLinks) {
  fs::create_directory_symlink(folder_ / "below", folder_ / "link");
  EXPECT_THAT(*found("denoise", Folders::Recursive),
              ElementsAre(folder_ / "a.txt", folder_ / "b.png", folder_ / "below/c.png",
                          folder_ / "photo.nef"));
}

TEST_F(FolderSources, ThatAreFilesStayAsTheyWereNamed) {
  const fs::path file = folder_ / "notes.png";
  EXPECT_THAT(*gathered({file, "/no/such/file"}, **task_row("denoise"), Folders::Flat),
              ElementsAre(file, "/no/such/file"));
}

TEST_F(FolderSources, OfAFolderWithoutAnyAreRefusedWithTheOptionThatHelps) {
  fs::create_directories(folder_ / "empty");
  const auto flat = gathered({folder_ / "empty"}, **task_row("denoise"), Folders::Flat);
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().code, ErrorCode::Usage);
  EXPECT_THAT(flat.error().sentence, HasSubstr("--recursive"));
  const auto deep = gathered({folder_ / "empty"}, **task_row("denoise"), Folders::Recursive);
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error().sentence, testing::Not(HasSubstr("--recursive")));
}

}  // namespace
}  // namespace latent::app
