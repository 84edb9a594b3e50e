// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/preview_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "app/pixels.h"
#include "app/preview.h"
#include "app/small_picture.h"
#include "app/studio/thumbnails.h"
#include "base/threads.h"
#include "read/photograph.h"

namespace latent::app {

namespace {

constexpr double kSteps = 255.0;
constexpr double kMidGrey = 0.18;
constexpr int kCurveNodes = 8;

Result<SharedPixels> shared_bytes(const Image<float>& image) {
  LATENT_TRY(auto bytes, Image<std::uint8_t>::create(image.size(), 3));
  round_to_bytes(image.view(), bytes.view());
  return std::make_shared<const Image<std::uint8_t>>(std::move(bytes));
}

PreviewFacts facts_of(const Preview& preview, const read::Photograph& photograph) {
  PreviewFacts facts;
  facts.size = preview.facts().size;
  facts.orientation = photograph.orientation();
  facts.is_raw = photograph.is_raw();
  facts.notices = preview.notices();
  if (const auto& level = preview.facts().level) {
    facts.noise = level->overall() * kSteps;
    facts.confidence = level->confidence;
    for (int i = 0; i < kCurveNodes; ++i) {
      facts.noise_curve.push_back(level->sigma[1][static_cast<std::size_t>(i)]);
    }
  }
  if (const auto& noise = preview.facts().noise) {
    const auto sigma = [&](double x) { return std::sqrt(noise->a[1] * x + noise->b[1]); };
    facts.noise = sigma(kMidGrey) * 100.0;
    facts.of_sensor = true;
    facts.from_profile = noise->origin == NoiseModel::Origin::DngProfile;
    for (int i = 0; i < kCurveNodes; ++i) {
      facts.noise_curve.push_back(sigma((i + 0.5) / kCurveNodes));
    }
  }
  return facts;
}

int scale_of(const Job& job) {
  const auto* upscale = std::get_if<UpscaleChoice>(&job.settings);
  return upscale == nullptr ? 1 : upscale->scale;
}

/// What a job says of its network: the same text, the same preview.
Job stripped(Job job) {
  job.sources.clear();
  job.output = {};
  return job;
}

}  // namespace

std::string preview_key(const Job& job) {
  const auto* upscale = std::get_if<UpscaleChoice>(&job.settings);
  const bool denoised = upscale != nullptr && upscale->denoise > 0;
  return fmt::format("{}|{}|{}|{}|{}|{}", job.task, job.model, scale_of(job),
                     denoised ? "denoised " + job.denoise_model : "", key_of(job.engine),
                     std::visit(
                         [](const auto& settings) {
                           if constexpr (requires { settings.compat; })
                             return static_cast<int>(settings.compat);
                           return 0;
                         },
                         job.settings));
}

struct PreviewDesk::Open {
  std::uint64_t number = 0;
  std::filesystem::path path;
  std::optional<read::Photograph> photograph;
  std::string key;  ///< of the preview that was tried
  std::optional<Preview> preview;
  std::optional<Job> job;
  std::uint64_t job_number = 0;
  std::uint64_t key_number = 0;  ///< of the wish that got the facts last
  std::vector<Rect> regions;
  bool neutral = false;  ///< the plain look was shown
};

PreviewDesk::PreviewDesk(Callbacks callbacks)
    : callbacks_(std::move(callbacks)), thread_([this](const std::stop_token& stop) {
        static_cast<void>(run_safely([&] { run(stop); }));
      }) {}

PreviewDesk::~PreviewDesk() {
  thread_.request_stop();
  interrupt();
  thread_.join();
}

void PreviewDesk::interrupt() {
  const std::scoped_lock lock(mutex_);
  current_.request_stop();
  woken_.notify_all();
}

void PreviewDesk::open(const std::filesystem::path& photograph) {
  const std::scoped_lock lock(mutex_);
  wish_.photograph = photograph;
  ++wish_.photograph_number;
  wish_.regions.clear();
  changed_ = true;
  current_.request_stop();
  woken_.notify_all();
}

void PreviewDesk::set_job(const std::optional<Job>& job, std::uint64_t number) {
  const std::scoped_lock lock(mutex_);
  const bool same = job && wish_.job && preview_key(*job) == preview_key(*wish_.job);
  if (!same) ++wish_.key_number;
  wish_.job = job;
  wish_.job_number = number;
  changed_ = true;
  // Work for other settings is of no use; the network's own answers are kept by the task.
  if (!same) current_.request_stop();
  woken_.notify_all();
}

void PreviewDesk::want(std::vector<Rect> regions) {
  const std::scoped_lock lock(mutex_);
  const bool useless =
      !current_region_.empty() && std::ranges::find(regions, current_region_) == regions.end();
  if (useless) current_.request_stop();
  wish_.regions = std::move(regions);
  changed_ = true;
  woken_.notify_all();
}

void PreviewDesk::run(const std::stop_token& stop) {
  Open open;
  while (!stop.stop_requested()) {
    Wish wish;
    std::stop_token current;
    {
      std::unique_lock lock(mutex_);
      const auto something = [&] {
        return changed_ || (open.preview && open.job && !open.regions.empty());
      };
      if (!woken_.wait(lock, stop, something)) return;
      changed_ = false;
      wish = wish_;
      wish_.regions.clear();
      current_ = std::stop_source();
      current = current_.get_token();
    }
    if (!wish.regions.empty() || wish.photograph_number != open.number) {
      open.regions = wish.regions;
    }
    open_now(open, wish, current);
    if (open.preview && open.job && !open.regions.empty()) show_next(open, current);
  }
}

void PreviewDesk::open_now(Open& open, const Wish& wish, const std::stop_token& stop) {
  if (wish.photograph_number != open.number) {
    open.number = wish.photograph_number;
    open.path = wish.photograph;
    open.preview.reset();
    open.photograph.reset();
    open.key.clear();
    open.neutral = false;
    if (open.path.empty()) return;
    auto look = small_picture(open.path, kLookSide);
    if (look) {
      callbacks_.look(open.path, std::make_shared<const Image<std::uint8_t>>(*std::move(look)));
    }
    auto opened = read::Photograph::open(open.path);
    if (!opened) return callbacks_.problem(open.path, 0, opened.error().sentence);
    open.photograph.emplace(*std::move(opened));
  }
  open.job = wish.job;
  open.job_number = wish.job_number;
  if (!open.photograph || !open.job) return;
  const std::string key = preview_key(*open.job);
  const bool told = open.key_number == wish.key_number;
  open.key_number = wish.key_number;
  if (key == open.key) {
    if (told) return;
    // Another task was looked at for a moment, or none: who asked has forgotten the facts.
    if (open.preview) return callbacks_.facts(open.path, facts_of(*open.preview, *open.photograph));
  }
  open.key = key;
  open.preview.reset();
  callbacks_.busy("measuring the noise and starting the network");
  auto preview =
      Preview::open(stripped(*open.job), *open.photograph, {standard_places(), &warm_}, {stop, {}});
  callbacks_.busy("");
  if (preview) {
    open.preview.emplace(*std::move(preview));
    callbacks_.facts(open.path, facts_of(*open.preview, *open.photograph));
    show_neutrally(open);
  } else if (preview.error().code == ErrorCode::Cancelled) {
    open.key.clear();  // it is tried again
  } else {
    callbacks_.problem(open.path, open.job_number, preview.error().sentence);
  }
}

/// What the camera embedded has its own colours; parts of a raw are developed plainly, and so is
/// the look that they lie on.
void PreviewDesk::show_neutrally(Open& open) {
  if (!open.photograph->is_raw() || open.neutral) return;
  open.neutral = true;
  auto plain =
      open.photograph->rendering<std::uint8_t>({.region = {}, .longest_side_px = kLookSide});
  if (plain) {
    callbacks_.look(open.path, std::make_shared<const Image<std::uint8_t>>(*std::move(plain)));
  }
}

void PreviewDesk::show_next(Open& open, const std::stop_token& stop) {
  const Size size = open.preview->facts().size;
  const Rect region = open.regions.front().intersection({0, 0, size.width, size.height});
  if (region.empty()) {
    open.regions.erase(open.regions.begin());
    return;
  }
  {
    const std::scoped_lock lock(mutex_);
    current_region_ = open.regions.front();
  }
  const auto shown = open.preview->show(stripped(*open.job), region, {stop, {}});
  {
    const std::scoped_lock lock(mutex_);
    current_region_ = {};
  }
  if (!shown && shown.error().code == ErrorCode::Cancelled) return;
  open.regions.erase(open.regions.begin());
  if (!shown) return callbacks_.problem(open.path, open.job_number, shown.error().sentence);
  auto before = shared_bytes(shown->before);
  auto after = shared_bytes(shown->after);
  if (!before || !after) return;
  callbacks_.part(open.path, {region, scale_of(*open.job), *std::move(before), *std::move(after),
                              open.job_number});
}

}  // namespace latent::app
