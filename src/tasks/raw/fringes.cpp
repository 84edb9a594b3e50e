// SPDX-License-Identifier: GPL-3.0-or-later
#include "tasks/raw/fringes.h"

#include <algorithm>
#include <utility>

#include "base/threads.h"
#include "metadata/dng_opcodes.h"
#include "metadata/tiff_fields.h"

namespace latent::tasks {

namespace {

/// Whether a warp of the file moves colours apart, which the raw developer will do.
bool is_corrected_by_file(const std::vector<CarriedTag>& tags) {
  for (const CarriedTag& carried : tags) {
    if (carried.tag != metadata::tag::kOpcodeList3) continue;
    const auto list = metadata::parse_opcodes(carried.bytes);
    if (!list) continue;
    for (const metadata::DngOpcode& each : *list) {
      namespace opcode = metadata::opcode;
      const bool warp = each.id == opcode::kWarpRectilinear || each.id == opcode::kWarpFisheye ||
                        each.id == opcode::kWarpRectilinear2;
      if (warp && metadata::OpcodeReader(each.parameters).number() > 1) return true;
    }
  }
  return false;
}

const char* reason(raw::ShiftVerdict verdict) {
  return verdict == raw::ShiftVerdict::TooFewEdges
             ? "the photograph has too few strong edges away from its middle to measure them"
             : "what its edges show is not what a lens does";
}

/// Of colours that were left alone against what was asked for.
std::vector<std::string> notices_of(const raw::MeasuredShift& measured) {
  const auto alone = [](raw::ShiftVerdict verdict) {
    return verdict == raw::ShiftVerdict::TooFewEdges || verdict == raw::ShiftVerdict::Implausible;
  };
  const bool red = alone(measured.red);
  const bool blue = alone(measured.blue);
  if (!red && !blue) return {};
  const char* which = red && blue ? "its colour fringes were"
                      : red       ? "its red fringes were"
                                  : "its blue fringes were";
  return {std::string(which) + " left alone, because " +
          reason(red ? measured.red : measured.blue)};
}

}  // namespace

Result<Fringes> fringes_of(PreparedRaw& raw, const NoiseModel& noise, bool demosaics,
                           const RawDenoiseSettings& settings) {
  Fringes fringes;
  if (settings.ca == ChromaticAberration::Off) return fringes;
  if (!demosaics || settings.strength == 0.0) {
    fringes.notices.emplace_back(
        demosaics ? "at strength 0 LibRaw's picture of the source is written, so --ca had nothing "
                    "to do"
                  : "--ca corrects what --demosaic makes of a mosaic, so it had nothing to do");
    return fringes;
  }
  if (is_corrected_by_file(std::get<Mosaic>(raw.picture()).carried_tags)) {
    fringes.notices.emplace_back(
        "its colour fringes were left to the raw developer: the file has a lens correction that "
        "moves the colours apart");
    return fringes;
  }
  LATENT_TRY(const raw::MeasuredShift* const measured,
             raw.fringes(noise, threads_or_all(settings.threads)));
  fringes.notices = notices_of(*measured);
  if (measured->shift.none()) return fringes;
  fringes.shift = std::make_shared<const raw::ChromaticShift>(measured->shift);
  if (settings.strength < 1.0 || settings.mask.file) {
    fringes.notices.emplace_back("the share of the source that stays keeps its colour fringes");
  }
  return fringes;
}

}  // namespace latent::tasks
