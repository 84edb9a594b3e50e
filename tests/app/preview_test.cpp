// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/preview.h"

#include <gmock/gmock.h>

#include "app/memory_photograph.h"
#include "sample_files.h"
#include "sample_packages.h"
#include "scratch_folder.h"

namespace latent::app {
namespace {

using testing::HasSubstr;

constexpr Size kSize{96, 64};

class Previews : public test::InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    at_ = workplace_in(folder_);
    job_ = *new_job("denoise");
    job_.model = sample_package("tiny-mean-200");
    job_.engine.precision = infer::Precision::F32;
  }
  read::Photograph photograph() {
    PixelsInMemory pixels;
    pixels.samples = reinterpret_cast<const std::byte*>(image_.view().data());
    pixels.size = kSize;
    pixels.row_bytes = image_.view().stride();
    const auto srgb = colour::Profile::named(colour::NamedProfile::Srgb);
    auto photograph = photograph_of(pixels, srgb, {});
    EXPECT_TRUE(photograph) << photograph.error().sentence;
    return *std::move(photograph);
  }

  Image<std::uint8_t> image_ = noisy_image(kSize);
  Workplace at_;
  Job job_;
};

TEST_F(Previews, ShowTheSettingsOfTheJobThatAsks) {
  auto preview = Preview::open(job_, photograph(), at_, {});
  ASSERT_TRUE(preview) << preview.error().sentence;
  EXPECT_EQ(preview->facts().size, kSize);
  const Rect region{8, 8, 40, 30};
  const auto full = preview->show(job_, region, {});
  ASSERT_TRUE(full) << full.error().sentence;
  std::get<tasks::DenoiseSettings>(job_.settings).strength = 0;
  const auto none = preview->show(job_, region, {});
  ASSERT_TRUE(none) << none.error().sentence;
  EXPECT_EQ(none->after.view().at(9, 9, 1), none->before.view().at(9, 9, 1));
  EXPECT_NE(full->after.view().at(9, 9, 1), none->after.view().at(9, 9, 1));
}

TEST_F(Previews, RefuseAJobOfAnotherTaskOrFactor) {
  auto preview = Preview::open(job_, photograph(), at_, {});
  ASSERT_TRUE(preview) << preview.error().sentence;
  const auto other = preview->show(*new_job("upscale"), {0, 0, 8, 8}, {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::Usage);
  EXPECT_THAT(other.error().sentence, HasSubstr("this preview is of denoise;"));
  Job twice = *new_job("upscale");
  twice.model = sample_package("tiny-zero-up-400");
  EXPECT_THAT(Preview::open(twice, photograph(), at_, {}).error().sentence,
              HasSubstr("upscale needs --scale 2"));
  std::get<UpscaleChoice>(twice.settings).scale = 2;
  auto enlarged = Preview::open(twice, photograph(), at_, {});
  ASSERT_TRUE(enlarged) << enlarged.error().sentence;
  std::get<UpscaleChoice>(twice.settings).scale = 4;
  EXPECT_THAT(enlarged->show(twice, {0, 0, 8, 8}, {}).error().sentence, HasSubstr("upscale x2"));
}

TEST_F(Previews, AreNotNeededToRunAJobInMemory) {
  int rows = 0;
  const auto answer = run_in_memory(job_, photograph(),
                                    [&](const tasks::RowsView& view) -> Status {
                                      rows +=
                                          std::get<ImageView<const std::uint16_t>>(view).height();
                                      return {};
                                    },
                                    at_, {});
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_EQ(rows, kSize.height);
  EXPECT_TRUE(answer->common.network_ran);
  EXPECT_EQ(names_in(folder_), 0);
}

}  // namespace
}  // namespace latent::app
