// SPDX-License-Identifier: GPL-3.0-or-later
#include "latent/masks.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "app/mask_prompts.h"
#include "app/mask_session.h"
#include "facade/convert.h"
#include "facade/state.h"
#include "read/mask/mask_file.h"
#include "tasks/mask/prompt_file.h"

namespace latent::v0 {

namespace {

mask::Place inside(const MaskPlace& place) { return {place.x, place.y}; }
MaskPlace outside(const mask::Place& place) { return {place.x, place.y}; }

mask::Prompt inside(const MaskPrompt& asked) {
  mask::Prompt prompt;
  if (const auto* click = std::get_if<MaskClick>(&asked)) {
    prompt.on_object = click->on_object;
    prompt.places = {inside(click->at)};
  } else if (const auto* box = std::get_if<MaskBox>(&asked)) {
    prompt.kind = mask::PromptKind::Box;
    prompt.places = {inside(box->one), inside(box->other)};
  } else if (const auto* stroke = std::get_if<MaskStroke>(&asked)) {
    prompt.kind = mask::PromptKind::Stroke;
    prompt.on_object = stroke->adds;
    prompt.radius = stroke->radius;
    for (const MaskPlace& place : stroke->line) prompt.places.push_back(inside(place));
  }
  return prompt;
}

MaskPrompt outside(const mask::Prompt& prompt) {
  switch (prompt.kind) {
    case mask::PromptKind::Box:
      return MaskBox{outside(prompt.places.front()), outside(prompt.places.back())};
    case mask::PromptKind::Stroke: {
      MaskStroke stroke{{}, prompt.radius, prompt.on_object};
      for (const mask::Place& place : prompt.places) stroke.line.push_back(outside(place));
      return stroke;
    }
    case mask::PromptKind::Click:
      break;
  }
  return MaskClick{outside(prompt.places.front()), prompt.on_object};
}

mask::PromptSet inside(const MaskPrompts& asked) {
  mask::PromptSet set;
  set.source_sha256 = asked.source_sha256;
  set.source_size = {asked.width, asked.height};
  for (const auto& object : asked.objects) {
    mask::ObjectPrompts& one = set.objects.emplace_back();
    for (const MaskPrompt& prompt : object) one.prompts.push_back(inside(prompt));
  }
  return set;
}

Result<mask::MaskSettings> settings_of(const MaskSettings& asked) {
  mask::MaskSettings settings;
  settings.refine.how = static_cast<mask::Refinement>(asked.refine);
  settings.threshold = asked.threshold;
  settings.cleanup = asked.cleanup;
  settings.smoothing = asked.smoothing;
  settings.feather = asked.feather;
  settings.objects = asked.keep_all ? mask::KeptPieces::All : mask::KeptPieces::Clicked;
  settings.second_prompts = asked.second_prompts;
  settings.small_objects = asked.crop_small ? mask::SmallObjects::Crop : mask::SmallObjects::Whole;
  LATENT_CHECK(mask::check_settings(settings));
  return settings;
}

/// Errors   Usage  the values are not as many as the sides say.
Result<ImageView<const float>> view_of(const Mask& mask) {
  const Size size{mask.width, mask.height};
  if (size.width <= 0 || size.height <= 0 ||
      static_cast<std::int64_t>(mask.values.size()) != size.area()) {
    return fail(ErrorCode::Usage, "a mask has width times height values, and one at least");
  }
  return ImageView<const float>(mask.values.data(), size, mask.width);
}

Mask mask_of(const SoftMask& made) {
  Mask mask{made.width(), made.height(), {}};
  mask.values.reserve(static_cast<std::size_t>(made.size().area()));
  for (int y = 0; y < made.height(); ++y) {
    const auto row = made.view().row(y);
    mask.values.insert(mask.values.end(), row.begin(), row.end());
  }
  return mask;
}

}  // namespace

struct MaskSession::State {
  app::OpenMasks masks;
};

MaskSession::MaskSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
MaskSession::MaskSession(MaskSession&&) noexcept = default;
MaskSession& MaskSession::operator=(MaskSession&&) noexcept = default;
MaskSession::~MaskSession() = default;

int MaskSession::width() const { return state_->masks.session.size().width; }
int MaskSession::height() const { return state_->masks.session.size().height; }
const std::string& MaskSession::model() const { return state_->masks.model; }
const std::string& MaskSession::source_sha256() const { return state_->masks.source_sha256; }
const std::vector<std::string>& MaskSession::notices() const { return state_->masks.notices; }

Outcome<Mask> MaskSession::mask(const MaskPrompts& prompts, const MaskSettings& settings,
                                const Mask* previous, const std::stop_token& stop) {
  return facade::outcome_of<Mask>([&]() -> Result<Mask> {
    mask::PromptSet set = inside(prompts);
    LATENT_CHECK(app::check_prompts_source(set, state_->masks));
    set.source_size = state_->masks.session.size();
    if (previous == nullptr) LATENT_CHECK(mask::check_prompts(set));
    LATENT_TRY(const auto plain, settings_of(settings));
    std::optional<SoftMask> before;
    if (previous != nullptr) {
      LATENT_TRY(const auto view, view_of(*previous));
      LATENT_TRY(before, SoftMask::create(view.size()));
      for (int y = 0; y < view.height(); ++y) {
        std::ranges::transform(view.row(y), before->view().row(y).begin(), [](float value) {
          return value > 0.0F ? std::min(value, 1.0F) : 0.0F;  // so that NaN is 0
        });
      }
    }
    LATENT_TRY(const auto made,
               state_->masks.session.mask(set, plain, before ? &*before : nullptr, {stop, {}}));
    return mask_of(made);
  });
}

std::string MaskPrompts::to_json() const { return app::prompts_to_json(inside(*this)); }

Outcome<MaskPrompts> MaskPrompts::from_json(std::string_view text) {
  return facade::outcome_of<MaskPrompts>([&]() -> Result<MaskPrompts> {
    LATENT_TRY(const auto set, tasks::prompts_from_json(text, "the text"));
    MaskPrompts prompts;
    prompts.source_sha256 = set.source_sha256;
    prompts.width = set.source_size.width;
    prompts.height = set.source_size.height;
    for (const mask::ObjectPrompts& object : set.objects) {
      auto& one = prompts.objects.emplace_back();
      for (const mask::Prompt& prompt : object.prompts) one.push_back(outside(prompt));
    }
    return prompts;
  });
}

namespace {

template <class State>
Result<app::OpenMasks> opened(State& library, const read::Photograph& photograph,
                              const std::string& model, const std::stop_token& stop) {
  app::MaskJob asked;
  asked.model = model;
  asked.limits = library.limits;
  LATENT_TRY(asked.engine, library.engine_request(stop));
  if (!library.places.cache.empty()) asked.encodings = library.places.cache / "encodings";
  return app::open_masks(photograph, asked, library.workplace(), RunControl{stop, {}});
}

}  // namespace

Outcome<MaskSession> Library::masks(const std::filesystem::path& photograph,
                                    const std::string& model, const std::stop_token& stop) {
  return facade::outcome_of<MaskSession>([&]() -> Result<MaskSession> {
    LATENT_TRY(const auto source, read::Photograph::open(photograph, state_->limits));
    LATENT_TRY(auto masks, opened(*state_, source, model, stop));
    return MaskSession(std::make_unique<MaskSession::State>(MaskSession::State{std::move(masks)}));
  });
}

Outcome<MaskSession> Library::masks(const PictureView& picture, const std::string& model,
                                    const std::stop_token& stop) {
  return facade::outcome_of<MaskSession>([&]() -> Result<MaskSession> {
    LATENT_TRY(const auto source, facade::photograph_of(picture, state_->limits));
    LATENT_TRY(auto masks, opened(*state_, source, model, stop));
    return MaskSession(std::make_unique<MaskSession::State>(MaskSession::State{std::move(masks)}));
  });
}

Outcome<Done> write_mask(const Mask& mask, const std::filesystem::path& file, const MaskFile& how) {
  return facade::outcome_of<Done>([&]() -> Result<Done> {
    LATENT_TRY(const auto view, view_of(mask));
    const app::MaskTarget target{file, how.photograph, how.bits, how.overwrite};
    LATENT_CHECK(app::write_mask(target, view, how.feather, {}, {}));
    return Done{};
  });
}

Outcome<Mask> read_mask(const std::filesystem::path& file) {
  return facade::outcome_of<Mask>([&]() -> Result<Mask> {
    LATENT_TRY(const auto made, read::read_mask_file(file));
    return mask_of(made);
  });
}

}  // namespace latent::v0
