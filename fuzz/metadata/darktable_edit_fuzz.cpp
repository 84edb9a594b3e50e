// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as the XMP of an edit: masks are read, and added without a change to any other byte.
#include "metadata/darktable_edit.h"

#include <cstdint>
#include <cstdlib>
#include <string>

#include "metadata/xml_tags.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latent::metadata;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto elements = xml_elements(text)) {
    for (const XmlElement& element : *elements) {
      const bool in_order = element.begin < element.tag_end && element.tag_end <= element.close &&
                            element.close <= element.end && element.end <= text.size();
      if (!in_order || text[element.begin] != '<') std::abort();
    }
  }
  const auto edit = read_darktable_edit(text);
  const std::vector<DarktableForm> forms{{0, 1'900'000'001, 2, "a \"<&>\" b", 6, "00", 1, ""},
                                         {0, 1'900'000'002, 4, "group", 6, "00", 1, ""}};
  const auto added = add_darktable_forms(text, forms);
  if (!added) {
    // Our own check of the result would say Internal.
    if (added.error().code == latent::ErrorCode::Internal) std::abort();
    return 0;
  }
  if (!edit || added->size() <= text.size()) std::abort();
  const auto grown = read_darktable_edit(*added);
  if (!grown || grown->forms.size() != edit->forms.size() + forms.size()) std::abort();
  return 0;
}
