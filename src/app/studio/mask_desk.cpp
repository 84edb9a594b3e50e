// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/mask_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "app/mask_files.h"
#include "app/mask_output.h"
#include "app/mask_prompts.h"
#include "app/mask_session.h"
#include "app/preview.h"
#include "app/warm_models.h"
#include "base/path.h"
#include "base/safe_file.h"
#include "base/text.h"
#include "base/threads.h"
#include "image/mask.h"
#include "mask/depth_map.h"
#include "mask/marks.h"
#include "mask/soften.h"
#include "read/photograph.h"
#include "tasks/mask/edit_mask.h"
#include "tasks/object_mask.h"

namespace latent::app {

namespace {

constexpr const char* kNothingSaid =
    "there is no mask yet: click on an object, paint, or choose a range of depths first";

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Status edge_of(SoftMask& mask, const mask::MaskSettings& settings) {
  LATENT_CHECK(mask::smooth_outline(mask, settings.smoothing));
  return mask::soften_edge(mask, settings.feather);
}

}  // namespace

/// The photograph that is worked on, and what was found out of it.
struct MaskDesk::Open {
  std::uint64_t number = 0;
  std::filesystem::path path;
  MaskMeans means;
  std::optional<read::Photograph> photograph;
  std::optional<Error> trouble;  ///< it cannot be opened
  std::stop_token stop;
  Size size;  ///< of masks
  std::optional<OpenMasks> masks;
  std::optional<Image<float>> depth;
  std::optional<MaskState> state;  ///< of `mask`
  std::optional<SoftMask> mask;
  std::optional<MaskState> answered;  ///< what was asked for last and found
  WarmModels warm;
};

MaskDesk::MaskDesk(Callbacks callbacks)
    : callbacks_(std::move(callbacks)), thread_([this](const std::stop_token& stop) {
        static_cast<void>(run_safely([&] { run(stop); }));
      }) {}

MaskDesk::~MaskDesk() {
  thread_.request_stop();
  {
    const std::scoped_lock lock(mutex_);
    current_.request_stop();
    photograph_.request_stop();
  }
  woken_.notify_all();
  thread_.join();
}

void MaskDesk::open(const std::filesystem::path& photograph, const MaskMeans& means) {
  {
    const std::scoped_lock lock(mutex_);
    wish_.photograph = photograph;
    wish_.means = means;
    ++wish_.photograph_number;
    photograph_.request_stop();
    photograph_ = std::stop_source();
    wish_.photograph_stop = photograph_.get_token();
    wish_.question.reset();
    wish_.dust = false;
    wish_.orders.clear();
    changed_ = true;
    current_.request_stop();
  }
  woken_.notify_all();
}

void MaskDesk::ask(MaskState state, MaskStyle style, std::uint64_t number) {
  {
    const std::scoped_lock lock(mutex_);
    wish_.question = Question{std::move(state), style, number};
    changed_ = true;
    current_.request_stop();
  }
  woken_.notify_all();
}

void MaskDesk::prepare() {
  {
    const std::scoped_lock lock(mutex_);
    wish_.prepare = true;
    changed_ = true;
  }
  woken_.notify_all();
}

void MaskDesk::find_dust() {
  {
    const std::scoped_lock lock(mutex_);
    wish_.dust = true;
    changed_ = true;
  }
  woken_.notify_all();
}

void MaskDesk::write(const std::filesystem::path& target) {
  {
    const std::scoped_lock lock(mutex_);
    wish_.orders.push_back(target);
    changed_ = true;
  }
  woken_.notify_all();
}

void MaskDesk::run(const std::stop_token& stop) {
  Open open;
  while (!stop.stop_requested()) {
    Wish wish;
    std::stop_token current;
    {
      std::unique_lock lock(mutex_);
      if (!woken_.wait(lock, stop, [&] { return changed_; })) return;
      changed_ = false;
      wish = wish_;
      wish_.prepare = false;
      wish_.dust = false;
      wish_.question.reset();
      wish_.orders.clear();
      current_ = std::stop_source();
      current = current_.get_token();
    }
    if (wish.photograph_number != open.number) open_now(open, wish);
    if (open.path.empty()) continue;
    if (wish.prepare && !open.trouble) {
      if (!encode(open)) open.masks.reset();  // whoever asks hears why
      callbacks_.busy(open.path, "");
    }
    if (wish.dust) look_for_dust(open);
    if (wish.question) answer(open, *wish.question, current);
    for (const auto& target : wish.orders) {
      callbacks_.busy(open.path, "writing");
      const Status done = write_now(open, target);
      callbacks_.busy(open.path, "");
      if (done) {
        callbacks_.written(open.path, target);
      } else {
        callbacks_.problem(open.path, 0, done.error().sentence);
      }
    }
  }
}

void MaskDesk::open_now(Open& open, const Wish& wish) {
  open.number = wish.photograph_number;
  open.path = wish.photograph;
  open.means = wish.means;
  open.stop = wish.photograph_stop;
  open.photograph.reset();
  open.trouble.reset();
  open.masks.reset();
  open.depth.reset();
  open.state.reset();
  open.mask.reset();
  open.answered.reset();
  if (open.path.empty()) return;
  callbacks_.busy(open.path, "opening");
  auto opened = read::Photograph::open(open.path);
  if (opened) {
    if (const auto frame = tasks::mask_frame_of(*opened)) {
      open.size = frame->mask;
      open.photograph.emplace(*std::move(opened));
    } else {
      open.trouble = frame.error();
    }
  } else {
    open.trouble = opened.error();
  }
  callbacks_.busy(open.path, "");
}

void MaskDesk::look_for_dust(Open& open) {
  Result<tasks::FoundSpots> found = fail(ErrorCode::Cancelled, "");
  if (open.trouble) {
    found = tl::make_unexpected(*open.trouble);
  } else {
    callbacks_.busy(open.path, "dust");
    found = tasks::look_for_spots(*open.photograph, {open.stop, {}});
    callbacks_.busy(open.path, "");
  }
  if (found) return callbacks_.dust(open.path, *found);
  if (found.error().code != ErrorCode::Cancelled) {
    callbacks_.problem(open.path, 0, found.error().sentence);
  }
}

void MaskDesk::answer(Open& open, const Question& question, const std::stop_token& stop) {
  open.answered.reset();
  const bool encodes = question.state.way == MaskWay::Objects && !open.trouble;
  Status made = encodes ? encode(open) : Status{};
  const auto start = std::chrono::steady_clock::now();
  if (made) made = make(open, question.state, stop);
  callbacks_.busy(open.path, "");
  Result<Image<std::uint8_t>> look = fail(ErrorCode::Cancelled, "");
  if (made) look = mask_look(std::as_const(*open.mask).view(), question.style, kLookSide);
  if (made && !look) made = tl::make_unexpected(look.error());
  if (!made) {
    if (made.error().code == ErrorCode::Cancelled) return;
    return callbacks_.problem(open.path, question.number, made.error().sentence);
  }
  open.answered = question.state;
  MaskFound found;
  found.number = question.number;
  found.overlay = std::make_shared<const Image<std::uint8_t>>(*std::move(look));
  found.share = mask_share(std::as_const(*open.mask).view());
  found.seconds = seconds_since(start);
  if (question.state.way == MaskWay::Objects) found.by = open.masks->model;
  callbacks_.found(open.path, found);
}

Status MaskDesk::make(Open& open, const MaskState& state, const std::stop_token& stop) {
  if (open.trouble) return tl::make_unexpected(*open.trouble);
  if (!state.says_something()) return fail(ErrorCode::Usage, kNothingSaid);
  if (open.mask && open.state && *open.state == state) return {};  // another look at the same
  open.mask.reset();
  open.state.reset();
  switch (state.way) {
    case MaskWay::Objects:
      LATENT_CHECK(find_objects(open, state, stop));
      break;
    case MaskWay::Painted:
      LATENT_CHECK(paint(open, state));
      break;
    case MaskWay::Depth:
      LATENT_CHECK(by_depth(open, state, stop));
      break;
  }
  open.state = state;
  return {};
}

Status MaskDesk::encode(Open& open) {
  if (open.masks) return {};
  callbacks_.busy(open.path, "encoding");
  MaskJob job;
  job.model = open.means.model;
  job.engine = open.means.engine;
  const auto cache = standard_places().cache;
  if (!cache.empty()) job.encodings = cache / "encodings";
  // A click that comes while the photograph is encoded must not begin that anew: only another
  // photograph stops it, and that throws away what was made.
  LATENT_TRY(open.masks, open_masks(*open.photograph, job, {}, {open.stop, {}}));
  return {};
}

Status MaskDesk::find_objects(Open& open, const MaskState& state, const std::stop_token& stop) {
  LATENT_CHECK(encode(open));
  callbacks_.busy(open.path, "finding");
  LATENT_TRY(open.mask,
             open.masks->session.mask(state.prompts, state.settings, nullptr, {stop, {}}));
  return {};
}

Status MaskDesk::paint(Open& open, const MaskState& state) const {
  LATENT_TRY(auto painted, Image<std::uint8_t>::create(open.size));
  for (const auto& object : state.prompts.objects) {
    for (const auto& prompt : object.prompts) mask::paint(prompt, painted.view());
  }
  LATENT_TRY(auto mask, SoftMask::create(open.size));
  for (int y = 0; y < open.size.height; ++y) {
    std::ranges::copy(std::as_const(painted).view().row(y), mask.view().row(y).begin());
  }
  LATENT_CHECK(edge_of(mask, state.settings));
  open.mask = std::move(mask);
  return {};
}

Status MaskDesk::by_depth(Open& open, const MaskState& state, const std::stop_token& stop) {
  if (!open.depth) {
    callbacks_.busy(open.path, "depth");
    LATENT_TRY(Job job, new_job("depth"));
    job.model = open.means.depth_model;
    job.engine = open.means.engine;
    job.format = "pfm";
    LATENT_TRY(auto map, Image<float>::create(open.size));
    int row = 0;
    const auto take = [&](const tasks::RowsView& rows) -> Status {
      const auto* view = std::get_if<ImageView<const float>>(&rows);
      LATENT_ENSURE(view != nullptr && view->width() == map.width() &&
                    row + view->height() <= map.height());
      for (int y = 0; y < view->height(); ++y) {
        std::ranges::copy(view->row(y), map.view().row(row + y).begin());
      }
      row += view->height();
      return {};
    };
    LATENT_TRY(
        [[maybe_unused]] const auto done,
        run_in_memory(job, *open.photograph, take, {standard_places(), &open.warm}, {stop, {}}));
    open.depth = std::move(map);
  }
  callbacks_.busy(open.path, "finding");
  LATENT_TRY(auto mask, open.depth->clone());
  mask::mask_by_depth(mask.view(), static_cast<float>(state.depth.near),
                      static_cast<float>(state.depth.far), static_cast<float>(state.depth.soft),
                      false);
  LATENT_CHECK(edge_of(mask, state.settings));
  open.mask = std::move(mask);
  return {};
}

Status MaskDesk::write_now(Open& open, const std::filesystem::path& target) {
  if (open.trouble) return tl::make_unexpected(*open.trouble);
  if (!open.answered) return fail(ErrorCode::Usage, kNothingSaid);
  if (lower_case(target.extension().native()) == ".json") {
    if (open.answered->way != MaskWay::Objects) {
      return fail(ErrorCode::Usage,
                  quoted(target) +
                      " was not written: only a mask of clicks, boxes and strokes has prompts; "
                      "write this one as a .png, .tif, .svg or .xmp");
    }
    mask::PromptSet prompts = open.answered->prompts;
    prompts.source_sha256 = open.masks->source_sha256;
    prompts.source_size = open.size;
    return replace_file(target, {prompts_to_json(prompts)}, FileAccess::of(open.path));
  }
  // An edit is added to and never replaced; a picture or drawing is.
  const bool is_edit = lower_case(target.extension().native()) == ".xmp";
  const MaskTarget wanted{target, open.path, 0, !is_edit};
  // The feather of a path belongs to its nodes, not to the mask that it goes around.
  MaskState state = *open.answered;
  double feather_px = 0;
  if (wants_path(target)) feather_px = std::exchange(state.settings.feather, 0);
  LATENT_CHECK(make(open, state, open.stop));
  return write_mask(wanted, std::as_const(*open.mask).view(), feather_px, {}, {open.stop, {}});
}

}  // namespace latent::app
