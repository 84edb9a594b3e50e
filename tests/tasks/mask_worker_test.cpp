// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/mask/mask_worker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <thread>

namespace latent::tasks {
namespace {

constexpr Size kSize{8, 6};

/// Marks the whole picture; may be slow, and stops when it is told to.
class SlowFinder final : public mask::Finder {
 public:
  SlowFinder(std::atomic<bool>& slow, std::atomic<int>& begun) : slow_(slow), begun_(begun) {}
  Size size() const override { return kSize; }
  Result<Image<std::uint8_t>> select(std::size_t, std::span<const mask::Prompt>,
                                     const Image<float>*, const RunControl& control) override {
    ++begun_;
    while (slow_) {
      LATENT_CHECK(control.check());
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    LATENT_TRY(auto mask, Image<std::uint8_t>::create(kSize));
    for (int y = 0; y < kSize.height; ++y) std::ranges::fill(mask.view().row(y), std::uint8_t{1});
    return mask;
  }

 private:
  std::atomic<bool>& slow_;
  std::atomic<int>& begun_;
};

/// A grey picture of 8 x 6 as a PNG would be too long here: an uncompressed TIFF.
std::vector<std::uint8_t> tiff() {
  std::vector<std::uint8_t> bytes{'I', 'I', 42, 0, 8, 0, 0, 0};
  const auto put16 = [&](int value) {
    bytes.push_back(static_cast<std::uint8_t>(value & 255));
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  };
  const auto entry = [&](int tag, int type, int value) {
    put16(tag);
    put16(type);
    put16(1);
    put16(0);
    put16(value);
    put16(0);
  };
  constexpr int kEntries = 9;
  constexpr int kData = 8 + 2 + 12 * kEntries + 4;
  put16(kEntries);
  entry(256, 3, kSize.width);
  entry(257, 3, kSize.height);
  entry(258, 3, 8);
  entry(259, 3, 1);
  entry(262, 3, 1);
  entry(273, 4, kData);
  entry(277, 3, 1);
  entry(278, 3, kSize.height);
  entry(279, 4, static_cast<int>(kSize.area()));
  put16(0);
  put16(0);
  bytes.insert(bytes.end(), static_cast<std::size_t>(kSize.area()), 128);
  return bytes;
}

mask::PromptSet one_click() {
  mask::PromptSet set;
  mask::Prompt prompt;
  prompt.places = {{0.5, 0.5}};
  set.objects.push_back({{prompt}});
  return set;
}

struct Asked {
  std::promise<Result<SoftMask>> promise;
  std::future<Result<SoftMask>> answer = promise.get_future();
};

std::shared_ptr<Asked> ask(MaskWorker& worker) {
  auto asked = std::make_shared<Asked>();
  worker.ask(one_click(), {},
             [asked](Result<SoftMask> mask) { asked->promise.set_value(std::move(mask)); });
  return asked;
}

TEST(MaskWorker, EncodesAtOnceAndIsInterruptedByTheNextClick) {
  const auto photograph = read::Photograph::of(tiff(), "grey.tif");
  ASSERT_TRUE(photograph) << photograph.error().sentence;
  std::atomic<bool> slow = true;
  std::atomic<int> begun = 0;
  std::promise<Result<Size>> encoded;
  MaskWorker worker(
      *photograph,
      [&](ImageView<const std::uint8_t>, const RunControl&) {
        return Result<std::unique_ptr<mask::Finder>>(std::make_unique<SlowFinder>(slow, begun));
      },
      [&](const Result<Size>& size) { encoded.set_value(size); });
  const auto size = encoded.get_future().get();
  ASSERT_TRUE(size) << size.error().sentence;
  EXPECT_EQ(*size, kSize);
  const auto first = ask(worker);
  while (begun == 0) std::this_thread::yield();
  const auto second = ask(worker);
  const auto stopped = first->answer.get();
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  slow = false;
  const auto mask = second->answer.get();
  ASSERT_TRUE(mask) << mask.error().sentence;
  EXPECT_EQ(mask->size(), kSize);
  EXPECT_GT(mask->view().at(4, 3), 0.9F);
}

TEST(MaskWorker, TellsEveryQuestionWhyThereIsNoMask) {
  const auto photograph = read::Photograph::of(tiff(), "grey.tif");
  ASSERT_TRUE(photograph);
  std::promise<Result<Size>> encoded;
  MaskWorker worker(
      *photograph,
      [&](ImageView<const std::uint8_t>,
          const RunControl&) -> Result<std::unique_ptr<mask::Finder>> {
        return fail(ErrorCode::Device, "no such device");
      },
      [&](const Result<Size>& size) { encoded.set_value(size); });
  EXPECT_EQ(encoded.get_future().get().error().sentence, "no such device");
  EXPECT_EQ(ask(worker)->answer.get().error().code, ErrorCode::Device);
}

TEST(MaskWorker, EndsWhileItComputes) {
  const auto photograph = read::Photograph::of(tiff(), "grey.tif");
  ASSERT_TRUE(photograph);
  std::atomic<bool> slow = true;
  std::atomic<int> begun = 0;
  {
    MaskWorker worker(
        *photograph,
        [&](ImageView<const std::uint8_t>, const RunControl&) {
          return Result<std::unique_ptr<mask::Finder>>(std::make_unique<SlowFinder>(slow, begun));
        },
        [](const Result<Size>&) {});
    worker.ask(one_click(), {}, [](Result<SoftMask>) { ADD_FAILURE() << "nobody is there"; });
    while (begun == 0) std::this_thread::yield();
  }
  EXPECT_EQ(begun, 1);
}

}  // namespace
}  // namespace latent::tasks
