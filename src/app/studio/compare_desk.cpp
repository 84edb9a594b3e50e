// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/compare_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "app/small_picture.h"
#include "base/path.h"
#include "base/threads.h"
#include "read/photograph.h"
#include "read/picture/area_average.h"

namespace latent::app {

namespace {

constexpr int kEverySide = 1 << 20;  // small_picture() then makes nothing smaller
constexpr int kCropShare = 50;
constexpr int kShapeShare = 100;

Rect in_the_middle(Size photo, Size frame) {
  return {(frame.width - photo.width) / 2, (frame.height - photo.height) / 2, photo.width,
          photo.height};
}

}  // namespace

Result<ComparedPhoto> compared_photo(const std::filesystem::path& file, const RunControl& control) {
  {
    LATENT_TRY(const auto photograph, read::Photograph::open(file));
    LATENT_TRY(const auto facts, photograph.picture_facts());
    if (facts.size.area() > kMostComparedPixels) {
      constexpr double kMega = 1e6;
      return fail(ErrorCode::TooLarge,
                  fmt::format("{} has {:.0f} megapixels; photographs of up to {:.0f} can be "
                              "compared; make a smaller copy of it for that",
                              quoted(file), static_cast<double>(facts.size.area()) / kMega,
                              static_cast<double>(kMostComparedPixels) / kMega));
    }
  }
  LATENT_TRY(auto whole, small_picture(file, kEverySide, RawLook::Developed, {}, control));
  ComparedPhoto photo;
  photo.whole = std::make_shared<const Image<std::uint8_t>>(std::move(whole));
  photo.look = photo.whole;
  const Size size = photo.whole->size();
  const int longest = std::max(size.width, size.height);
  if (longest > PreviewDesk::kLookSide) {
    const auto side = [&](int length) {
      return std::max(1, static_cast<int>(std::int64_t{length} * PreviewDesk::kLookSide / longest));
    };
    LATENT_TRY(auto look, read::area_average<std::uint8_t>(
                              photo.whole->view(), {side(size.width), side(size.height)}, {}));
    photo.look = std::make_shared<const Image<std::uint8_t>>(std::move(look));
  }
  return photo;
}

Size compared_frame(Size a, Size b) { return b.area() > a.area() ? b : a; }

Rect place_in_frame(Size photo, Size frame) {
  if (photo.area() <= 0 || frame.area() <= 0) return {};
  const bool cropped = std::abs(photo.width - frame.width) * kCropShare <= frame.width &&
                       std::abs(photo.height - frame.height) * kCropShare <= frame.height;
  if (cropped) return in_the_middle(photo, frame);
  const std::int64_t across = std::int64_t{photo.width} * frame.height;
  const std::int64_t down = std::int64_t{photo.height} * frame.width;
  if (std::abs(across - down) * kShapeShare <= across) return {0, 0, frame.width, frame.height};
  const double fit = std::min(static_cast<double>(frame.width) / photo.width,
                              static_cast<double>(frame.height) / photo.height);
  return in_the_middle({static_cast<int>(std::lround(photo.width * fit)),
                        static_cast<int>(std::lround(photo.height * fit))},
                       frame);
}

CompareDesk::CompareDesk(Callbacks callbacks)
    : callbacks_(std::move(callbacks)), thread_([this](const std::stop_token& stop) {
        static_cast<void>(run_safely([&] { run(stop); }));
      }) {}

CompareDesk::~CompareDesk() {
  thread_.request_stop();
  stop();
  thread_.join();
}

void CompareDesk::open(const std::filesystem::path& first, const std::filesystem::path& second,
                       std::uint64_t pair) {
  {
    const std::scoped_lock lock(mutex_);
    wish_ = {{first, second}, pair};
    changed_ = true;
    current_.request_stop();
  }
  woken_.notify_all();
}

void CompareDesk::stop() {
  {
    const std::scoped_lock lock(mutex_);
    wish_ = {};
    changed_ = false;
    current_.request_stop();
  }
  woken_.notify_all();
}

void CompareDesk::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Wish wish;
    std::stop_token current;
    {
      std::unique_lock lock(mutex_);
      if (!woken_.wait(lock, stop, [&] { return changed_; })) return;
      changed_ = false;
      wish = wish_;
      current_ = std::stop_source();
      current = current_.get_token();
    }
    for (int side = 0; side < 2; ++side) {
      const auto photo = compared_photo(wish.files[side], {current, {}});
      if (current.stop_requested()) break;
      if (!photo) {
        callbacks_.problem(wish.pair, photo.error().sentence);
        break;
      }
      callbacks_.ready(wish.pair, side, *photo);
    }
  }
}

}  // namespace latent::app
