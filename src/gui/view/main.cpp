// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtCore/QCommandLineParser>
#include <QtCore/QLibraryInfo>
#include <QtCore/QLocale>
#include <QtCore/QTimer>
#include <QtCore/QTranslator>
#include <QtGui/QIcon>
#include <QtWidgets/QApplication>
#include <algorithm>

#include "app/reader.h"
#include "base/patience.h"
#include "gui/view/crash_report.h"
#include "gui/view/main_window.h"
#include "gui/view/screen_profile.h"
#include "gui/view/theme.h"
#include "gui/viewmodel/post.h"
#include "gui/viewmodel/studio.h"

using namespace latent::gui;  // NOLINT(google-build-using-namespace): the program itself

namespace {

int show_studio(int argc, char** argv) {
  QApplication program(argc, argv);
  QApplication::setApplicationName(QStringLiteral("latent-studio"));
  QApplication::setApplicationVersion(QStringLiteral(LATENT_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("org.latent_photo.studio"));
  QApplication::setWindowIcon(QIcon(QStringLiteral(":/latent-studio.svg")));

  QCommandLineParser words;
  words.setApplicationDescription(
      QStringLiteral("Looks at a shoot, judges and removes noise, enlarges, processes hundreds."));
  words.addHelpOption();
  words.addVersionOption();
  words.addPositionalArgument(QStringLiteral("places"),
                              QStringLiteral("folders and photographs to open"),
                              QStringLiteral("[places...]"));
  const QCommandLineOption safe(QStringLiteral("safe"),
                                QStringLiteral("start without anything that was remembered"));
  words.addOption(safe);
  words.process(program);

  (void)latent::app::read_files_by({});  // thumbnails and previews are decoded in a cage, too
  StudioPlaces places = StudioPlaces::standard();
  places.safe = words.isSet(safe);
  const QString crash = keep_crash_reports(places.folder);
  Studio studio(places);

  const std::string chosen = studio.settings().word("language");
  const QLocale locale = chosen.empty() ? QLocale::system() : QLocale(qt(chosen));
  QLocale::setDefault(locale);
  QTranslator ours;
  QTranslator theirs;
  // English has its plurals there: it is what is shown where a language has no words.
  if (ours.load(locale, QStringLiteral("latent-studio"), QStringLiteral("_"),
                QStringLiteral(":/i18n")) ||
      ours.load(QStringLiteral(":/i18n/latent-studio_en.qm"))) {
    QApplication::installTranslator(&ours);
  }
  if (theirs.load(locale, QStringLiteral("qtbase"), QStringLiteral("_"),
                  QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
    QApplication::installTranslator(&theirs);
  }
  apply_theme(program, studio.settings().word("theme", "dark") == "dark");

  MainWindow window(studio);
  window.show_on_screen();
  if (!crash.isEmpty()) window.tell(crash, true);
  use_screen_profile(studio, &window);
  std::vector<std::filesystem::path> open;
  for (const QString& place : words.positionalArguments()) open.push_back(path_of(place));
  if (!open.empty()) QTimer::singleShot(0, &window, [&window, open] { window.open(open); });
  return QApplication::exec();
}

}  // namespace

int main(int argc, char** argv) {
  return latent::end_beside_abandoned_works(show_studio(argc, argv));
}
