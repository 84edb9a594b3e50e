// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/preview.h"

#include <utility>

#include "facade/convert.h"
#include "facade/state.h"
#include "read/photograph.h"

namespace latent::v0 {

struct Preview::State {
  app::Preview preview;
  Engine engine;  ///< of its library
};

namespace {

std::vector<float> samples_of(const Image<float>& image) {
  if (image.empty()) return {};
  const auto view = image.view();
  const auto count =
      static_cast<std::size_t>(view.size().area()) * static_cast<std::size_t>(view.channels());
  return {view.data(), view.data() + count};
}

template <class State, class Task>
Outcome<ShownPart> shown(State& state, const Region& part, const Task& settings,
                         const std::stop_token& stop) {
  return facade::outcome_of<ShownPart>([&]() -> Result<ShownPart> {
    Task plain = settings;
    plain.region.reset();
    LATENT_TRY(app::Job job, facade::job_of(plain));
    LATENT_CHECK(facade::put_engine(job, state.engine));
    LATENT_TRY(
        const tasks::Shown pair,
        state.preview.show(job, {part.x, part.y, part.width, part.height}, RunControl{stop, {}}));
    return ShownPart{pair.after.width(), pair.after.height(), samples_of(pair.before),
                     samples_of(pair.after), samples_of(pair.counts)};
  });
}

template <class State, class Task>
Result<app::Preview> opened(State& library, const std::filesystem::path& photograph,
                            const Task& settings, const std::stop_token& stop) {
  Task plain = settings;
  plain.region.reset();
  LATENT_TRY(app::Job job, facade::job_of(plain));
  LATENT_TRY(job, library.here(std::move(job)));
  LATENT_TRY(const auto opened, read::Photograph::open(photograph, library.limits));
  return app::Preview::open(job, opened, library.workplace(), RunControl{stop, {}});
}

}  // namespace

Preview::Preview(std::unique_ptr<State> state) : state_(std::move(state)) {}
Preview::Preview(Preview&&) noexcept = default;
Preview& Preview::operator=(Preview&&) noexcept = default;
Preview::~Preview() = default;

int Preview::width() const { return state_->preview.facts().size.width; }
int Preview::height() const { return state_->preview.facts().size.height; }

std::optional<double> Preview::level() const {
  const auto& level = state_->preview.facts().level;
  constexpr double kSteps = 255.0;
  if (!level) return std::nullopt;
  return static_cast<double>(level->overall()) * kSteps;
}

std::optional<SensorNoise> Preview::noise() const {
  const auto& noise = state_->preview.facts().noise;
  if (!noise) return std::nullopt;
  return facade::noise_of(*noise);
}

Outcome<ShownPart> Preview::show(const Region& part, const RawDenoise& settings,
                                 const std::stop_token& stop) {
  return shown(*state_, part, settings, stop);
}
Outcome<ShownPart> Preview::show(const Region& part, const Denoise& settings,
                                 const std::stop_token& stop) {
  return shown(*state_, part, settings, stop);
}
Outcome<ShownPart> Preview::show(const Region& part, const Upscale& settings,
                                 const std::stop_token& stop) {
  return shown(*state_, part, settings, stop);
}

Outcome<Preview> Library::preview(const std::filesystem::path& photograph,
                                  const RawDenoise& settings, const std::stop_token& stop) {
  return facade::outcome_of<Preview>([&]() -> Result<Preview> {
    LATENT_TRY(auto preview, opened(*state_, photograph, settings, stop));
    return Preview(
        std::make_unique<Preview::State>(Preview::State{std::move(preview), state_->engine}));
  });
}
Outcome<Preview> Library::preview(const std::filesystem::path& photograph, const Denoise& settings,
                                  const std::stop_token& stop) {
  return facade::outcome_of<Preview>([&]() -> Result<Preview> {
    LATENT_TRY(auto preview, opened(*state_, photograph, settings, stop));
    return Preview(
        std::make_unique<Preview::State>(Preview::State{std::move(preview), state_->engine}));
  });
}
Outcome<Preview> Library::preview(const std::filesystem::path& photograph, const Upscale& settings,
                                  const std::stop_token& stop) {
  return facade::outcome_of<Preview>([&]() -> Result<Preview> {
    LATENT_TRY(auto preview, opened(*state_, photograph, settings, stop));
    return Preview(
        std::make_unique<Preview::State>(Preview::State{std::move(preview), state_->engine}));
  });
}

}  // namespace latent::v0
