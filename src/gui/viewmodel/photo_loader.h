// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "app/studio/display_colour.h"
#include "app/studio/file_facts.h"
#include "app/studio/preview_desk.h"
#include "app/studio/thumbnails.h"

namespace latent::gui {

/// Looks at files and makes their thumbnails, on threads of its own: what is on the screen first,
/// in the order in which it stands there; then, one at a time, the rest.
///
/// Threads  functions from one; callbacks come from the loader's.
class PhotoLoader {
 public:
  struct Callbacks {
    std::function<void(const std::filesystem::path&, const app::FileFacts&)> facts;
    std::function<void(const std::filesystem::path&, app::SharedPixels)> thumbnail;
    std::function<void(int left)> rest;  ///< how many of the rest are still to be looked at
  };

  struct Request {
    std::filesystem::path path;
    app::FileStamp known;  ///< facts of these bytes are known; size 0 and no time: none are
  };

  PhotoLoader(std::filesystem::path thumbnails, Callbacks callbacks);
  ~PhotoLoader();
  PhotoLoader(const PhotoLoader&) = delete;
  PhotoLoader& operator=(const PhotoLoader&) = delete;

  /// What is on the screen: goes before all else and replaces what was on it before.
  void show(std::vector<Request> requests, int longest_side_px);
  /// The rest, in order; `with_thumbnails`: they are made too.
  void look_at_rest(std::vector<Request> requests, bool with_thumbnails);
  /// The rest waits while the user works on something.
  void hold_rest(bool hold);
  void use_table(std::shared_ptr<const app::DisplayTable> table);
  void forget();

 private:
  void run(const std::stop_token& stop, bool takes_rest);
  void serve(const Request& request, bool thumbnail, int side);

  app::ThumbnailCache cache_;
  Callbacks callbacks_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::deque<Request> shown_;
  std::deque<Request> rest_;
  std::shared_ptr<const app::DisplayTable> table_;
  int side_ = 256;
  bool rest_thumbnails_ = false;
  bool held_ = false;
  std::vector<std::jthread> threads_;  ///< last: they use all of the others
};

}  // namespace latent::gui
