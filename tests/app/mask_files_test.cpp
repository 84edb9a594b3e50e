// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_files.h"

#include <gmock/gmock.h>

#include "read/mask/mask_file.h"
#include "sample_files.h"
#include "sample_masks.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class MaskFiles : public test::InFolder {
 protected:
  MaskTarget target(const char* name, int bits = 0) const { return {folder_ / name, {}, bits}; }
};

TEST_F(MaskFiles, HoldAMaskInEveryFormOfPicture) {
  const Image<float> mask = mask_of({20, 10}, {5, 2, 8, 6});
  for (const MaskTarget& each : {target("a.png"), target("b.png", 8), target("c.TIFF", 32),
                                 target("d.tif"), target("e.pfm")}) {
    ASSERT_TRUE(check_mask_target(each)) << each.file;
    const Status written = write_mask_picture(each, mask.view());
    ASSERT_TRUE(written) << written.error().sentence;
    const auto read = read::read_mask_file(each.file);
    ASSERT_TRUE(read) << read.error().sentence;
    for (int y = 0; y < 10; ++y) {
      ASSERT_TRUE(std::ranges::equal(read->view().row(y), mask.view().row(y))) << each.file;
    }
  }
}

TEST_F(MaskFiles, RefuseADepthThatTheEndingDoesNotHold) {
  for (const auto& [each, held] : {std::pair{target("a.png", 32), "a PNG holds 8 or 16"},
                                   {target("b.tif", 8), "a mask in a TIFF has 16, or 32 (float)"},
                                   {target("c.pfm", 16), "a PFM holds 32 (float)"}}) {
    const Status refused = check_mask_target(each);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Usage);
    EXPECT_THAT(refused.error().sentence, HasSubstr(held));
  }
}

TEST_F(MaskFiles, OfPathsAndOfPicturesAreNotMixedUp) {
  const Image<float> mask = mask_of({20, 10}, {5, 2, 8, 6});
  EXPECT_THAT(write_mask_picture(target("a.svg"), mask.view()).error().sentence,
              HasSubstr("name it .png, .tif or .pfm"));
  EXPECT_THAT(
      write_mask_path(target("a.png"), square_path(), {{20, 10}, {0, 0}}, "x").error().sentence,
      HasSubstr("name it .svg or .xmp"));
  EXPECT_EQ(names_in(folder_), 0);
}

TEST_F(MaskFiles, ThatAreThereAreReplacedOnlyWhereAsked) {
  fill(folder_ / "a.png", "something");
  MaskTarget there = target("a.png");
  EXPECT_THAT(check_mask_target(there).error().sentence, HasSubstr("--overwrite replaces it"));
  there.overwrite = true;
  EXPECT_TRUE(check_mask_target(there));
  there.photograph = there.file;
  EXPECT_EQ(check_mask_target(there).error().code, ErrorCode::Usage);
  EXPECT_EQ(content(folder_ / "a.png"), "something");
}

TEST_F(MaskFiles, OfADarktableEditKeepTheMasksThatAreInIt) {
  const mask::DarktableFrame frame{{20, 10}, {0, 0}};
  for (const char* name : {"first", "second"}) {
    ASSERT_TRUE(check_mask_target(target("a.xmp")));
    const Status written = write_mask_path(target("a.xmp"), square_path(), frame, name);
    ASSERT_TRUE(written) << written.error().sentence;
  }
  const auto edit = metadata::read_darktable_edit(content(folder_ / "a.xmp"));
  ASSERT_TRUE(edit) << edit.error().sentence;
  std::vector<std::string> names;
  std::vector<int> ids;
  for (const auto& form : edit->current_forms()) {
    names.push_back(form.name);
    ids.push_back(form.id);
  }
  EXPECT_THAT(names, testing::Contains("first"));
  EXPECT_THAT(names, testing::Contains("second"));
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST_F(MaskFiles, OfAReadOnlyEditStayAsTheyAre) {
  fill(folder_ / "a.xmp", "whatever");
  fs::permissions(folder_ / "a.xmp", fs::perms::owner_read);
  const Status refused = check_mask_target(target("a.xmp"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::Io);
  EXPECT_THAT(refused.error().sentence, HasSubstr("is read-only; it was left as it is"));
}

}  // namespace
}  // namespace latent::app
