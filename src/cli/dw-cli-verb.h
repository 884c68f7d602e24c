/* dw-cli-verb.h: what a verb of the command line declares of itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DwCliContext DwCliContext;

/**
 * DwCliFunc:
 * @context: the store, the engine and the output
 * @options: the verb's own options, a struct as its table describes it
 * @arguments: (array zero-terminated=1): as many as the verb takes, valid UTF-8
 * @error: what is said to the person; it also decides the exit code
 *
 * Does what the verb says. Runs in a thread of its own that has its own main context, so it may
 * block. Returns: whether it is done
 */
typedef gboolean (*DwCliFunc) (DwCliContext *context,
                               gconstpointer options,
                               char **arguments,
                               GError **error);

typedef struct
{
  const char *name;      /* one or two words; NULL ends a table */
  const char *arguments; /* as the help shows them */
  guint min_arguments;
  guint max_arguments;
  const char *summary;         /* one line, marked for translation */
  const char *description;     /* nullable: what else a person must know, marked for translation */
  const GOptionEntry *options; /* nullable; arg_data is the offset of a member of the struct */
  gsize options_size;          /* of that struct */
  DwCliFunc run;
} DwCliVerb;

/* Where an option's value goes in the struct TYPE of its verb. */
#define DW_CLI_MEMBER(TYPE, member) ((gpointer) G_STRUCT_OFFSET (TYPE, member))

G_END_DECLS
