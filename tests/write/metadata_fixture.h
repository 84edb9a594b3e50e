// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "metadata/metadata.h"
#include "metadata/provenance.h"
#include "write/tiff_directory.h"

namespace latent::write {

inline metadata::Field ascii(std::uint16_t tag, const std::string& text) {
  metadata::Field field{
      tag, 2, static_cast<std::uint32_t>(text.size() + 1), {text.begin(), text.end()}};
  field.bytes.push_back(0);
  return field;
}

template <class T>
metadata::Field numbers(std::uint16_t tag, std::uint16_t type, const std::vector<T>& values) {
  metadata::Field field{tag, type, 0, std::vector<std::uint8_t>(values.size() * sizeof(T))};
  field.count = static_cast<std::uint32_t>(field.bytes.size() / tiff_type_size(type));
  std::memcpy(field.bytes.data(), values.data(), field.bytes.size());
  return field;
}

/// Something in every block, each field of a type of its own.
inline metadata::Metadata full_metadata() {
  metadata::Metadata metadata;
  metadata.image = {ascii(0x010f, "Canon"), ascii(0x0110, "Canon EOS 5D"),
                    ascii(0x0131, "Firmware 1.1"), ascii(0x013b, "A Photographer"),
                    ascii(0x8298, "CC-BY")};
  metadata.photo = {numbers<std::uint32_t>(0x829a, 5, {1, 250}),
                    numbers<std::uint16_t>(0x8827, 3, {6400}),
                    numbers<std::uint8_t>(0x9000, 7, {'0', '2', '3', '1'}),
                    ascii(0x9003, "2026:07:14 12:34:56"),
                    numbers<std::int32_t>(0x9204, 10, {-2, 3}),
                    numbers<std::uint32_t>(0xa432, 5, {24, 1, 105, 1, 4, 1, 4, 1}),
                    ascii(0xa434, "EF24-105mm f/4L IS USM")};
  metadata.gps = {numbers<std::uint8_t>(0x0000, 1, {2, 3, 0, 0}), ascii(0x0001, "N"),
                  numbers<std::uint32_t>(0x0002, 5, {52, 1, 31, 1, 1234, 100})};
  metadata.interop = {ascii(0x0001, "R98")};
  metadata.xmp =
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
      "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" "
      "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"4\"/></rdf:RDF></x:xmpmeta>";
  metadata.iptc = {0x1c, 0x02, 0x78, 0x00, 0x05, 'H', 'e', 'l', 'l', 'o'};
  return metadata;
}

/// A small Canon note; its texts stand at offsets counted from the start of the file.
inline metadata::MakerNote canon_note(std::uint32_t offset) {
  metadata::MakerNote note;
  note.source_offset = offset;
  TiffDirectory directory;
  directory.set_ascii(0x0006, "Canon EOS 5D");
  directory.set_ascii(0x0007, "Firmware Version 1.1.0");
  directory.set_long(0x0008, 1000001U);
  directory.set_ascii(0x0009, "The Owner 1");
  directory.set_long(0x000c, 12345U);
  directory.set_long(0x0010, 0x80000213U);
  note.bytes = directory.serialise(offset, TiffFlavour::Classic);
  return note;
}

inline metadata::Provenance denoised() {
  metadata::Provenance provenance;
  provenance.latent_version = "0.1.0";
  provenance.task = "raw-denoise";
  provenance.model_id = "latent-raw";
  return provenance;
}

}  // namespace latent::write
