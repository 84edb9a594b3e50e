// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/photo_loader.h"

#include <sys/resource.h>

#include <algorithm>
#include <stop_token>
#include <utility>

#include "base/threads.h"

namespace latent::gui {

namespace {
constexpr int kMostThreads = 4;
constexpr int kNice = 5;  // pictures that are processed go first, and so does the window
}  // namespace

PhotoLoader::PhotoLoader(std::filesystem::path thumbnails, Callbacks callbacks)
    : cache_(std::move(thumbnails)), callbacks_(std::move(callbacks)) {
  const int count = std::clamp(threads_or_all(0), 2, kMostThreads);
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([this, i](const std::stop_token& stop) {
      ::setpriority(PRIO_PROCESS, 0, kNice);  // on Linux: of this thread
      static_cast<void>(run_safely([&] { run(stop, i == 0); }));
    });
  }
}

PhotoLoader::~PhotoLoader() {
  for (auto& thread : threads_) thread.request_stop();
  woken_.notify_all();
}

void PhotoLoader::show(std::vector<Request> requests, int longest_side_px) {
  const std::scoped_lock lock(mutex_);
  shown_.assign(std::make_move_iterator(requests.begin()), std::make_move_iterator(requests.end()));
  side_ = longest_side_px;
  woken_.notify_all();
}

void PhotoLoader::look_at_rest(std::vector<Request> requests, bool with_thumbnails) {
  const std::scoped_lock lock(mutex_);
  rest_.assign(std::make_move_iterator(requests.begin()), std::make_move_iterator(requests.end()));
  rest_thumbnails_ = with_thumbnails;
  woken_.notify_all();
}

void PhotoLoader::hold_rest(bool hold) {
  const std::scoped_lock lock(mutex_);
  held_ = hold;
  woken_.notify_all();
}

void PhotoLoader::use_table(std::shared_ptr<const app::DisplayTable> table) {
  const std::scoped_lock lock(mutex_);
  table_ = std::move(table);
}

void PhotoLoader::forget() {
  const std::scoped_lock lock(mutex_);
  shown_.clear();
  rest_.clear();
}

void PhotoLoader::run(const std::stop_token& stop, bool takes_rest) {
  while (!stop.stop_requested()) {
    Request request;
    bool thumbnail = true;
    int side = 0;
    int left = -1;
    {
      std::unique_lock lock(mutex_);
      const auto rest_waits = [&] { return takes_rest && !held_ && !rest_.empty(); };
      if (!woken_.wait(lock, stop, [&] { return !shown_.empty() || rest_waits(); })) return;
      side = side_;
      if (!shown_.empty()) {
        request = std::move(shown_.front());
        shown_.pop_front();
      } else {
        request = std::move(rest_.front());
        rest_.pop_front();
        thumbnail = rest_thumbnails_;
        left = static_cast<int>(rest_.size());
      }
    }
    static_cast<void>(run_safely([&] { serve(request, thumbnail, side); }));
    if (left >= 0 && callbacks_.rest) callbacks_.rest(left);
  }
}

void PhotoLoader::serve(const Request& request, bool thumbnail, int side) {
  const auto stamp = app::stamp_of(request.path);
  const bool known = stamp && *stamp == request.known;
  if (thumbnail) {
    auto pixels = cache_.thumbnail(request.path, side);
    std::shared_ptr<const app::DisplayTable> table;
    {
      const std::scoped_lock lock(mutex_);
      table = table_;
    }
    if (pixels && table) table->apply(pixels->view());
    callbacks_.thumbnail(
        request.path,
        pixels ? std::make_shared<const Image<std::uint8_t>>(*std::move(pixels)) : nullptr);
  }
  if (!known) callbacks_.facts(request.path, app::look_at(request.path));
}

}  // namespace latent::gui
