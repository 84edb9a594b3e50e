// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/mask_trace.h"

#include <gmock/gmock.h>

#include "sample_files.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

class MaskTrace : public test::InFolder {
 protected:
  /// A mask of 80 x 60 pixels with an object in its middle, or without any.
  MaskTraceJob job(const Rect& object, const char* target = "path.svg") const {
    const auto path = folder_ / "mask.png";
    EXPECT_TRUE(write_mask_picture({path, {}, 8, true}, mask_of({80, 60}, object).view()));
    MaskTraceJob job;
    job.mask = path;
    job.target.file = folder_ / target;
    return job;
  }
};

TEST_F(MaskTrace, MakesAPathOfTheSizeOfTheMask) {
  const auto made = trace_mask(job({20, 15, 40, 30}), {});
  ASSERT_TRUE(made) << made.error().sentence;
  EXPECT_EQ(made->outlines, 1);
  EXPECT_EQ(made->holes, 0);
  EXPECT_GT(made->iou, 0.98);
  EXPECT_THAT(content(folder_ / "path.svg"), HasSubstr("viewBox=\"0 0 80 60\""));
}

TEST_F(MaskTrace, OfAnEmptyMaskIsRefusedWithWhatHelpsAndWritesNothing) {
  const auto made = trace_mask(job({}), {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::NotFound);
  EXPECT_THAT(made.error().sentence, HasSubstr("lower --threshold or --cleanup"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "path.svg"));
}

TEST_F(MaskTrace, OfAMaskThatIsNotAsLargeAsItsPhotographIsRefusedWithBothSizes) {
  write_image(folder_ / "photo.png", noisy_image({60, 80}));
  MaskTraceJob wanted = job({20, 15, 40, 30});
  wanted.target.photograph = folder_ / "photo.png";
  const auto made = trace_mask(wanted, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::Usage);
  EXPECT_THAT(made.error().sentence, HasSubstr("80 x 60"));
  EXPECT_THAT(made.error().sentence, HasSubstr("60 x 80"));
}

TEST_F(MaskTrace, GivesAPathAndNoPicture) {
  EXPECT_THAT(trace_mask(job({20, 15, 40, 30}, "path.png"), {}).error().sentence,
              HasSubstr("name it .xmp or .svg"));
}

}  // namespace
}  // namespace latent::app
