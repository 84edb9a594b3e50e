// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "metadata/encoding.h"
#include "metadata/metadata.h"
#include "metadata/provenance.h"
#include "metadata/tiff_fields.h"

namespace latent::fuzz {

inline std::vector<std::uint8_t> any_bytes(FuzzedDataProvider& input, std::size_t most) {
  return input.ConsumeBytes<std::uint8_t>(input.ConsumeIntegralInRange<std::size_t>(0, most));
}

/// UTF-8, as all text is that a reader hands on.
inline std::string any_text(FuzzedDataProvider& input, std::size_t most) {
  return metadata::utf8_of_unstated(input.ConsumeRandomLengthString(most));
}

/// Fields of any tag that hold together, in ascending order, each tag once: what Metadata promises.
inline std::vector<metadata::Field> any_fields(FuzzedDataProvider& input) {
  std::vector<metadata::Field> fields;
  std::uint16_t tag = 0;
  for (int left = input.ConsumeIntegralInRange(0, 6); left > 0; --left) {
    metadata::Field field;
    tag = input.ConsumeBool() ? input.PickValueInArray<std::uint16_t>(
                                    {0x010f, 0x0112, 0x011a, 0x0128, 0x0131, 0x829a, 0x8827, 0x9000,
                                     0x9286, 0x927c, 0xa001, 0xa005, 0xc614, 0xc634})
                              : input.ConsumeIntegral<std::uint16_t>();
    if (!fields.empty() && tag <= fields.back().tag) break;
    field.tag = tag;
    field.type = input.ConsumeIntegralInRange<std::uint16_t>(1, 12);
    field.bytes = any_bytes(input, 60);
    const std::size_t size = metadata::tiff_type_size(field.type);
    field.bytes.resize(field.bytes.size() / size * size);
    if (field.bytes.empty()) continue;
    field.count = static_cast<std::uint32_t>(field.bytes.size() / size);
    fields.push_back(std::move(field));
  }
  return fields;
}

inline metadata::Metadata any_metadata(FuzzedDataProvider& input) {
  metadata::Metadata all;
  if (!input.ConsumeBool()) return all;
  for (auto* fields : {&all.image, &all.raw, &all.photo, &all.gps, &all.interop}) {
    *fields = any_fields(input);
  }
  if (input.ConsumeBool()) {
    all.maker_note.emplace();
    all.maker_note->bytes = any_bytes(input, 100);
    all.maker_note->source_offset = input.ConsumeIntegralInRange<std::uint32_t>(0, 100'000);
    all.maker_note->big_endian = input.ConsumeBool();
  }
  if (input.ConsumeBool()) all.iptc = any_bytes(input, 100);
  if (input.ConsumeBool()) {
    all.xmp = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">" + any_text(input, 300) + "</x:xmpmeta>";
  }
  for (int left = input.ConsumeIntegralInRange(0, 3); left > 0; --left) {
    metadata::TextEntry entry;
    entry.keyword = input.PickValueInArray({"Title", "Comment", "Author", "A word of 7 + 1"});
    entry.text = any_text(input, 80);
    entry.elsewhere = input.ConsumeBool();
    if (input.ConsumeBool()) entry.language = "en";
    if (input.ConsumeBool()) entry.translated_keyword = any_text(input, 20);
    if (!entry.text.empty()) all.texts.push_back(std::move(entry));
  }
  return all;
}

inline metadata::Provenance any_provenance(FuzzedDataProvider& input) {
  metadata::Provenance done;
  done.latent_version = "0.1.0";
  done.task = "denoise";
  done.model_id = any_text(input, 20);
  done.strength_percent = input.ConsumeFloatingPoint<double>();
  return done;
}

}  // namespace latent::fuzz
