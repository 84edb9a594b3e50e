// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "base/md5.h"
#include "metadata/bytes.h"
#include "metadata/metadata.h"

namespace latent::metadata::test {

inline std::vector<std::uint8_t> bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

/// A file in memory, as the readers of this room see one. It must outlive the result.
inline ReadAt reader_of(const std::string& file) {
  return metadata::reader_of({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
}

inline const Field* find(const std::vector<Field>& fields, std::uint16_t tag) {
  for (const Field& field : fields) {
    if (field.tag == tag) return &field;
  }
  return nullptr;
}

inline std::string big_endian_text(std::uint32_t number, int bytes = 4) {
  std::string text;
  for (int k = bytes - 1; k >= 0; --k) text += static_cast<char>(number >> (8 * k));
  return text;
}

// ---- PNG ----

inline std::string chunk(const std::string& name, const std::string& content) {
  const std::string body = name + content;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian_text(static_cast<std::uint32_t>(content.size())) + body +
         big_endian_text(static_cast<std::uint32_t>(sum));
}

inline std::string deflated(const std::string& text) {
  std::string packed(compressBound(static_cast<uLong>(text.size())), '\0');
  auto size = static_cast<uLongf>(packed.size());
  compress(reinterpret_cast<Bytef*>(packed.data()), &size,
           reinterpret_cast<const Bytef*>(text.data()), static_cast<uLong>(text.size()));
  packed.resize(size);
  return packed;
}

/// One black pixel, with these chunks before and those behind it.
inline std::string png(const std::string& before, const std::string& behind = "") {
  using namespace std::string_literals;
  return "\x89PNG\r\n\x1a\n"s + chunk("IHDR", "\0\0\0\1\0\0\0\1\x08\0\0\0\0"s) + before +
         chunk("IDAT", deflated("\0\0"s)) + behind + chunk("IEND", "");
}

// ---- JPEG ----

/// A marker segment: APP1 where nothing else is said.
inline std::string segment(const std::string& content, char marker = '\xe1') {
  return std::string("\xff") + marker +
         big_endian_text(static_cast<std::uint32_t>(content.size() + 2), 2) + content;
}

/// The segments of a file without a picture.
inline std::string jpeg(const std::string& segments) { return "\xff\xd8" + segments + "\xff\xd9"; }

inline std::string xmp_segment(const std::string& packet) {
  using namespace std::string_literals;
  return segment("http://ns.adobe.com/xap/1.0/\0"s + packet);
}

/// `piece` of an extension that has `whole` bytes.
inline std::string extension_segment(const std::string& name, std::size_t whole, std::size_t offset,
                                     const std::string& piece) {
  using namespace std::string_literals;
  return segment("http://ns.adobe.com/xmp/extension/\0"s + name +
                 big_endian_text(static_cast<std::uint32_t>(whole)) +
                 big_endian_text(static_cast<std::uint32_t>(offset)) + piece);
}

inline std::string md5_of(const std::string& text) { return md5_hex(bytes_of(text)); }

// ---- XMP ----

/// A packet with these properties of rdf:Description: attributes, then elements.
inline std::string packet(const std::string& attributes, const std::string& elements = "") {
  return "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
         "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description "
         "rdf:about=\"\" "
         "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\" "
         "xmlns:xmpNote=\"http://ns.adobe.com/xmp/note/\" " +
         attributes + ">" + elements + "</rdf:Description></rdf:RDF></x:xmpmeta>";
}

inline std::string description(const std::string& text) {
  return "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">" + text +
         "</rdf:li></rdf:Alt></dc:description>";
}

}  // namespace latent::metadata::test
