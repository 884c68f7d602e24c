/* dw-cli.c: the command line
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds the verb and runs it. The verb works in a thread of its own, straight down and blocking;
 * the main thread waits for it and for signals. The first signal asks the verb to end and to leave
 * everything as it was, the second does not ask.
 */

#include "config.h"

#include "cli/dw-cli.h"

#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/dw-cli-complete.h"
#include "cli/dw-cli-context.h"
#include "cli/dw-cli-error.h"
#include "cli/dw-cli-options.h"
#include "cli/dw-cli-text.h"
#include "cli/dw-cli-verbs.h"
#include "model/dw-json.h"
#include "model/dw-model-error.h"
#include "model/dw-nearest.h"

/* What a program that a signal ended is expected to end with. */
#define EXIT_KILLED 130

static gboolean
run_help (DwCliContext *context, gconstpointer options, char **arguments, GError **error);

static const DwCliVerb help_verbs[] = {
  { "help", "[VERB]", 0, 2, N_ ("Say what a verb does, or list them all"), NULL, NULL, 0,
    run_help },
  { NULL },
};

/* In the order of the help. */
static const DwCliVerb *const groups[] = {
  dw_cli_project_verbs, dw_cli_stage_verbs,   dw_cli_registry_verbs,
  dw_cli_deploy_verbs,  dw_cli_action_verbs,  dw_cli_status_verbs,
  dw_cli_check_verbs,   dw_cli_history_verbs, dw_cli_settings_verbs,
  dw_cli_import_verbs,  dw_cli_adopt_verbs,   dw_cli_proxy_verbs,
  dw_cli_notify_verbs,  dw_cli_doctor_verbs,  help_verbs,
};

static const DwCliVerb *
find_verb (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const DwCliVerb *verb = groups[i]; verb->name != NULL; verb++)
      if (g_str_equal (verb->name, name))
        return verb;

  return NULL;
}

/* Whether the verb begins with the word @group, and has another one after it. */
static gboolean
is_in_group (const DwCliVerb *verb, const char *group)
{
  return g_str_has_prefix (verb->name, group) && verb->name[strlen (group)] == ' ';
}

/* The names of all verbs, or those that begin with the word @group, without it. */
static GStrv
list_names (const char *group)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const DwCliVerb *verb = groups[i]; verb->name != NULL; verb++)
      {
        if (group == NULL)
          g_strv_builder_add (builder, verb->name);
        else if (is_in_group (verb, group))
          g_strv_builder_add (builder, verb->name + strlen (group) + 1);
      }

  return g_strv_builder_end (builder);
}

/* Says what is wrong with the word, or the two words, that should have been a verb. */
static void
set_unknown_verb (const char *first, const char *second, GError **error)
{
  g_auto (GStrv) subordinates = list_names (first);
  g_autofree char *shown_first = dw_model_quote (first);
  g_autofree char *shown_second = dw_model_quote (second);

  if (subordinates[0] == NULL)
    {
      g_auto (GStrv) names = list_names (NULL);

      for (guint i = 0; names[i] != NULL; i++)
        names[i][strcspn (names[i], " ")] = '\0';

      g_autofree char *suggestion = dw_suggest (first, (const char *const *) names);
      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   /* Translators: what was typed, and “; did you mean …?” or nothing */
                   _ ("There is no verb %s%s (docker-watcher help lists them)"), shown_first,
                   suggestion);
      return;
    }

  g_autofree char *list = g_strjoinv (", ", subordinates);
  if (second == NULL)
    {
      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   _ ("“%s” needs one of these words after it: %s"), first, list);
    }
  else
    {
      g_autofree char *suggestion = dw_suggest (second, (const char *const *) subordinates);

      g_set_error (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                   /* Translators: a word, what was typed after it, “; did you mean …?” or nothing,
                      and the words that there are */
                   _ ("“%s” has no verb %s%s (there are: %s)"), first, shown_second, suggestion,
                   list);
    }
}

static JsonArray *
options_to_json (const DwCliVerb *verb)
{
  JsonArray *options = json_array_new ();
  const GOptionEntry *entry = NULL;

  for (guint i = 0; (entry = dw_cli_options_nth (verb, i)) != NULL; i++)
    {
      g_autofree char *name = g_strconcat ("--", entry->long_name, NULL);
      g_autofree char *short_name = entry->short_name != 0
                                        ? g_strdup_printf ("-%c", entry->short_name)
                                        : NULL;
      JsonObject *option = json_object_new ();

      json_object_set_string_member (option, "name", name);
      dw_json_set_string (option, "short", short_name);
      dw_json_set_string (option, "value",
                          entry->arg_description != NULL ? _ (entry->arg_description) : NULL);
      json_object_set_string_member (option, "summary", _ (entry->description));
      json_array_add_object_element (options, option);
    }

  return options;
}

/* [{"verb":…,"arguments":…,"summary":…,"options":[…]},…], of @only, of a group or of all. */
static void
answer_help (DwCliContext *context, const DwCliVerb *only, const char *group)
{
  g_autoptr (JsonArray) answer = json_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const DwCliVerb *verb = groups[i]; verb->name != NULL; verb++)
      {
        JsonObject *object = NULL;

        if ((only != NULL && only != verb) || (group != NULL && !is_in_group (verb, group)))
          continue;

        object = json_object_new ();
        json_object_set_string_member (object, "verb", verb->name);
        json_object_set_string_member (object, "arguments", verb->arguments);
        json_object_set_string_member (object, "summary", _ (verb->summary));
        json_object_set_array_member (object, "options", options_to_json (verb));
        json_array_add_object_element (answer, object);
      }

  dw_cli_context_answer_array (context, answer);
}

static gboolean
is_group (const char *word)
{
  g_auto (GStrv) subordinates = list_names (word);

  return subordinates[0] != NULL;
}

/* The verbs of a group, or all of them. */
static void
print_overview (const char *group)
{
  if (group == NULL)
    dw_cli_text_print ("%s\n",
                       _ ("Usage: docker-watcher [VERB …]\n\nWithout a verb it opens the window; "
                          "with --background it watches and deploys without one."));
  else
    dw_cli_text_print ("%s docker-watcher %s VERB …\n", _ ("Usage:"), group);

  dw_cli_text_print ("\n%s\n", _ ("Verbs:"));
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const DwCliVerb *verb = groups[i]; verb->name != NULL; verb++)
      {
        g_autoptr (GString) line = g_string_new ("  ");

        if (group != NULL && !is_in_group (verb, group))
          continue;

        g_string_append_printf (line, "%s %s", verb->name, verb->arguments);
        dw_cli_text_pad (line, 36);
        dw_cli_text_print ("%s%s\n", line->str, _ (verb->summary));
      }
  dw_cli_text_print (
      "\n%s\n",
      _ ("docker-watcher VERB --help says more; every verb takes --json and --verbose.\n"
         "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 engine or registry unreachable;\n"
         "check also ends with 10, when there is something newer."));
}

static gboolean
run_help (DwCliContext *context, gconstpointer options, char **arguments, GError **error)
{
  g_autofree char *name = g_strjoinv (" ", arguments);
  const DwCliVerb *verb = find_verb (name);
  const char *group = verb == NULL && *name != '\0' ? name : NULL;

  if (group != NULL && !is_group (group))
    {
      set_unknown_verb (arguments[0], arguments[1], error);
      return FALSE;
    }

  if (context->is_json)
    answer_help (context, verb, group);
  else if (verb != NULL)
    dw_cli_options_print_help (verb);
  else
    print_overview (group);

  return TRUE;
}

/* The words of the command line, taken apart. */
typedef struct
{
  const DwCliVerb *verb;
  DwCliCommonOptions common;
  gpointer options;
  GStrv arguments;
} CommandLine;

static void
clear_command_line (CommandLine *line)
{
  if (line->verb != NULL)
    dw_cli_options_free (line->verb, line->options);
  g_strfreev (line->arguments);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CommandLine, clear_command_line)

/* What every verb takes may stand before it too. Returns the number of words that do. */
static guint
take_common_options (DwCliCommonOptions *common, char **words)
{
  guint n = 0;

  for (; words[n] != NULL; n++)
    {
      if (g_str_equal (words[n], "--json"))
        common->is_json = TRUE;
      else if (g_str_equal (words[n], "--verbose"))
        common->is_verbose = TRUE;
      else
        break;
    }

  return n;
}

static gboolean
is_help_option (const char *word)
{
  return g_str_equal (word, "--help") || g_str_equal (word, "-h");
}

/* Help of a group, or of all. */
static gboolean
take_help (const char *group, CommandLine *line, GError **error)
{
  const char *const arguments[] = { group, NULL };

  line->verb = help_verbs;
  line->arguments = g_strdupv ((char **) arguments);
  line->options = dw_cli_options_parse (line->verb, &line->common, &line->arguments, error);

  return line->options != NULL;
}

static gboolean
take_apart (char **words, CommandLine *line, GError **error)
{
  words += take_common_options (&line->common, words);

  if (words[0] == NULL)
    {
      g_set_error_literal (error, DW_CLI_ERROR, DW_CLI_ERROR_USAGE,
                           _ ("A verb is missing (docker-watcher help lists them)"));
      return FALSE;
    }

  /* Even a command line that makes no sense is answered in the form that it asks for. */
  if (g_strv_contains ((const char *const *) words, "--json"))
    line->common.is_json = TRUE;

  if (is_help_option (words[0]))
    return take_help (NULL, line, error);

  g_autofree char *two_words = words[1] != NULL ? g_strconcat (words[0], " ", words[1], NULL)
                                                : NULL;
  guint n_words = 2;

  line->verb = two_words != NULL ? find_verb (two_words) : NULL;
  if (line->verb == NULL)
    {
      line->verb = find_verb (words[0]);
      n_words = 1;
    }
  if (line->verb == NULL && words[1] != NULL && is_help_option (words[1]) && is_group (words[0]))
    return take_help (words[0], line, error);
  if (line->verb == NULL)
    {
      gboolean is_option = words[1] != NULL && words[1][0] == '-';

      set_unknown_verb (words[0], is_option ? NULL : words[1], error);
      return FALSE;
    }

  line->arguments = g_strdupv (words + n_words);
  line->options = dw_cli_options_parse (line->verb, &line->common, &line->arguments, error);

  return line->options != NULL;
}

/* A verb at work. */
typedef struct
{
  CommandLine *line;
  DwCliContext *context;
  GMainLoop *loop;
  GError *error;
} Work;

static gboolean
on_done (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_REMOVE;
}

static gpointer
work (gpointer user_data)
{
  Work *work = user_data;
  CommandLine *line = work->line;
  g_autoptr (GMainContext) main_context = g_main_context_new ();

  g_main_context_push_thread_default (main_context);
  line->verb->run (work->context, line->options, line->arguments, &work->error);
  dw_cli_context_leave_messages (work->context);
  dw_cli_context_close (work->context);
  g_main_context_pop_thread_default (main_context);
  g_idle_add (on_done, work->loop);

  return NULL;
}

static gboolean
say_cancelling (gpointer user_data)
{
  dw_cli_text_print_error ("%s%s\n", dw_cli_text_has_terminal () ? "\n" : "",
                           _ ("docker-watcher: cancelling; once more quits at once"));

  return G_SOURCE_REMOVE;
}

static gboolean
on_signal (gpointer user_data)
{
  GCancellable *cancellable = user_data;

  if (g_cancellable_is_cancelled (cancellable))
    _exit (EXIT_KILLED);

  g_cancellable_cancel (cancellable);
  /* Most end at once, and need no words. */
  g_timeout_add (300, say_cancelling, NULL);

  return G_SOURCE_CONTINUE;
}

/* Runs the verb; the caller takes the error. */
static GError *
run_verb (CommandLine *line, DwCliContext *context)
{
  static const int signal_numbers[] = { SIGINT, SIGTERM, SIGHUP };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Work job = { .line = line, .context = context, .loop = loop };

  for (gsize i = 0; i < G_N_ELEMENTS (signal_numbers); i++)
    g_unix_signal_add (signal_numbers[i], on_signal, context->cancellable);

  g_autoptr (GThread) thread = g_thread_new ("verb", work, &job);
  g_main_loop_run (loop);
  g_thread_join (g_steal_pointer (&thread));

  return job.error;
}

/* Only our own messages: those of the libraries are asked for with G_MESSAGES_DEBUG. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "GLIB_DOMAIN") && fields[i].length < 0 &&
        g_str_has_prefix (fields[i].value, "dw-"))
      return g_log_writer_standard_streams (level, fields, n_fields, NULL);

  return g_log_writer_default (level, fields, n_fields, NULL);
}

static void
report (DwCliContext *context, const GError *error)
{
  gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autofree char *message = dw_cli_text_make_harmless (is_cancelled ? _ ("Cancelled")
                                                                     : error->message);

  dw_cli_text_print_error ("docker-watcher: %s\n", message);
  if (context->is_json && !context->has_answered)
    dw_cli_context_answer_error (context, error);
}

/**
 * dw_cli_is_asked:
 * @argc: the number of words
 * @argv: (array length=argc): the command line of the program
 *
 * Returns: whether the words are for the command line, and not for the window
 */
gboolean
dw_cli_is_asked (int argc, char **argv)
{
  /* What else begins with a dash is a mistake, and answered as one. */
  return argc > 1 && !g_str_has_prefix (argv[1], "--gapplication-") &&
         !(argc == 2 && g_str_equal (argv[1], "--background"));
}

/**
 * dw_cli_run:
 * @argc: the number of words
 * @argv: (array length=argc): the command line of the program
 *
 * Does what the command line says. Needs no display. Main thread.
 *
 * Returns: the exit code: 0 done, 1 failed, 2 usage, 3 not found, 4 engine or registry unreachable,
 *   and 10 where there is something newer
 */
int
dw_cli_run (int argc, char **argv)
{
  g_auto (CommandLine) line = { 0 };
  g_auto (DwCliContext) context = { .cancellable = g_cancellable_new () };
  g_autoptr (GError) error = NULL;
  int status = 0;

  /* Who reads may go away; that is seen where it matters, and must not end a deploy. */
  signal (SIGPIPE, SIG_IGN);
  g_log_writer_default_set_use_stderr (TRUE);

  if (argc > 1 && g_str_equal (argv[1], "--version"))
    {
      dw_cli_text_print ("docker-watcher %s\n", DW_VERSION);
      return 0;
    }

  if (argc > 1 && g_str_equal (argv[1], "--complete"))
    {
      dw_cli_complete (groups, G_N_ELEMENTS (groups), (const char *const *) argv + 2,
                       context.cancellable);
      return 0;
    }

  gboolean is_understood = take_apart (argv + (argc > 0 ? 1 : 0), &line, &error);
  context.is_json = line.common.is_json;
  if (line.common.is_verbose)
    g_log_set_writer_func (write_log, NULL, NULL);

  if (is_understood && line.common.wants_help)
    dw_cli_options_print_help (line.verb);
  else if (is_understood)
    error = run_verb (&line, &context);

  status = context.exit_code;
  if (error != NULL)
    {
      report (&context, error);
      status = (int) dw_cli_error_get_exit_code (error);
    }
  if ((fflush (stdout) != 0 || ferror (stdout)) && status == 0)
    status = DW_CLI_ERROR_FAILED;

  return status;
}
