// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as the points of a path, and any text behind a line feed as those of a group that holds
// it: what is read is drawn, and written and read again.
#include "mask/darktable_path.h"

#include <cstdlib>
#include <string>

#include "mask/darktable_text.h"
#include "mask/rasterise.h"
#include "mask/svg.h"

namespace {

using namespace latent;
using namespace latent::mask;

void draw(const Shape& shape, const DarktableFrame& frame) {
  const auto drawn = rasterise(shape, frame.whole, {}, 1);
  if (!drawn) return;
  for (int y = 0; y < drawn->height(); ++y) {
    for (const float value : drawn->view().row(y)) {
      if (!(value >= -1e-3F && value <= 1.001F)) std::abort();
    }
  }
  (void)svg_of(shape, frame.whole);
  const auto forms = forms_of_shape(shape, "again", frame, 100);
  if (forms && !shape_of_form(*forms, forms->back().id, frame)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string path = text.substr(0, text.find('\n'));
  const std::string group = text.substr(std::min(path.size() + 1, text.size()));
  const int version = data[0] % 10;
  const DarktableFrame frame{{48, 32}, {0, 0}};
  if (const auto bytes = decode_darktable_text(path)) {
    const auto again = decode_darktable_text(encode_darktable_text(*bytes));
    if (!again || *again != *bytes) std::abort();
    if (bytes->size() > 36 * 200) return 0;  // a drawing of many nodes takes its time
  }
  const std::vector<metadata::DarktableForm> forms{{0, 1, 2, "path", version, path, 0, ""},
                                                   {0, 2, 4, "group", version, group, 0, ""}};
  for (const int id : {1, 2}) {
    const auto shape = shape_of_form(forms, id, frame);
    if (!shape) {
      if (shape.error().sentence.empty()) std::abort();
      continue;
    }
    if (shape->shape.members.size() < 50) draw(shape->shape, frame);
  }
  return 0;
}
