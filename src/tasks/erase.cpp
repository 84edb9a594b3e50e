// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/erase.h"

#include <memory>
#include <utility>

#include "base/text.h"
#include "tasks/erase/hole_mask.h"
#include "tasks/erase/network.h"
#include "tasks/erase/picture.h"
#include "tasks/erase/raw.h"
#include "tasks/raw/walk.h"
#include "write/picture/picture_writer.h"

namespace latent::tasks {

namespace {

bool is_dng(const std::filesystem::path& path) {
  return lower_case(path.extension().native()) == ".dng";
}

/// Of the walk of raws: nothing but what EraseRaw changes.
RawDenoiseSettings untouched() {
  RawDenoiseSettings settings;
  settings.strength = 0.0;
  return settings;
}

/// One photograph, on either way.
struct Either : Prepared::Inside {
  using Inside::Inside;
  std::unique_ptr<Inside> picture;
  std::unique_ptr<Inside> raw;
};

class EraseWork final : public Work {
 public:
  EraseWork(std::shared_ptr<HoleNetwork> network, const Limits& limits)
      : network_(std::move(network)), picture_(picture_walk(erase_steps(network_, limits))) {
    auto raw = std::make_unique<EraseRaw>(limits);
    erase_raw_ = raw.get();
    raw_ = raw_walk(RawMaker{"erase", "", "", ""}, std::move(raw));
  }

  Result<std::unique_ptr<Prepared::Inside>> prepare(const read::Photograph& photograph,
                                                    const Next* next,
                                                    const RunControl& control) override {
    auto either = std::make_unique<Either>(photograph);
    if (next != nullptr && is_dng(next->target.path)) {
      LATENT_CHECK(ready_raw(*either, control));
      either->facts = either->raw->facts;
    } else {
      LATENT_CHECK(ready_picture(*either, control));
      either->facts = either->picture->facts;
    }
    return either;
  }

  Result<Shown> show(Prepared::Inside& prepared, const Rect& region, const Settings& settings,
                     const RunControl& control) override {
    auto& either = static_cast<Either&>(prepared);
    LATENT_CHECK(ready_picture(either, control));
    return picture_->show(*either.picture, region, settings, control);
  }

  Result<AnyReport> write(Prepared::Inside& prepared, const Target& target,
                          const Settings& settings, const RunControl& control) override {
    auto& either = static_cast<Either&>(prepared);
    const auto* erase = std::get_if<EraseSettings>(&settings);
    LATENT_ENSURE(erase != nullptr);
    LATENT_CHECK(check(*erase));
    if (is_dng(target.path)) return write_raw(either, target, *erase, control);
    LATENT_CHECK(ready_picture(either, control));
    LATENT_TRY(const AnyReport any, picture_->write(*either.picture, target, settings, control));
    EraseReport report = erase_report_of(static_cast<const PreparedPicture&>(*either.picture),
                                         std::get<PictureReport>(any));
    const auto format = write::picture_format_of(target.path);
    if (format && *format == write::PictureFormat::Jpeg) {
      report.notices.emplace_back(
          "JPEG compresses the whole picture anew, so pixels outside the holes may change by small "
          "steps; -o NAME.tif or .png keeps them exactly");
    }
    return report;
  }

 private:
  Status ready_raw(Either& either, const RunControl& control) {
    if (either.raw) return {};
    if (!either.photograph.is_raw()) {
      return fail(ErrorCode::Usage,
                  "it is a finished picture, which no DNG is made of; give the result the ending "
                  ".tif, .png, .jpg, .exr or .jxl");
    }
    if (network_) {
      return fail(ErrorCode::Usage,
                  "networks fill finished pictures and no raw; --model builtin fills the raw "
                  "itself, and -o NAME.tif develops it first");
    }
    const Settings settings = untouched();
    const Target none;
    const Next next{settings, none};
    LATENT_TRY(either.raw, raw_->prepare(either.photograph, &next, control));
    return {};
  }

  Status ready_picture(Either& either, const RunControl& control) {
    if (either.picture) return {};
    LATENT_TRY(either.picture, picture_->prepare(either.photograph, nullptr, control));
    return {};
  }

  Result<AnyReport> write_raw(Either& either, const Target& target, const EraseSettings& erase,
                              const RunControl& control) {
    LATENT_CHECK(ready_raw(either, control));
    erase_raw_->erase_by(erase);
    RawDenoiseSettings settings = untouched();
    settings.threads = erase.threads;
    LATENT_TRY(const AnyReport any, raw_->write(*either.raw, target, settings, control));
    EraseReport report = erase_raw_->report();
    const TaskReport found = report;
    static_cast<TaskReport&>(report) = common(any);
    report.notices.insert(report.notices.begin(), found.notices.begin(), found.notices.end());
    report.seconds.infer = found.seconds.infer;
    return report;
  }

  std::shared_ptr<HoleNetwork> network_;
  std::unique_ptr<Work> picture_;
  EraseRaw* erase_raw_ = nullptr;  ///< inside raw_
  std::unique_ptr<Work> raw_;
};

}  // namespace

Result<Task> create_erase(const std::optional<models::Package>& package,
                          const infer::EngineRequest& engine, const Limits& limits) {
  std::shared_ptr<HoleNetwork> network;
  if (package) {
    LATENT_TRY(network, open_hole_network(*package, engine));
  }
  return Task(std::make_unique<EraseWork>(std::move(network), limits));
}

Result<FoundSpots> look_for_spots(const read::Photograph& photograph, const RunControl& control) {
  auto source = PictureSource::open(photograph, control);
  if (!source) return tl::make_unexpected(naming(photograph.path(), std::move(source).error()));
  FoundSpots found;
  found.picture = source->size();
  LATENT_TRY(found.spots, spots_of(*source, control));
  return found;
}

}  // namespace latent::tasks
