/* dw-cli-options.c: reads a verb's options and says what they are
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GOption does the parsing. What is added: the storage is a struct of the verb's own and no static,
 * text is UTF-8 in every locale, and an option that does not exist is answered with the nearest one
 * that does.
 */

#include "config.h"

#include "cli/dw-cli-options.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "cli/dw-cli-error.h"
#include "cli/dw-cli-text.h"
#include "model/dw-model-error.h"
#include "model/dw-nearest.h"

#define OPTION_WIDTH 34

static const GOptionEntry common_entries[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (DwCliCommonOptions, is_json),
    N_ ("Answer in JSON, for programs"), NULL },
  { "verbose", 0, 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (DwCliCommonOptions, is_verbose),
    N_ ("Say on standard error what is being done"), NULL },
  { "help", 'h', 0, G_OPTION_ARG_NONE, DW_CLI_MEMBER (DwCliCommonOptions, wants_help),
    N_ ("Show this help"), NULL },
  { NULL },
};

static gpointer
get_member (gpointer options, const GOptionEntry *entry)
{
  return (char *) options + GPOINTER_TO_SIZE (entry->arg_data);
}

/* The entries with their storage in @options. Text is taken as bytes, for GOption would read it in
 * the locale's encoding; check_text() looks at it. */
static void
add_entries (GOptionContext *context, const GOptionEntry *entries, gpointer options)
{
  g_autoptr (GArray) bound = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));

  for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
    {
      GOptionEntry copy = *entry;

      copy.arg_data = get_member (options, entry);
      if (copy.arg == G_OPTION_ARG_STRING)
        copy.arg = G_OPTION_ARG_FILENAME;
      else if (copy.arg == G_OPTION_ARG_STRING_ARRAY)
        copy.arg = G_OPTION_ARG_FILENAME_ARRAY;
      g_array_append_val (bound, copy);
    }

  g_option_context_add_main_entries (context, (const GOptionEntry *) (gpointer) bound->data, NULL);
}

static gboolean
check_utf8 (const char *name, const char *value, GError **error)
{
  if (g_utf8_validate (value, -1, NULL))
    return TRUE;

  g_autofree char *shown = dw_model_quote (value);
  g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, _ ("%s: %s is not valid UTF-8"), name,
               shown);
  return FALSE;
}

static gboolean
check_text (const GOptionEntry *entries, gpointer options, GError **error)
{
  for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
    {
      g_autofree char *name = g_strconcat ("--", entry->long_name, NULL);

      if (entry->arg == G_OPTION_ARG_STRING)
        {
          const char *value = *(char **) get_member (options, entry);

          if (value != NULL && !check_utf8 (name, value, error))
            return FALSE;
        }
      else if (entry->arg == G_OPTION_ARG_STRING_ARRAY)
        {
          GStrv values = *(GStrv *) get_member (options, entry);

          for (guint i = 0; values != NULL && values[i] != NULL; i++)
            if (!check_utf8 (name, values[i], error))
              return FALSE;
        }
    }

  return TRUE;
}

static const GOptionEntry *
find_entry (const GOptionEntry *entries, const char *name, gsize length)
{
  for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
    if (strlen (entry->long_name) == length && strncmp (entry->long_name, name, length) == 0)
      return entry;

  return NULL;
}

/* The first long option of @arguments that is none, without its dashes and value. */
static char *
find_unknown_option (const DwCliVerb *verb, char **arguments)
{
  for (guint i = 0; arguments[i] != NULL && !g_str_equal (arguments[i], "--"); i++)
    {
      if (!g_str_has_prefix (arguments[i], "--"))
        continue;

      const char *name = arguments[i] + 2;
      gsize length = strcspn (name, "=");
      const GOptionEntry *entry = find_entry (verb->options, name, length);

      if (entry == NULL)
        entry = find_entry (common_entries, name, length);
      if (entry == NULL)
        return g_strndup (name, length);
      /* The next one is its value. */
      if (entry->arg != G_OPTION_ARG_NONE && name[length] == '\0' && arguments[i + 1] != NULL)
        i++;
    }

  return NULL;
}

static void
explain (const DwCliVerb *verb, char **arguments, GError *problem, GError **error)
{
  g_autofree char *unknown = NULL;

  if (g_error_matches (problem, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
    unknown = find_unknown_option (verb, arguments);

  if (unknown == NULL)
    {
      g_autofree char *message = g_utf8_make_valid (problem->message, -1);

      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   _ ("%s (docker-watcher %s --help lists the options)"), message, verb->name);
    }
  else
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new ();
      g_autofree char *shown = dw_model_quote (unknown);

      for (const GOptionEntry *entry = verb->options; entry && entry->long_name != NULL; entry++)
        if ((entry->flags & G_OPTION_FLAG_HIDDEN) == 0)
          g_ptr_array_add (names, (gpointer) entry->long_name);
      for (const GOptionEntry *entry = common_entries; entry->long_name != NULL; entry++)
        g_ptr_array_add (names, (gpointer) entry->long_name);
      g_ptr_array_add (names, NULL);

      const char *nearest = dw_find_nearest (unknown,
                                             (const char *const *) (gpointer) names->pdata);
      if (nearest != NULL)
        g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                     /* Translators: a verb, what was typed, and what may have been meant */
                     _ ("“%s” has no option %s; did you mean “--%s”?"), verb->name, shown, nearest);
      else
        g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                     _ ("“%s” has no option %s (docker-watcher %s --help lists the options)"),
                     verb->name, shown, verb->name);
    }

  g_error_free (problem);
}

static gboolean
check_arguments (const DwCliVerb *verb, char **arguments, GError **error)
{
  guint n = g_strv_length (arguments);

  if (n < verb->min_arguments || n > verb->max_arguments)
    {
      g_autofree char *usage = g_strdup_printf ("docker-watcher %s %s", verb->name,
                                                verb->arguments);

      if (n < verb->min_arguments)
        g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, _ ("Something is missing: %s"),
                     usage);
      else
        g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE, _ ("That is too much: %s"), usage);
      return FALSE;
    }

  for (guint i = 0; i < n; i++)
    if (!check_utf8 (_ ("The command line"), arguments[i], error))
      return FALSE;

  return TRUE;
}

/**
 * dw_cli_options_parse:
 * @verb: the verb
 * @common: what every verb takes; what is set in it already stays set
 * @arguments: (inout) (transfer full): what follows the verb; afterwards what is no option
 * @error: DW_CLI_ERROR_USAGE
 *
 * When help is asked for, the number of arguments does not matter.
 *
 * Returns: (transfer full) (nullable): the verb's options, for dw_cli_options_free()
 */
gpointer
dw_cli_options_parse (const DwCliVerb *verb,
                      DwCliCommonOptions *common,
                      char ***arguments,
                      GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) given = g_strdupv (*arguments);
  gpointer options = g_malloc0 (verb->options_size + 1);
  GError *problem = NULL;

  g_option_context_set_help_enabled (context, FALSE);
  add_entries (context, verb->options, options);
  add_entries (context, common_entries, common);

  /* GOption takes the first for the program's name. */
  g_strv_builder_add (builder, "docker-watcher");
  g_strv_builder_addv (builder, (const char **) *arguments);
  g_auto (GStrv) parsed = g_strv_builder_end (builder);

  gboolean is_parsed = g_option_context_parse_strv (context, &parsed, &problem);
  if (!is_parsed)
    explain (verb, given, problem, error);
  else
    {
      guint skipped = g_strv_length (parsed) > 1 && g_str_equal (parsed[1], "--") ? 2 : 1;

      g_strfreev (*arguments);
      *arguments = g_strdupv (parsed + skipped);
      is_parsed = check_text (verb->options, options, error) &&
                  (common->wants_help || check_arguments (verb, *arguments, error));
    }

  if (is_parsed)
    return options;

  dw_cli_options_free (verb, options);
  return NULL;
}

/**
 * dw_cli_options_find:
 * @verb: the verb
 * @word: an option as it is typed, long or short, with its dashes
 *
 * Returns: (transfer none) (nullable): the option of @verb, or of all verbs
 */
const GOptionEntry *
dw_cli_options_find (const DwCliVerb *verb, const char *word)
{
  const GOptionEntry *entry = NULL;

  for (guint i = 0; (entry = dw_cli_options_nth (verb, i)) != NULL; i++)
    if ((g_str_has_prefix (word, "--") && g_str_equal (word + 2, entry->long_name)) ||
        (entry->short_name != 0 && word[0] == '-' && word[1] == entry->short_name &&
         word[2] == '\0'))
      return entry;

  return NULL;
}

/**
 * dw_cli_options_nth:
 * @verb: the verb
 * @position: from 0 on
 *
 * Returns: (transfer none) (nullable): the option of that place among those that are shown: those
 * of
 *   @verb, and then those of all verbs; %NULL after the last
 */
const GOptionEntry *
dw_cli_options_nth (const DwCliVerb *verb, guint position)
{
  const GOptionEntry *const tables[] = { verb->options, common_entries };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const GOptionEntry *entry = tables[i]; entry != NULL && entry->long_name != NULL; entry++)
      if ((entry->flags & G_OPTION_FLAG_HIDDEN) == 0 && position-- == 0)
        return entry;

  return NULL;
}

/**
 * dw_cli_options_free:
 * @verb: the verb
 * @options: (transfer full) (nullable): its options
 */
void
dw_cli_options_free (const DwCliVerb *verb, gpointer options)
{
  for (const GOptionEntry *entry = verb->options;
       options != NULL && entry != NULL && entry->long_name != NULL; entry++)
    {
      if (entry->arg == G_OPTION_ARG_STRING || entry->arg == G_OPTION_ARG_FILENAME)
        g_free (*(char **) get_member (options, entry));
      else if (entry->arg == G_OPTION_ARG_STRING_ARRAY || entry->arg == G_OPTION_ARG_FILENAME_ARRAY)
        g_strfreev (*(GStrv *) get_member (options, entry));
    }

  g_free (options);
}

static void
print_entries (const GOptionEntry *entries)
{
  for (const GOptionEntry *entry = entries; entry != NULL && entry->long_name != NULL; entry++)
    {
      g_autoptr (GString) line = g_string_new ("  ");

      if ((entry->flags & G_OPTION_FLAG_HIDDEN) != 0)
        continue;

      if (entry->short_name != 0)
        g_string_append_printf (line, "-%c, ", entry->short_name);
      g_string_append_printf (line, "--%s", entry->long_name);
      if (entry->arg_description != NULL)
        g_string_append_printf (line, " %s", _ (entry->arg_description));
      dw_cli_text_pad (line, OPTION_WIDTH);
      dw_cli_text_print ("%s%s\n", line->str, _ (entry->description));
    }
}

/**
 * dw_cli_options_print_help:
 * @verb: the verb
 *
 * Says on standard output what @verb does and takes.
 */
void
dw_cli_options_print_help (const DwCliVerb *verb)
{
  gboolean has_options = verb->options != NULL;

  dw_cli_text_print ("%s docker-watcher %s%s%s%s\n\n%s\n", _ ("Usage:"), verb->name,
                     *verb->arguments != '\0' ? " " : "", verb->arguments,
                     has_options ? _ (" [OPTION…]") : "", _ (verb->summary));
  if (verb->description != NULL)
    dw_cli_text_print ("\n%s\n", _ (verb->description));
  dw_cli_text_print ("\n%s\n", _ ("Options:"));
  print_entries (verb->options);
  print_entries (common_entries);
}
