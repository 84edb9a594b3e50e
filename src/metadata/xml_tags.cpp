// SPDX-License-Identifier: GPL-3.0-or-later
#include "metadata/xml_tags.h"

#include <algorithm>
#include <map>
#include <optional>

namespace latent::metadata {

namespace {

constexpr std::size_t kMostElements = 200'000;
constexpr std::size_t kMostDepth = 100;
constexpr std::string_view kBlanks = " \t\r\n";

using Spaces = std::map<std::string, std::string, std::less<>>;

tl::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::Corrupt, std::string("is no well-formed XML: ") + what);
}

/// A tag's name and attributes before namespaces are known.
struct RawTag {
  std::string name;
  std::vector<XmlAttribute> attributes;  ///< names unresolved: prefix:local in `local`
  bool is_empty = false;
  std::size_t end = 0;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] Result<std::vector<XmlElement>> run() {
    std::size_t at = text_.find('<');
    while (at != std::string_view::npos) {
      LATENT_TRY(const std::size_t next, markup(at));
      at = text_.find('<', next);
    }
    if (!open_.empty()) return malformed("an element does not end");
    if (elements_.empty()) return malformed("it has no element");
    return std::move(elements_);
  }

 private:
  /// What begins at '<'; gives where to go on.
  [[nodiscard]] Result<std::size_t> markup(std::size_t at) {
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with("<!--")) return behind(at, "-->");
    if (rest.starts_with("<![CDATA[")) return behind(at, "]]>");
    if (rest.starts_with("<?")) return behind(at, "?>");
    if (rest.starts_with("<!")) {
      return fail(ErrorCode::Unsupported, "has a document type, which XMP never has");
    }
    if (rest.starts_with("</")) return close(at);
    return open(at);
  }

  [[nodiscard]] Result<std::size_t> behind(std::size_t at, std::string_view end) const {
    const auto found = text_.find(end, at);
    if (found == std::string_view::npos) return malformed("it ends within a comment");
    return found + end.size();
  }

  [[nodiscard]] Result<std::size_t> close(std::size_t at) {
    const auto end = text_.find('>', at);
    if (end == std::string_view::npos) return malformed("it ends within a tag");
    std::string_view name = text_.substr(at + 2, end - at - 2);
    while (!name.empty() && kBlanks.find(name.back()) != std::string_view::npos) {
      name.remove_suffix(1);
    }
    if (open_.empty() || names_.back() != name) return malformed("a tag closes another element");
    XmlElement& element = elements_[open_.back()];
    element.close = at;
    element.end = end + 1;
    open_.pop_back();
    names_.pop_back();
    spaces_.pop_back();
    return end + 1;
  }

  [[nodiscard]] Result<std::size_t> open(std::size_t at) {
    LATENT_TRY(RawTag tag, raw_tag(at));
    if (elements_.size() >= kMostElements || open_.size() >= kMostDepth) {
      return fail(ErrorCode::TooLarge, "has more elements than any XMP");
    }
    Spaces spaces =
        spaces_.empty() ? Spaces{{"xml", "http://www.w3.org/XML/1998/namespace"}} : spaces_.back();
    for (const XmlAttribute& attribute : tag.attributes) {
      const std::string& name = attribute.name.local;
      if (name == "xmlns") spaces[""] = attribute.value;
      if (name.starts_with("xmlns:")) spaces[name.substr(6)] = attribute.value;
    }
    XmlElement element;
    element.name = resolved(tag.name, spaces, true);
    element.attributes = std::move(tag.attributes);
    for (XmlAttribute& attribute : element.attributes) {
      attribute.name = resolved(attribute.name.local, spaces, false);
    }
    element.begin = at;
    element.tag_end = tag.end;
    element.close = tag.end;
    element.end = tag.end;
    element.is_empty = tag.is_empty;
    element.parent = open_.empty() ? -1 : static_cast<std::ptrdiff_t>(open_.back());
    if (element.parent < 0 && !elements_.empty()) return malformed("it has two outermost elements");
    elements_.push_back(std::move(element));
    if (!tag.is_empty) {
      open_.push_back(elements_.size() - 1);
      names_.push_back(tag.name);
      spaces_.push_back(std::move(spaces));
    }
    return tag.end;
  }

  [[nodiscard]] Result<RawTag> raw_tag(std::size_t at) const {
    RawTag tag;
    std::size_t i = at + 1;
    const auto skip_blanks = [&] {
      while (i < text_.size() && kBlanks.find(text_[i]) != std::string_view::npos) ++i;
    };
    const auto word = [&] {
      const std::size_t begin = i;
      i = std::min(text_.find_first_of(" \t\r\n=/><\"'", i), text_.size());
      return std::string(text_.substr(begin, i - begin));
    };
    tag.name = word();
    if (tag.name.empty()) return malformed("a tag has no name");
    for (;;) {
      skip_blanks();
      if (i >= text_.size()) return malformed("it ends within a tag");
      if (text_[i] == '>') break;
      if (text_.substr(i).starts_with("/>")) {
        tag.is_empty = true;
        ++i;
        break;
      }
      XmlAttribute attribute;
      attribute.name.local = word();
      skip_blanks();
      if (attribute.name.local.empty() || i >= text_.size() || text_[i] != '=') {
        return malformed("an attribute has no value");
      }
      ++i;
      skip_blanks();
      if (i >= text_.size() || (text_[i] != '"' && text_[i] != '\'')) {
        return malformed("an attribute has no quotes");
      }
      const auto end = text_.find(text_[i], i + 1);
      if (end == std::string_view::npos) return malformed("an attribute does not end");
      attribute.value_begin = i + 1;
      attribute.value = text_.substr(i + 1, end - i - 1);
      if (attribute.value.find('<') != std::string::npos) return malformed("'<' in an attribute");
      tag.attributes.push_back(std::move(attribute));
      i = end + 1;
    }
    tag.end = i + 1;
    return tag;
  }

  [[nodiscard]] static XmlName resolved(const std::string& name, const Spaces& spaces,
                                        bool is_element) {
    const auto colon = name.find(':');
    XmlName found;
    if (colon == std::string::npos) {
      found.local = name;
      const auto space = spaces.find("");
      if (is_element && space != spaces.end()) found.space = space->second;
      return found;
    }
    found.prefix = name.substr(0, colon);
    found.local = name.substr(colon + 1);
    const auto space = spaces.find(found.prefix);
    if (space != spaces.end()) found.space = space->second;
    return found;
  }

  std::string_view text_;
  std::vector<XmlElement> elements_;
  std::vector<std::size_t> open_;
  std::vector<std::string> names_;  ///< of the open ones, as they stand
  std::vector<Spaces> spaces_;      ///< within the open ones
};

}  // namespace

const XmlAttribute* XmlElement::attribute(std::string_view space, std::string_view local) const {
  const auto found = std::ranges::find_if(
      attributes, [&](const XmlAttribute& one) { return one.name.is(space, local); });
  return found == attributes.end() ? nullptr : &*found;
}

Result<std::vector<XmlElement>> xml_elements(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorCode::Unsupported, "is not written in UTF-8");
  }
  return Scanner(text).run();
}

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(letter) >= 0x20) escaped += letter;
    }
  }
  return escaped;
}

}  // namespace latent::metadata
