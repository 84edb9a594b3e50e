// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QMetaObject>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <filesystem>
#include <string>
#include <utility>

namespace latent::gui {

/// Calls `work` on the thread of `context`, later; never where `context` is gone by then.
template <class Work>
void post(QObject* context, Work work) {
  QMetaObject::invokeMethod(context, std::move(work), Qt::QueuedConnection);
}

/// A text of ours as Qt has it, and back.
[[nodiscard]] inline QString qt(const std::string& text) { return QString::fromStdString(text); }

/// A path as the file system has it, and as it is shown.
[[nodiscard]] std::filesystem::path path_of(const QString& name);
[[nodiscard]] QString shown_name(const std::filesystem::path& path);  ///< of the file alone
[[nodiscard]] QString shown_path(const std::filesystem::path& path);

}  // namespace latent::gui
