// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latent::metadata {

/// A name with its namespace resolved.
struct XmlName {
  std::string space;   ///< the namespace's address, empty where there is none
  std::string prefix;  ///< as it stands in the text
  std::string local;
  [[nodiscard]] bool is(std::string_view in_space, std::string_view name) const {
    return space == in_space && local == name;
  }
};

struct XmlAttribute {
  XmlName name;
  std::string value;            ///< as it stands in the text, references not resolved
  std::size_t value_begin = 0;  ///< place in the text, inside the quotes
};

/// An element of an XML text, with the places of its tags.
struct XmlElement {
  XmlName name;
  std::vector<XmlAttribute> attributes;
  std::size_t begin = 0;       ///< of '<' of its first tag
  std::size_t tag_end = 0;     ///< behind '>' of its first tag
  std::size_t close = 0;       ///< of '<' of its last tag; tag_end where it is <empty/>
  std::size_t end = 0;         ///< behind its last tag
  bool is_empty = false;       ///< <empty/>
  std::ptrdiff_t parent = -1;  ///< index in the list, -1 of the outermost

  [[nodiscard]] const XmlAttribute* attribute(std::string_view space, std::string_view name) const;
};

/// The elements of an XML text in the order in which they begin, so that something can be put into
/// the text without a change to any other byte of it.
///
/// Errors   Corrupt      no well-formed XML: tags that do not match, attributes without quotes, a
///                       text that ends within a tag.
///          Unsupported  a document type (which may hold entities); a text that is not UTF-8.
///          TooLarge     more than 200,000 elements, or more than 100 within one another.
///          Messages are predicates.
/// Source   W3C XML 1.0, 2.3 to 3.1; Namespaces in XML 1.0.
[[nodiscard]] Result<std::vector<XmlElement>> xml_elements(std::string_view text);

/// Text for an attribute's value between double quotes.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace latent::metadata
