// SPDX-License-Identifier: GPL-3.0-or-later
#include "read/mask/mask_file.h"

#include <utility>

#include "base/path.h"
#include "read/mask/coverage.h"
#include "read/mask/pfm.h"
#include "read/photograph.h"

namespace latent::read {

namespace {

Error with_path(Error error, const std::filesystem::path& path) {
  error.sentence = quoted(path) + " " + error.sentence;
  error.subject = path;
  return error;
}

}  // namespace

Result<Image<float>> read_mask_file(const std::filesystem::path& path, const Limits& limits,
                                    const RunControl& control) {
  LATENT_TRY(auto source, open_bytes(path));
  if (is_pfm(*source)) {
    auto samples = read_pfm(*source, limits);
    if (!samples) return tl::make_unexpected(with_path(std::move(samples).error(), path));
    return coverage_of(std::as_const(*samples).view());
  }
  LATENT_TRY(const auto photograph, Photograph::open(std::move(source), path, limits));
  if (photograph.is_raw()) {
    return fail(ErrorCode::Unsupported, path,
                quoted(path) + " is a raw file; a mask is a PNG, TIFF or PFM");
  }
  LATENT_TRY(const auto picture, photograph.picture(control));
  return coverage_of(picture);
}

}  // namespace latent::read
