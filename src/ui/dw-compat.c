/* dw-compat.c: dialogs that newer versions of libadwaita have another widget for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each function stands for one dialog and shows it with the widget that the library at hand
 * prefers. What folds the window is in dw-shell.c.
 */

#include "config.h"

#include "ui/dw-compat.h"

#include <glib/gi18n.h>

/**
 * dw_compat_present_about:
 * @parent: (nullable): the window to show it over
 *
 * Shows what the program is, who made it and under which licence.
 */
void
dw_compat_present_about (GtkWindow *parent)
{
  static const char *const developers[] = { "Alexei", NULL };

#if ADW_CHECK_VERSION(1, 5, 0)
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (adw_about_dialog_new ());
#else
  AdwAboutWindow *about = ADW_ABOUT_WINDOW (adw_about_window_new ());
#endif

  g_object_set (about,
                /* Translators: the name of the program */
                "application-name", _ ("Docker Watcher"), "application-icon", DW_APPLICATION_ID,
                "version", DW_VERSION, "developer-name", "Alexei", "developers", developers,
                "copyright", "© 2026 Alexei", "license-type", GTK_LICENSE_GPL_3_0, "comments",
                _ ("Deploys new container images as they are pushed, and moves the traffic only to "
                   "what is healthy"),
                "website", "https://github.com/alexei/DockerWatcher", "issue-url",
                "https://github.com/alexei/DockerWatcher/issues", "translator-credits",
                /* Translators: your names, one a line; they are shown in the about dialog */
                _ ("translator-credits"), NULL);

#if ADW_CHECK_VERSION(1, 5, 0)
  adw_dialog_present (ADW_DIALOG (about), parent != NULL ? GTK_WIDGET (parent) : NULL);
#else
  gtk_window_set_transient_for (GTK_WINDOW (about), parent);
  gtk_window_set_modal (GTK_WINDOW (about), parent != NULL);
  gtk_window_present (GTK_WINDOW (about));
#endif
}
