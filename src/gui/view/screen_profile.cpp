// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/view/screen_profile.h"

#include <xcb/xcb.h>
#include <QtCore/QCoreApplication>
#include <QtCore/QFile>
#include <QtGui/QGuiApplication>
#include <QtGui/QScreen>
#include <QtWidgets/QWidget>
#include <cstdlib>
#include <memory>

#include "app/studio/display_colour.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

namespace latent::gui {

namespace {

constexpr std::uint32_t kMostProfileWords = 4U << 20U;

QString& in_force() {
  static QString words;
  return words;
}

QString tr(const char* text) { return QCoreApplication::translate("screen", text); }

}  // namespace

QByteArray x11_screen_profile(int screen) {
  auto* x11 = qApp->nativeInterface<QNativeInterface::QX11Application>();
  if (x11 == nullptr || x11->connection() == nullptr) return {};
  xcb_connection_t* connection = x11->connection();
  QByteArray name("_ICC_PROFILE");
  if (screen > 0) name += '_' + QByteArray::number(screen);
  struct Free {
    void operator()(void* reply) const { std::free(reply); }
  };
  const std::unique_ptr<xcb_intern_atom_reply_t, Free> atom(xcb_intern_atom_reply(
      connection,
      xcb_intern_atom(connection, 1, static_cast<std::uint16_t>(name.size()), name.constData()),
      nullptr));
  if (!atom || atom->atom == XCB_ATOM_NONE) return {};
  const xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(connection)).data->root;
  const std::unique_ptr<xcb_get_property_reply_t, Free> property(xcb_get_property_reply(
      connection,
      xcb_get_property(connection, 0, root, atom->atom, XCB_ATOM_CARDINAL, 0, kMostProfileWords),
      nullptr));
  if (!property || property->format != 8) return {};
  return {static_cast<const char*>(xcb_get_property_value(property.get())),
          xcb_get_property_value_length(property.get())};
}

void use_screen_profile(Studio& studio, const QWidget* window) {
  const QString word = qt(studio.settings().word("screen", "auto"));
  QByteArray profile;
  QString whose;
  if (word == QLatin1String("auto")) {
    const bool wayland = QGuiApplication::platformName().startsWith(QLatin1String("wayland"));
    const int screen = window == nullptr || window->screen() == nullptr
                           ? 0
                           : static_cast<int>(QGuiApplication::screens().indexOf(window->screen()));
    if (!wayland) profile = x11_screen_profile(std::max(0, screen));
    whose = wayland ? tr(QT_TRANSLATE_NOOP("screen", "sRGB: the compositor converts to the screen"))
                    : tr(QT_TRANSLATE_NOOP("screen", "sRGB: the X server holds no profile"));
  } else if (word == QLatin1String("srgb")) {
    whose = tr(QT_TRANSLATE_NOOP("screen", "sRGB, as you chose"));
  } else {
    QFile file(word);
    if (file.open(QIODevice::ReadOnly)) profile = file.readAll();
    whose = tr(QT_TRANSLATE_NOOP("screen", "sRGB: %1 cannot be read")).arg(word);
  }
  std::shared_ptr<const app::DisplayTable> table;
  if (!profile.isEmpty()) {
    auto made =
        app::DisplayTable::create({reinterpret_cast<const std::uint8_t*>(profile.constData()),
                                   static_cast<std::size_t>(profile.size())});
    if (made) {
      whose = tr(QT_TRANSLATE_NOOP("screen", "in force: %1")).arg(qt(made->name()));
      table = std::make_shared<const app::DisplayTable>(*std::move(made));
    } else {
      whose = tr(QT_TRANSLATE_NOOP("screen", "sRGB: the profile of the screen %1"))
                  .arg(qt(made.error().sentence));
    }
  }
  in_force() = whose;
  studio.preview().use_table(table);
  studio.library().use_table(table);
}

QString screen_profile_words(Studio& studio) {
  if (in_force().isEmpty()) use_screen_profile(studio, nullptr);
  return in_force();
}

}  // namespace latent::gui
