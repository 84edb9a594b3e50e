// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "read/caged/answers.h"

namespace latent::read {

// What the rooms behind `read` rely on, held against an answer of the reader, which a file may have
// taken over: sizes that belong together, places inside their picture, indexes inside their range.
// What is measured of samples is measured anew.
//
// Errors   Internal  the reader answered wrongly; the message is a predicate.

[[nodiscard]] Status make_sound(FileFacts& facts);
[[nodiscard]] Status make_sound(PictureFacts& facts);
[[nodiscard]] Status make_sound(Mosaic& mosaic);
[[nodiscard]] Status make_sound(LinearRaw& picture);
[[nodiscard]] Status make_sound(ExactFloats& floats);
[[nodiscard]] Status make_sound(Picture& picture);
[[nodiscard]] Status make_sound(std::optional<EmbeddedPreview>& preview);
[[nodiscard]] Status make_sound(SmallJpeg& small);
[[nodiscard]] Status make_sound(Image<std::uint8_t>& rendering);
[[nodiscard]] Status make_sound(Image<std::uint16_t>& rendering);
[[nodiscard]] Status make_sound(metadata::Metadata& metadata);
[[nodiscard]] Status make_sound(std::vector<metadata::DescribedField>& fields);

}  // namespace latent::read
