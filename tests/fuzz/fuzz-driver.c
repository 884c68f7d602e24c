/* fuzz-driver.c: runs a fuzz target where libFuzzer is not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     fuzz-NAME CORPUS [MUTATIONS]
 *
 * First every file of the folder CORPUS, then so many mutations of them, always the same. The input
 * that a crash happens on is left in the file crash-input of the working folder.
 */

#include <fcntl.h>
#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define SEED 20260101
#define DEFAULT_MUTATIONS 20000
#define SIZE_LIMIT 4096

static const guint8 *current_data;
static gsize current_size;

static void
on_crash (int number)
{
  int fd = open ("crash-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

  if (fd >= 0 && write (fd, current_data, current_size) == (gssize) current_size)
    close (fd);
  raise (number);
}

/* On a stack of its own: a parser that goes too deep has used up the other one. */
static void
watch_for_crashes (void)
{
  static guint8 stack[64 * 1024];
  const stack_t alternative = { .ss_sp = stack, .ss_size = sizeof stack };
  const struct sigaction action = {
    .sa_handler = on_crash,
    .sa_flags = (int) (SA_ONSTACK | SA_RESETHAND | SA_NODEFER),
  };

  sigaltstack (&alternative, NULL);
  sigaction (SIGSEGV, &action, NULL);
  sigaction (SIGABRT, &action, NULL);
  sigaction (SIGTRAP, &action, NULL);
}

static void
run (const guint8 *data, gsize size)
{
  current_data = data;
  current_size = size;
  LLVMFuzzerTestOneInput (data, size);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Returns: (transfer full): of GBytes, in the order of the files' names */
static GPtrArray *
read_corpus (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_names);

  for (guint i = 0; i < paths->len; i++)
    {
      char *contents;
      gsize length;

      g_file_get_contents (g_ptr_array_index (paths, i), &contents, &length, &error);
      g_assert_no_error (error);
      g_ptr_array_add (corpus, g_bytes_new_take (contents, length));
    }
  g_assert_cmpuint (corpus->len, >, 0);

  return g_steal_pointer (&corpus);
}

static guint
random_below (GRand *random, guint limit)
{
  return limit > 1 ? (guint) g_rand_int_range (random, 0, (gint32) limit) : 0;
}

/* A slice of an input of the corpus. */
static GBytes *
choose_slice (GRand *random, GPtrArray *corpus)
{
  GBytes *input = g_ptr_array_index (corpus, random_below (random, corpus->len));
  gsize size = g_bytes_get_size (input);
  gsize start = random_below (random, (guint) size);

  return g_bytes_new_from_bytes (input, start, random_below (random, (guint) (size - start) + 1));
}

static void
mutate (GRand *random, GPtrArray *corpus, GByteArray *data)
{
  guint at = random_below (random, data->len);
  guint8 byte = (guint8) random_below (random, 256);

  switch (random_below (random, 6))
    {
    case 0: /* another byte */
      if (data->len > 0)
        data->data[at] = byte;
      break;
    case 1: /* another bit */
      if (data->len > 0)
        data->data[at] ^= (guint8) (1 << random_below (random, 8));
      break;
    case 2: /* less */
      if (data->len > 0)
        g_byte_array_remove_range (data, at, 1 + random_below (random, data->len - at));
      break;
    case 3: /* a byte of which there is a lot */
      {
        g_autofree char *run_of_bytes = g_strnfill (1 + random_below (random, 300), (char) byte);

        g_byte_array_append (data, (const guint8 *) run_of_bytes, (guint) strlen (run_of_bytes));
      }
      break;
    default: /* a part of another input, in the middle or at the end */
      {
        g_autoptr (GBytes) slice = choose_slice (random, corpus);
        guint tail = random_below (random, 2) == 0 ? data->len - at : 0;
        g_autofree guint8 *rest = g_memdup2 (data->data + data->len - tail, tail);

        g_byte_array_set_size (data, data->len - tail);
        g_byte_array_append (data, g_bytes_get_data (slice, NULL),
                             (guint) g_bytes_get_size (slice));
        g_byte_array_append (data, rest, tail);
      }
      break;
    }

  if (data->len > SIZE_LIMIT)
    g_byte_array_set_size (data, SIZE_LIMIT);
}

int
main (int argc, char *argv[])
{
  if (argc < 2)
    {
      fprintf (stderr, "Usage: %s CORPUS [MUTATIONS]\n", argv[0]);
      return EXIT_FAILURE;
    }

  g_autoptr (GPtrArray) corpus = read_corpus (argv[1]);
  g_autoptr (GRand) random = g_rand_new_with_seed (SEED);
  g_autoptr (GByteArray) data = g_byte_array_new ();
  guint n_mutations = argc > 2 ? (guint) g_ascii_strtoull (argv[2], NULL, 10) : DEFAULT_MUTATIONS;

  watch_for_crashes ();
  printf ("1..2\n");

  for (guint i = 0; i < corpus->len; i++)
    {
      GBytes *input = g_ptr_array_index (corpus, i);

      run (g_bytes_get_data (input, NULL), g_bytes_get_size (input));
    }
  printf ("ok 1 the %u inputs of the corpus\n", corpus->len);

  for (guint i = 0; i < n_mutations; i++)
    {
      GBytes *input = g_ptr_array_index (corpus, random_below (random, corpus->len));
      guint n_steps = 1 + random_below (random, 8);

      g_byte_array_set_size (data, 0);
      g_byte_array_append (data, g_bytes_get_data (input, NULL), (guint) g_bytes_get_size (input));
      for (guint step = 0; step < n_steps; step++)
        mutate (random, corpus, data);
      run (data->data, data->len);
    }
  printf ("ok 2 %u mutations of them\n", n_mutations);

  return EXIT_SUCCESS;
}
