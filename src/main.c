/* main.c: picks what the program is: the command line or the window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <locale.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/dw-cli.h"
#include "dw-application.h"
#include "dw-background.h"

/* Where standard output was closed, the next file or socket would take its number, and get what is
 * printed. Read-only, so that printing fails as it does on what is closed. */
static void
hold_standard_streams (void)
{
  int fd = open ("/dev/null", O_RDONLY);

  while (fd >= 0 && fd <= STDERR_FILENO)
    fd = open ("/dev/null", O_RDONLY);
  if (fd >= 0)
    close (fd);
}

/* Drawing for the first time, reading the lists, and the plan of what to watch end one by one. */
#define TIMES_GIVEN_BACK 3

/* Building the window leaves holes behind. */
static gboolean
give_back (gpointer user_data)
{
  int *n_times = user_data;

#ifdef __GLIBC__
  malloc_trim (0);
#endif

  return ++*n_times < TIMES_GIVEN_BACK ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* A window is made of many small pieces and a few large ones that come and go: what its threads let
 * go of is given back, and does not stay with one heap for each of them. */
static void
save_memory (void)
{
#ifdef __GLIBC__
  mallopt (M_ARENA_MAX, 1);
  mallopt (M_MMAP_THRESHOLD, 64 * 1024);
  mallopt (M_TRIM_THRESHOLD, 64 * 1024);
#endif
  /* Only when there is nothing else to do. */
  g_timeout_add_seconds_full (G_PRIORITY_LOW, 1, give_back, g_new0 (int, 1), g_free);
}

static gboolean
has_graphics_processor (void)
{
  static const char *const others[] = { "/dev/nvidiactl", "/dev/dxg" };
  g_autoptr (GDir) folder = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (g_str_has_prefix (name, "renderD"))
      return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_file_test (others[i], G_FILE_TEST_EXISTS))
      return TRUE;

  return FALSE;
}

/* Without one, OpenGL compiles each way to fill a shape for the processor, and keeps it: that is 80
 * MB more than what Cairo draws the same with, which needs no time to begin. */
static void
choose_renderer (void)
{
  if (!has_graphics_processor ())
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

int
main (int argc, char **argv)
{
  hold_standard_streams ();
  setlocale (LC_ALL, "");
  /* As gettext's own commands: for the program that runs from the build folder. */
  const char *folder = g_getenv ("TEXTDOMAINDIR");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : DW_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  if (dw_cli_is_asked (argc, argv))
    return dw_cli_run (argc, argv);

  save_memory ();
  choose_renderer ();

  gboolean has_display = gtk_init_check ();
  if (!has_display && argc > 1 && g_str_equal (argv[1], "--background"))
    {
      g_autoptr (DwBackground) background = dw_background_new ();

      g_set_application_name (_ ("Docker Watcher"));
      int status = g_application_run (G_APPLICATION (background), 1, argv);
      return status != 0 ? status : dw_background_get_exit_code (background);
    }
  if (!has_display)
    {
      g_printerr (
          _ ("docker-watcher: There is no display to open the window on; docker-watcher help "
             "lists what works without one\n"));
      return EXIT_FAILURE;
    }

  g_set_application_name (_ ("Docker Watcher"));

  g_autoptr (DwApplication) application = dw_application_new ();

  return g_application_run (G_APPLICATION (application), argc, argv);
}
