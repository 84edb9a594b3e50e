// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstring>
#include <utility>

#include "base/limits.h"
#include "base/result.h"
#include "image/image.h"

namespace latent::read {

/// The part `area` of an image; itself where that is all of it.
///
/// Errors   TooLarge; the message is a predicate.
template <class T>
[[nodiscard]] Result<Image<T>> cut(Image<T>&& whole, const Rect& area, const Limits& limits) {
  if (area.size() == whole.size()) return std::move(whole);
  auto part = Image<T>::create(area.size(), whole.channels(), limits);
  if (!part) return fail(part.error().code, "cannot be read: " + part.error().sentence);
  const auto from = std::as_const(whole).view().crop(area);
  for (int y = 0; y < area.height; ++y) {
    std::memcpy(part->view().row(y).data(), from.row(y).data(), from.row(y).size_bytes());
  }
  return part;
}

}  // namespace latent::read
