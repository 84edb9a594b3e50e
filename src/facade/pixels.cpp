// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cctype>
#include <utility>

#include "app/memory_photograph.h"
#include "app/preview.h"
#include "app/setting.h"
#include "facade/convert.h"
#include "facade/state.h"

namespace latent::v0 {

namespace {

/// Takes the rows of a result one below the other.
class Taken {
 public:
  Status operator()(const tasks::RowsView& rows) {
    return std::visit([&](const auto& view) { return take(view); }, rows);
  }
  [[nodiscard]] Pixels pixels() && { return std::move(pixels_); }

 private:
  template <class T>
  Status take(const ImageView<const T>& rows) {
    if (pixels_.height == 0) pixels_.samples = std::vector<T>{};
    auto* samples = std::get_if<std::vector<T>>(&pixels_.samples);
    LATENT_ENSURE(samples != nullptr);
    pixels_.width = rows.width();
    pixels_.channels = rows.channels();
    pixels_.height += rows.height();
    for (int y = 0; y < rows.height(); ++y) {
      const auto row = rows.row(y);
      samples->insert(samples->end(), row.begin(), row.end());
    }
    return {};
  }

  Pixels pixels_;
};

/// Does a job to a photograph from memory.
Result<Pixels> made_of(const app::Job& job, const read::Photograph& photograph,
                       const app::Workplace& at, const ProgressFunction& progress,
                       const std::stop_token& stop) {
  Progress now{photograph.path(), 0, 1, 0, nullptr};
  const RunControl control{stop, [&](double fraction) {
                             now.fraction = fraction;
                             if (progress) progress(now);
                           }};
  Taken taken;
  LATENT_TRY(
      const app::TaskAnswer answer,
      app::run_in_memory(
          job, photograph, [&](const tasks::RowsView& rows) { return taken(rows); }, at, control));
  Pixels pixels = std::move(taken).pixels();
  pixels.facts = facade::result_of(answer);
  pixels.facts.source = photograph.path();
  return pixels;
}

template <class State, class Task>
Outcome<Pixels> of_picture(State& state, const PictureView& picture, const Task& settings,
                           const ProgressFunction& progress, const std::stop_token& stop) {
  return facade::outcome_of<Pixels>([&]() -> Result<Pixels> {
    constexpr const char* kDepths[] = {"8", "16", "32"};
    const auto type = static_cast<std::size_t>(picture.type);
    LATENT_TRY(app::Job job, facade::job_of(settings));
    LATENT_TRY(job, state.here(std::move(job)));
    LATENT_CHECK(app::put_text(job, "bit_depth", kDepths[type], "type"));
    LATENT_TRY(const auto photograph, facade::photograph_of(picture, state.limits));
    return made_of(job, photograph, state.workplace(), progress, stop);
  });
}

/// "RGGB", 36 letters, or "mono".
Result<CfaPattern> cfa_of(const std::string& word) {
  std::string letters = word;
  std::ranges::transform(letters, letters.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  if (letters == "MONO") return CfaPattern{};
  const bool bayer = letters.size() == 4;
  if (!bayer && letters.size() != 36) {
    return fail(ErrorCode::Usage,
                "cfa takes 4 letters (RGGB, GRBG, GBRG, BGGR), the 36 of an X-Trans pattern row by "
                "row, or mono");
  }
  std::vector<CfaColour> colours;
  for (const char letter : letters) {
    constexpr std::string_view kLetters = "RGB";
    const auto index = kLetters.find(letter);
    if (index == std::string_view::npos) {
      return fail(ErrorCode::Usage, "cfa takes the letters R, G and B, or the word mono");
    }
    colours.push_back(static_cast<CfaColour>(index));
  }
  const int side = bayer ? 2 : 6;
  return CfaPattern::create({side, side}, std::move(colours));
}

Result<app::MosaicInMemory> mosaic_of(const MosaicView& view) {
  if (view.type == SampleType::U8) {
    return fail(ErrorCode::Usage, "a mosaic has samples of uint16 or float32");
  }
  app::MosaicInMemory mosaic;
  mosaic.samples = static_cast<const std::byte*>(view.samples);
  mosaic.floats = view.type == SampleType::F32;
  mosaic.size = {view.width, view.height};
  const std::ptrdiff_t side_by_side = std::ptrdiff_t{view.width} * (mosaic.floats ? 4 : 2);
  mosaic.row_bytes = view.row_bytes == 0 ? side_by_side : view.row_bytes;
  LATENT_TRY(mosaic.cfa, cfa_of(view.cfa));
  mosaic.black = view.black;
  if (mosaic.black.size() > 1) mosaic.black_period = mosaic.cfa.period();
  mosaic.white = view.white;
  if (view.white_balance) {
    mosaic.balance = *view.white_balance;
    mosaic.balance_known = true;
  }
  return mosaic;
}

}  // namespace

Outcome<Pixels> Library::denoise(const PictureView& picture, const Denoise& settings,
                                 const ProgressFunction& progress, const std::stop_token& stop) {
  return of_picture(*state_, picture, settings, progress, stop);
}

Outcome<Pixels> Library::upscale(const PictureView& picture, const Upscale& settings,
                                 const ProgressFunction& progress, const std::stop_token& stop) {
  return of_picture(*state_, picture, settings, progress, stop);
}

Outcome<Pixels> Library::denoise(const MosaicView& mosaic, const RawDenoise& settings,
                                 const ProgressFunction& progress, const std::stop_token& stop) {
  return facade::outcome_of<Pixels>([&]() -> Result<Pixels> {
    LATENT_TRY(const app::MosaicInMemory samples, mosaic_of(mosaic));
    LATENT_TRY(app::Job job, facade::job_of(settings));
    LATENT_TRY(job, state_->here(std::move(job)));
    // Floats stay floats where nothing is compressed.
    LATENT_CHECK(app::put_text(job, "compression", "none", "compress"));
    LATENT_TRY(const auto photograph, app::photograph_of(samples, state_->limits));
    return made_of(job, photograph, state_->workplace(), progress, stop);
  });
}

}  // namespace latent::v0
