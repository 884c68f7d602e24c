/* first-frame.c: how long a program takes to its first drawn frame, and what it then holds
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * first-frame SETTLE-MS COMMAND…
 *
 * Starts COMMAND on the display and waits until a window of its has been mapped and something was
 * drawn into it, as the X server says; then until it has settled. Prints the milliseconds to the
 * frame, and the kilobytes of resident memory, proportional and private memory. Nobody else may
 * open windows on the display meanwhile.
 */

#include <X11/extensions/Xdamage.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_MS 30000
/* What is smaller is a helper that GTK keeps, and no window for a person. */
#define SMALLEST_SIDE 200

static double
get_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return (double) now.tv_sec * 1000 + (double) now.tv_nsec / 1e6;
}

static void
fail (const char *what)
{
  fprintf (stderr, "first-frame: %s\n", what);
  exit (1);
}

/* Waits for an event until @deadline. */
static void
next_event (Display *display, XEvent *event, double deadline)
{
  while (XPending (display) == 0)
    {
      struct pollfd poller = { .fd = ConnectionNumber (display), .events = POLLIN };
      int left = (int) (deadline - get_ms ());

      if (left <= 0 || (poll (&poller, 1, left) < 0 && errno != EINTR))
        fail ("there was no frame");
    }
  XNextEvent (display, event);
}

static void
wait_for_frame (Display *display, double deadline)
{
  int damage_event, damage_error;

  if (!XDamageQueryExtension (display, &damage_event, &damage_error))
    fail ("the display does not tell what is drawn");

  for (;;)
    {
      XEvent event;

      next_event (display, &event, deadline);
      if (event.type == MapNotify)
        {
          XWindowAttributes attributes;

          if (XGetWindowAttributes (display, event.xmap.window, &attributes) &&
              attributes.width >= SMALLEST_SIDE && attributes.height >= SMALLEST_SIDE)
            XDamageCreate (display, event.xmap.window, XDamageReportNonEmpty);
        }
      else if (event.type == damage_event + XDamageNotify)
        return;
    }
}

static long
read_kb (FILE *file, const char *name)
{
  char line[256];
  long kb = -1;

  rewind (file);
  while (fgets (line, sizeof line, file) != NULL)
    if (strncmp (line, name, strlen (name)) == 0)
      kb = strtol (line + strlen (name), NULL, 10);

  return kb;
}

int
main (int argc, char **argv)
{
  Display *display = XOpenDisplay (NULL);

  if (argc < 3)
    fail ("usage: first-frame SETTLE-MS COMMAND…");
  if (display == NULL)
    fail ("there is no display");
  XSelectInput (display, DefaultRootWindow (display), SubstructureNotifyMask);
  XSync (display, False);

  double began = get_ms ();
  pid_t pid = fork ();

  if (pid == 0)
    {
      execvp (argv[2], argv + 2);
      _exit (127);
    }
  wait_for_frame (display, began + LIMIT_MS);

  double took = get_ms () - began;
  char path[64];
  usleep ((useconds_t) atoi (argv[1]) * 1000);
  snprintf (path, sizeof path, "/proc/%d/smaps_rollup", (int) pid);
  FILE *smaps = fopen (path, "r");

  if (smaps == NULL)
    fail ("the program ended by itself");
  printf ("%.1f %ld %ld %ld\n", took, read_kb (smaps, "Rss:"), read_kb (smaps, "Pss:"),
          read_kb (smaps, "Private_Clean:") + read_kb (smaps, "Private_Dirty:"));
  fclose (smaps);

  kill (pid, SIGTERM);
  waitpid (pid, NULL, 0);
  XCloseDisplay (display);

  return 0;
}
