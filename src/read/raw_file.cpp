// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/raw_file.h"

#include <libraw/libraw.h>

#include <utility>

#include "read/cut.h"
#include "read/dng/apply_opcodes.h"
#include "read/dng/plain_dng.h"
#include "read/libraw/extents.h"
#include "read/libraw/libraw_develop.h"

namespace latent::read {

namespace {

/// LibRaw invents what is missing without a word, so this is looked at first.
Status check_extents(const ByteSource& source, Size buffer, const Limits& limits) {
  LATENT_CHECK(check_tiff_extents(source, limits));
  return check_file_holds(source, buffer);
}

/// The active area alone, as a mosaic that begins there.
Result<Mosaic> without_margins(Mosaic mosaic, const Limits& limits) {
  const Rect active = mosaic.active;
  LATENT_TRY(mosaic.samples, cut(std::move(mosaic.samples), active, limits));
  mosaic.cfa = mosaic.cfa.shifted(active.origin());
  const BlackLevels black = mosaic.levels.black;
  for (int y = 0; y < black.period.height; ++y) {
    for (int x = 0; x < black.period.width; ++x) {
      mosaic.levels.black.counts[static_cast<std::size_t>(y * black.period.width + x)] =
          black.at(x + active.x, y + active.y);
    }
  }
  mosaic.active = {0, 0, active.width, active.height};
  mosaic.crop = {mosaic.crop.x - active.x, mosaic.crop.y - active.y, mosaic.crop.width,
                 mosaic.crop.height};
  return mosaic;
}

}  // namespace

Result<RawFile> RawFile::open(const ByteSource& source, const Sniffed& sniffed,
                              const Limits& limits) {
  RawFile file(source, sniffed, limits);
  LATENT_TRY(file.dng_, read_dng(source, limits));
  if (file.dng_) {
    file.facts_ = file.dng_->facts;
    file.header_notices_ = file.facts_.notices;
    return file;
  }
  LATENT_TRY(file.libraw_, open_libraw(source, sniffed, limits));
  LATENT_TRY(file.facts_, libraw_facts(*file.libraw_));
  file.facts_.levels_are_final = false;
  file.header_notices_ = file.facts_.notices;
  return file;
}

Result<LibRawHandle> RawFile::libraw() {
  if (libraw_.raw) return std::exchange(libraw_, {});
  return open_libraw(*source_, sniffed_, limits_);
}

namespace {

SensorLevels levels_of(const DecodedMosaic& decoded) { return decoded.mosaic.levels; }

SensorLevels levels_of(const DecodedLinear& decoded) { return linear_levels(decoded.picture); }

int bits_of(const DecodedMosaic& decoded) { return decoded.mosaic.bits_per_sample; }
int bits_of(const DecodedLinear& decoded) { return decoded.picture.bits_per_sample; }

}  // namespace

template <class Decoded>
void RawFile::keep_facts(const Decoded& decoded) {
  facts_.notices = header_notices_;
  facts_.notices.insert(facts_.notices.end(), decoded.notices.begin(), decoded.notices.end());
  facts_.levels_are_final = true;
  if (facts_.is_float) return;  // its levels and bits stay those of the floats
  facts_.levels = levels_of(decoded);
  facts_.bits_per_sample = bits_of(decoded);
}

Result<Mosaic> RawFile::mosaic(const RunControl& control) {
  if (!facts_.opens_as_mosaic) return fail(ErrorCode::Unsupported, facts_.obstacle);
  DecodedMosaic decoded;
  if (dng_) {
    LATENT_TRY(decoded, dng_mosaic(*source_, *dng_, limits_, control));
  } else {
    LATENT_TRY(LibRawHandle raw, libraw());
    LATENT_TRY(decoded, libraw_mosaic(std::move(raw), *source_, limits_, control));
  }
  keep_facts(decoded);
  return std::move(decoded.mosaic);
}

Result<LinearRaw> RawFile::linear(const RunControl& control) {
  if (!facts_.opens_as_linear) {
    return fail(ErrorCode::Unsupported,
                facts_.opens_as_mosaic ? "holds a mosaic, not linear RGB" : facts_.obstacle);
  }
  DecodedLinear decoded;
  if (dng_) {
    LATENT_TRY(decoded, dng_linear(*source_, sniffed_, *dng_, limits_, control));
  } else {
    LATENT_TRY(LibRawHandle raw, libraw());
    LATENT_TRY(decoded, libraw_linear(std::move(raw), *source_, limits_, control));
  }
  keep_facts(decoded);
  return std::move(decoded.picture);
}

Result<ExactFloats> RawFile::exact_floats(const RunControl& control) {
  if (!facts_.is_float) return fail(ErrorCode::Unsupported, "holds no floating-point samples");
  if (!facts_.opens_as_mosaic && !facts_.opens_as_linear) {
    return fail(ErrorCode::Unsupported, facts_.obstacle);
  }
  LATENT_TRY(DecodedFloats decoded, dng_floats(*source_, *dng_, limits_, control));
  return std::move(decoded.floats);
}

Result<LibRawHandle> RawFile::developable_dng(const RunControl& control, Margins margins) {
  std::unique_ptr<PlainDng> plain;
  if (facts_.opens_as_mosaic) {
    LATENT_TRY(Mosaic decoded, mosaic(control));
    not_applied_ = apply_opcodes(decoded);
    if (margins == Margins::Cut) {
      LATENT_TRY(decoded, without_margins(std::move(decoded), limits_));
    }
    LATENT_TRY(plain, PlainDng::of(std::move(decoded)));
  } else {
    LATENT_TRY(LinearRaw decoded, linear(control));
    not_applied_ = apply_opcodes(decoded);
    LATENT_TRY(plain, PlainDng::of(std::move(decoded)));
  }
  LATENT_TRY(LibRawHandle raw, open_libraw(*plain, {FileKind::Tiff, plain->size(), true}, limits_));
  const auto& sizes = raw->imgdata.sizes;
  if (Size{sizes.raw_width, sizes.raw_height} != plain->picture()) {
    return fail(ErrorCode::Unsupported,
                "has a size that LibRaw does not develop; develop it with a raw developer");
  }
  LATENT_CHECK(unpack_libraw(*raw, control));
  plain->drop_samples();
  raw.made = std::move(plain);
  return raw;
}

Result<LibRawHandle> RawFile::developable(const RunControl& control, Margins margins) {
  if (dng_ && (facts_.opens_as_mosaic || facts_.opens_as_linear))
    return developable_dng(control, margins);
  if (dng_ && (dng_->layout.is_float || dng_->layout.interleaved)) {
    return fail(ErrorCode::Unsupported, facts_.obstacle);
  }
  LATENT_TRY(LibRawHandle raw, libraw());
  const auto& sizes = raw->imgdata.sizes;
  LATENT_CHECK(check_extents(*source_, {sizes.raw_width, sizes.raw_height}, limits_));
  LATENT_CHECK(unpack_libraw(*raw, control));
  if (dng_) LATENT_CHECK(replace_samples(*raw, *source_, *dng_, limits_));
  return raw;
}

}  // namespace latent::read
