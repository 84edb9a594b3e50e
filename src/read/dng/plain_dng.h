// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "image/linear_raw.h"
#include "image/mosaic.h"

namespace latent::read {

/// What our reader found in a DNG, as the plainest DNG that says the same: uncompressed, one strip,
/// 16 bits, its levels, colours and areas in the tags that LibRaw looks at. It is upright: the
/// orientation goes along apart. In memory; the samples are not copied.
class PlainDng final : public ByteSource {
 public:
  /// Black below 0 becomes 0, which is the least that LibRaw takes.
  ///
  /// Errors   Unsupported  larger than a TIFF file may be; the message is a predicate.
  [[nodiscard]] static Result<std::unique_ptr<PlainDng>> of(Mosaic&& mosaic);

  /// LibRaw takes off no black level of linear RGB and knows one white level: where there is more,
  /// the samples are spread over 0 to 65535.
  ///
  /// Errors   likewise.
  [[nodiscard]] static Result<std::unique_ptr<PlainDng>> of(LinearRaw&& linear);

  [[nodiscard]] std::uint64_t size() const override { return header_.size() + sample_bytes_; }
  [[nodiscard]] Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override;

  [[nodiscard]] Size picture() const { return picture_; }

  /// Frees the samples; what is read of them afterwards is an error.
  void drop_samples() { samples_ = {}; }

 private:
  [[nodiscard]] std::span<const std::uint8_t> samples() const;

  std::vector<std::uint8_t> header_;
  Image<std::uint16_t> samples_;
  std::uint64_t sample_bytes_ = 0;
  Size picture_;
};

}  // namespace latent::read
