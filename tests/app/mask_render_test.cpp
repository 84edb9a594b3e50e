// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_render.h"

#include <gmock/gmock.h>

#include "read/mask/mask_file.h"
#include "sample_files.h"
#include "sample_masks.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

constexpr Size kSize{20, 10};

class MaskRender : public test::InFolder {
 protected:
  /// An edit with two masks, each a square of its own.
  void SetUp() override {
    InFolder::SetUp();
    for (const char* name : {"left", "right"}) {
      mask::Shape shape = square_path();
      if (std::string(name) == "right") {
        for (auto& node : shape.members.front().path) {
          for (auto* point : {&node.at, &node.arriving, &node.leaving}) point->x += 6;
        }
      }
      ASSERT_TRUE(write_mask_path({folder_ / "edit.xmp", {}}, shape, {kSize, {0, 0}}, name));
    }
  }
  MaskRenderJob job() const {
    MaskRenderJob job;
    job.edit = folder_ / "edit.xmp";
    job.target.file = folder_ / "mask.pfm";
    job.size = kSize;
    return job;
  }
};

TEST_F(MaskRender, DrawsTheMaskThatIsNamed) {
  MaskRenderJob wanted = job();
  wanted.mask = "left";
  const auto rendered = render_mask(wanted, {});
  ASSERT_TRUE(rendered) << rendered.error().sentence;
  EXPECT_EQ(rendered->name, "left");
  const auto mask = read::read_mask_file(wanted.target.file);
  ASSERT_TRUE(mask) << mask.error().sentence;
  ASSERT_EQ(mask->size(), kSize);
  EXPECT_NEAR(mask->view().at(6, 5), 1, 1e-3);
  EXPECT_NEAR(mask->view().at(15, 5), 0, 1e-3);
}

TEST_F(MaskRender, DrawsTheLastMaskWhereNoneIsNamedAndTellsOfTheOthers) {
  const auto rendered = render_mask(job(), {});
  ASSERT_TRUE(rendered) << rendered.error().sentence;
  EXPECT_EQ(rendered->name, "right");
  EXPECT_THAT(rendered->notices, testing::ElementsAre(HasSubstr("'left'")));
}

TEST_F(MaskRender, OfAnUnknownMaskIsRefusedWithTheNamesThereAre) {
  MaskRenderJob wanted = job();
  wanted.mask = "middle";
  const auto rendered = render_mask(wanted, {});
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().code, ErrorCode::NotFound);
  EXPECT_THAT(rendered.error().sentence, HasSubstr("'left'"));
  EXPECT_THAT(rendered.error().sentence, HasSubstr("'right'"));
  EXPECT_FALSE(std::filesystem::exists(wanted.target.file));
}

TEST_F(MaskRender, NeedsEitherAPhotographOrASize) {
  MaskRenderJob neither = job();
  neither.size.reset();
  EXPECT_THAT(render_mask(neither, {}).error().sentence, HasSubstr("--photo FILE, or --size"));
  MaskRenderJob both = job();
  both.target.photograph = folder_ / "photo.png";
  EXPECT_EQ(render_mask(both, {}).error().code, ErrorCode::Usage);
}

TEST_F(MaskRender, OfAPathAsItsResultIsRefused) {
  MaskRenderJob wanted = job();
  wanted.target.file = folder_ / "mask.svg";
  EXPECT_THAT(render_mask(wanted, {}).error().sentence, HasSubstr("name it .png, .tif or .pfm"));
}

}  // namespace
}  // namespace latent::app
