// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/object_mask_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "base/path.h"
#include "image/mask.h"
#include "mask/place_text.h"
#include "mask/session.h"
#include "tasks/mask/mask_target.h"
#include "tasks/mask/prompt_file.h"
#include "tasks/object_mask.h"
#include "tasks/stopwatch.h"

namespace latent::tasks {

namespace fs = std::filesystem;

namespace {

constexpr const char* kBeside = "beside";
constexpr float kSteps = 255.0F;

class PreparedObjects : public Prepared::Inside {
 public:
  using Inside::Inside;
  Image<std::uint8_t> picture;  ///< until a session has it
  std::optional<mask::MaskSession> session;
  std::vector<std::string> notices;

  [[nodiscard]] ImageView<const std::uint8_t> seen() const {
    return session ? session->picture() : picture.view();
  }
};

/// The file of prompts that the settings mean for that photograph; empty: none.
Result<fs::path> prompt_file_of(const ObjectMaskSettings& settings, const fs::path& photograph) {
  if (settings.prompts != kBeside) return fs::path(settings.prompts);
  fs::path beside = photograph;
  beside += ".prompts.json";
  std::error_code unknown;
  if (fs::exists(beside, unknown)) return beside;
  return fail(ErrorCode::NotFound, photograph,
              fmt::format("there are no stored prompts {}; latent mask {} --click X,Y -o {} stores "
                          "some",
                          quoted(beside), quoted(photograph), quoted(beside)));
}

Status add_typed(const ObjectMaskSettings& settings, Size size, mask::PromptSet& set) {
  if (settings.boxes.empty() && settings.clicks.empty() && settings.not_on.empty()) return {};
  if (set.objects.empty()) set.objects.emplace_back();
  auto& list = set.objects.back().prompts;
  for (const std::string& text : settings.boxes) {
    LATENT_TRY(const auto corners, mask::box_corners_at(text, size));
    list.push_back({mask::PromptKind::Box, true, {corners[0], corners[1]}, 0});
  }
  for (const bool on_object : {true, false}) {
    for (const std::string& text : on_object ? settings.clicks : settings.not_on) {
      LATENT_TRY(const auto place, mask::click_at(text, size));
      list.push_back({mask::PromptKind::Click, on_object, {place}, 0});
    }
  }
  return {};
}

class ObjectMaskWork final : public Work {
 public:
  explicit ObjectMaskWork(std::optional<MaskNetwork> network) : network_(std::move(network)) {}

  Result<std::unique_ptr<Prepared::Inside>> prepare(const read::Photograph& photograph,
                                                    const Next* next,
                                                    const RunControl& control) override {
    if (next != nullptr) {
      const auto* settings = std::get_if<ObjectMaskSettings>(&next->settings);
      LATENT_ENSURE(settings != nullptr);
      LATENT_CHECK(check(*settings));
      // Said before anything is decoded.
      LATENT_CHECK(prompt_file_of(*settings, photograph.path()));
    }
    auto prepared = std::make_unique<PreparedObjects>(photograph);
    const Stopwatch watch;
    LATENT_TRY(MaskPicture made, mask_picture(photograph, control));
    prepared->picture = std::move(made.picture);
    prepared->notices = std::move(made.notices);
    prepared->facts.size = prepared->picture.size();
    prepared->seconds.read = watch.seconds();
    return prepared;
  }

  Result<Shown> show(Prepared::Inside& any, const Rect& region, const Settings& settings,
                     const RunControl& control) override {
    auto& prepared = static_cast<PreparedObjects&>(any);
    const auto* objects = std::get_if<ObjectMaskSettings>(&settings);
    LATENT_ENSURE(objects != nullptr);
    const Rect whole{0, 0, prepared.facts.size.width, prepared.facts.size.height};
    if (region.empty() || !whole.contains(region)) {
      return fail(ErrorCode::Usage, "the region lies outside the picture");
    }
    ObjectMaskReport report;
    LATENT_TRY(const SoftMask mask, found(prepared, *objects, control, report));
    Shown shown;
    LATENT_TRY(shown.before, Image<float>::create(region.size(), 3));
    LATENT_TRY(shown.after, Image<float>::create(region.size(), 3));
    const auto seen = prepared.seen();
    for (int y = 0; y < region.height; ++y) {
      for (int x = 0; x < region.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          shown.before.view().at(x, y, c) =
              static_cast<float>(seen.at(region.x + x, region.y + y, c)) / kSteps;
        }
        std::fill_n(&shown.after.view().at(x, y), 3, mask.view().at(region.x + x, region.y + y));
      }
    }
    return shown;
  }

  Result<AnyReport> write(Prepared::Inside& any, const Target& target, const Settings& settings,
                          const RunControl& control) override {
    auto& prepared = static_cast<PreparedObjects&>(any);
    const auto* objects = std::get_if<ObjectMaskSettings>(&settings);
    LATENT_ENSURE(objects != nullptr);
    LATENT_TRY(const auto format, mask_format_of(target, objects->bits));
    ObjectMaskReport report;
    LATENT_TRY(const SoftMask mask, found(prepared, *objects, control, report));
    report.result = mask.size();
    report.share = mask_share(mask.view());
    LATENT_CHECK(prepared.photograph.unchanged());
    LATENT_CHECK(write_mask_to(target, mask.view(), format, prepared.photograph.path(), report));
    return report;
  }

 private:
  Result<SoftMask> found(PreparedObjects& prepared, const ObjectMaskSettings& settings,
                         const RunControl& control, ObjectMaskReport& report) {
    LATENT_CHECK(check(settings));
    report.notices = prepared.notices;
    report.seconds.read = prepared.seconds.read;
    const Stopwatch watch;
    auto mask = settings.automatic.empty() ? by_prompts(prepared, settings, control, report)
                                           : by_itself(prepared, settings, control, report);
    report.seconds.infer = watch.seconds();
    if (network_) {
      const auto& told = *network_->notices;
      report.notices.insert(report.notices.end(), told.begin(), told.end());
    }
    return mask;
  }

  Result<SoftMask> by_itself(PreparedObjects& prepared, const ObjectMaskSettings& settings,
                             const RunControl& control, ObjectMaskReport& report) {
    LATENT_ENSURE(network_.has_value());
    report.objects = 1;
    return automatic_object(*network_, prepared.seen(), settings.mask, control);
  }

  Result<SoftMask> by_prompts(PreparedObjects& prepared, const ObjectMaskSettings& settings,
                              const RunControl& control, ObjectMaskReport& report) {
    const read::Photograph& photograph = prepared.photograph;
    LATENT_TRY(const fs::path file, prompt_file_of(settings, photograph.path()));
    mask::PromptSet set;
    if (!file.empty()) {
      LATENT_TRY(const std::string hash, photograph.sha256());
      LATENT_TRY(set,
                 read_prompts_for(
                     file, {photograph.path(), hash, prepared.facts.size, settings.prompts_anyway},
                     report.notices));
    }
    LATENT_CHECK(add_typed(settings, prepared.facts.size, set));
    LATENT_CHECK(mask::check_prompts(set));
    if (!prepared.session) {
      mask::FinderMaker make = mask::built_in_finder;
      if (network_) make = finder_of(*network_);
      LATENT_TRY(prepared.session,
                 mask::MaskSession::create(std::move(prepared.picture), control, std::move(make)));
    }
    mask::MaskSettings how = settings.mask;
    if (settings.compat != mask::NetCompat::None) how.second_prompts = true;
    report.objects = set.objects.size();
    return prepared.session->mask(set, how, nullptr, control);
  }

  std::optional<MaskNetwork> network_;
};

}  // namespace

Result<Task> create_object_mask(const std::optional<models::Package>& package,
                                const MaskNetworkOptions& options) {
  std::optional<MaskNetwork> network;
  if (package) {
    LATENT_TRY(network, open_mask_network(*package, options));
  }
  return Task(std::make_unique<ObjectMaskWork>(std::move(network)));
}

}  // namespace latent::tasks
