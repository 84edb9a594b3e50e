// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/viewmodel/post.h"

#include <QtCore/QFile>

#include "base/path.h"

namespace latent::gui {

std::filesystem::path path_of(const QString& name) {
  return std::filesystem::path(QFile::encodeName(name).toStdString());
}
QString shown_name(const std::filesystem::path& path) { return qt(displayed(path.filename())); }
QString shown_path(const std::filesystem::path& path) { return qt(displayed(path)); }

}  // namespace latent::gui
