// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "base/byte_source.h"
#include "read/photograph.h"
#include "read/sniff.h"

// One question to a file, for tests that ask no second one.
namespace latent::read {

inline Result<Sniffed> sniff(const std::filesystem::path& path) {
  LATENT_TRY(const auto source, open_bytes(path));
  return sniff(*source, path);
}

inline Result<RawFacts> inspect_raw(const std::filesystem::path& path, const Limits& limits = {}) {
  LATENT_TRY(const auto photograph, Photograph::open(path, limits));
  LATENT_CHECK(photograph.must_be_raw());
  return *photograph.raw_facts();
}

inline Result<Mosaic> open_raw(const std::filesystem::path& path, const Limits& limits = {},
                               const RunControl& control = {}) {
  LATENT_TRY(const auto photograph, Photograph::open(path, limits));
  return photograph.mosaic(control);
}

inline Result<LinearRaw> open_linear_raw(const std::filesystem::path& path,
                                         const Limits& limits = {},
                                         const RunControl& control = {}) {
  LATENT_TRY(const auto photograph, Photograph::open(path, limits));
  return photograph.linear(control);
}

inline Result<Picture> open_picture(const std::filesystem::path& path, const Limits& limits = {},
                                    const RunControl& control = {}) {
  LATENT_TRY(const auto photograph, Photograph::open(path, limits));
  return photograph.picture(control);
}

inline Result<PictureFacts> inspect_picture(const std::filesystem::path& path,
                                            const Limits& limits = {}) {
  LATENT_TRY(const auto photograph, Photograph::open(path, limits));
  return photograph.picture_facts();
}

template <class T>
Result<Image<T>> render_neutral(const std::filesystem::path& path,
                                const RenderOptions& options = {}, const Limits& limits = {}) {
  LATENT_TRY(const auto photograph, Photograph::open(path, limits));
  return photograph.rendering<T>(options);
}

inline Result<std::optional<EmbeddedPreview>> embedded_preview(const std::filesystem::path& path) {
  LATENT_TRY(const auto photograph, Photograph::open(path));
  return photograph.embedded_preview();
}

}  // namespace latent::read
