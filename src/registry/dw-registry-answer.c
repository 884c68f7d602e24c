/* dw-registry-answer.c: what a registry's refusal means
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The status says the kind; the list of errors in the body (OCI distribution specification, "Error
 * Codes") says which of the things that were asked for is not there, and has the registry's words.
 */

#include "config.h"

#include "registry/dw-registry-answer.h"

#include <glib/gi18n-lib.h>

#include "model/dw-json.h"
#include "registry/dw-registry-client.h"
#include "registry/dw-registry-pace.h"

#define WORDS_LIMIT 300

/* One line of valid UTF-8, cut where it is long. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, 4 * WORDS_LIMIT));
  g_autoptr (GString) line = g_string_new (NULL);
  guint n = 0;

  for (const char *c = valid; *c != '\0' && n < WORDS_LIMIT; c = g_utf8_next_char (c), n++)
    g_string_append_unichar (line,
                             g_unichar_iscntrl (g_utf8_get_char (c)) ? ' ' : g_utf8_get_char (c));

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static JsonObject *
get_first_error (JsonObject *object)
{
  JsonArray *errors = dw_json_get_array (object, "errors");

  return errors != NULL && json_array_get_length (errors) > 0 ? dw_json_array_get_object (errors, 0)
                                                              : NULL;
}

static char *
get_code (DwHttpAnswer *answer)
{
  g_autoptr (JsonObject) object = dw_json_parse_object (answer->body, NULL);
  JsonObject *first = get_first_error (object);

  return first != NULL ? g_strdup (dw_json_get_string (first, "code")) : NULL;
}

/**
 * dw_registry_answer_get_words:
 * @answer: a refusal
 *
 * Returns: (transfer full): what it says itself, from its list of errors, from a token server's
 *     members, or from its status line
 */
char *
dw_registry_answer_get_words (DwHttpAnswer *answer)
{
  g_autoptr (JsonObject) object = dw_json_parse_object (answer->body, NULL);
  JsonObject *first = get_first_error (object);
  const char *words = NULL;

  if (first != NULL)
    words = dw_json_get_string (first, "message") != NULL ? dw_json_get_string (first, "message")
                                                          : dw_json_get_string (first, "code");
  else if (object != NULL)
    {
      static const char *const members[] = { "details", "error_description", "message", "error" };

      for (guint i = 0; words == NULL && i < G_N_ELEMENTS (members); i++)
        words = dw_json_get_string (object, members[i]);
    }
  if (words == NULL || *words == '\0')
    words = soup_message_get_reason_phrase (answer->message);

  g_autofree char *line = clean (words != NULL ? words : "");
  return g_strdup_printf ("%u %s", dw_http_answer_get_status (answer), line);
}

/* Whether the body calls itself JSON and is an object. */
gboolean
dw_registry_answer_is_json (DwHttpAnswer *answer)
{
  g_autoptr (JsonObject) object = dw_json_parse_object (answer->body, NULL);

  return object != NULL;
}

/* Whether it is a refusal as the specification has it. */
gboolean
dw_registry_answer_is_error_list (DwHttpAnswer *answer)
{
  g_autofree char *code = get_code (answer);

  return code != NULL;
}

/**
 * dw_registry_answer_set_unauthorized:
 * @answer: a 401 or 403 of the registry or of its token server
 * @subject: what was asked for
 * @error: DW_REGISTRY_ERROR_UNAUTHORIZED
 *
 * Says whose sign-in was refused, and what to do.
 */
void
dw_registry_answer_set_unauthorized (DwHttpAnswer *answer,
                                     const DwRegistrySubject *subject,
                                     GError **error)
{
  g_autofree char *words = dw_registry_answer_get_words (answer);
  g_autofree char *target = subject->path != NULL
                                ? g_strdup_printf (_ ("the repository “%s” at %s"), subject->path,
                                                   subject->url)
                                : g_strdup (subject->url);

  /* Translators: in each a registry or a repository, then the registry's own words */
  if (subject->is_signed_in)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED,
                 _ ("%s refuses these credentials (%s); check the user name, the password, and "
                    "that the user may read it"),
                 target, words);
  else if (subject->path != NULL)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED,
                 _ ("%s does not exist or needs credentials (%s); add the registry’s user name and "
                    "password, or sign in with “docker login”"),
                 target, words);
  else
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_UNAUTHORIZED,
                 _ ("%s needs credentials (%s); add the registry’s user name and password, or sign "
                    "in with “docker login”"),
                 target, words);
}

static void
set_rate_limited (DwHttpAnswer *answer, const DwRegistrySubject *subject, GError **error)
{
  gint64 seconds = dw_registry_pace_read_retry_after (
      soup_message_get_response_headers (answer->message), g_get_real_time () / G_USEC_PER_SEC);
  const char *remedy = subject->is_signed_in
                           ? _ ("check less often")
                           : _ ("check less often, or add credentials, which often allow more");

  /* Rounded up: whoever comes too early is told the same again. */
  if (seconds > 120)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_RATE_LIMITED,
                 g_dngettext (GETTEXT_PACKAGE,
                              "%s has had too many requests; try again in %u minute; %s",
                              "%s has had too many requests; try again in %u minutes; %s",
                              (gulong) ((seconds + 59) / 60)),
                 subject->url, (guint) ((seconds + 59) / 60), remedy);
  else if (seconds >= 0)
    g_set_error (
        error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_RATE_LIMITED,
        g_dngettext (GETTEXT_PACKAGE, "%s has had too many requests; try again in %u second; %s",
                     "%s has had too many requests; try again in %u seconds; %s", (gulong) seconds),
        subject->url, (guint) seconds, remedy);
  else
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_RATE_LIMITED,
                 _ ("%s has had too many requests; %s"), subject->url, remedy);
}

static void
set_not_found (DwHttpAnswer *answer, const DwRegistrySubject *subject, GError **error)
{
  g_autofree char *code = get_code (answer);

  if (subject->path == NULL || code == NULL)
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_A_REGISTRY,
                 _ ("what answers at %s is not a container registry; check the address"),
                 subject->url);
  else if (subject->tag == NULL || g_str_equal (code, "NAME_UNKNOWN"))
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND,
                 _ ("%s has no repository “%s”; check its name, or push to it first"), subject->url,
                 subject->path);
  else
    g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_NOT_FOUND,
                 _ ("the repository “%s” at %s has no tag “%s”; check the tag, or push it first"),
                 subject->path, subject->url, subject->tag);
}

/**
 * dw_registry_answer_set_error:
 * @answer: anything but a success
 * @subject: what was asked for
 * @error: a DW_REGISTRY_ERROR
 *
 * Says what the answer means.
 */
void
dw_registry_answer_set_error (DwHttpAnswer *answer,
                              const DwRegistrySubject *subject,
                              GError **error)
{
  guint status = dw_http_answer_get_status (answer);

  if (status == SOUP_STATUS_UNAUTHORIZED || status == SOUP_STATUS_FORBIDDEN)
    dw_registry_answer_set_unauthorized (answer, subject, error);
  else if (status == SOUP_STATUS_NOT_FOUND)
    set_not_found (answer, subject, error);
  else if (status == 429)
    set_rate_limited (answer, subject, error);
  else
    {
      g_autofree char *words = dw_registry_answer_get_words (answer);

      g_set_error (error, DW_REGISTRY_ERROR, DW_REGISTRY_ERROR_FAILED,
                   _ ("%s answers “%s”; try again later, or ask its owner"), subject->url, words);
    }
}
