/* dw-engine-fault.c: what went wrong with an engine, for a person and for the caller
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engines' status codes tell little: a port that is taken and a registry that refuses a login
 * are both a 500. What they mean is in their texts, which are not translated and have been the same
 * for years.
 */

#include "config.h"

#include "engine/dw-engine-fault.h"

#include <string.h>

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "engine/dw-engine-address-private.h"

#define MAXIMUM_EXCERPT 200
#define MAXIMUM_MESSAGE 2000

typedef struct
{
  const char *text; /* in lower case */
  DwEngineError code;
} Clue;

static const Clue clues[] = {
  { "address already in use", DW_ENGINE_ERROR_PORT_IN_USE },
  { "has active endpoints", DW_ENGINE_ERROR_CONFLICT },
  { "is a pre-defined network", DW_ENGINE_ERROR_INVALID },
  { "port is already allocated", DW_ENGINE_ERROR_PORT_IN_USE },
  { "ports are not available", DW_ENGINE_ERROR_PORT_IN_USE },
  { "is too new. maximum supported api version", DW_ENGINE_ERROR_API_VERSION },
  { "is too old. minimum supported api version", DW_ENGINE_ERROR_API_VERSION },
};

static const Clue server_error_clues[] = {
  { "is already in use", DW_ENGINE_ERROR_CONFLICT },
  { "network already exists", DW_ENGINE_ERROR_CONFLICT },
  { "unique constraint failed", DW_ENGINE_ERROR_CONFLICT }, /* Podman, of a name */
  { "names must match", DW_ENGINE_ERROR_INVALID },
  { "no such container", DW_ENGINE_ERROR_NOT_FOUND },
  { "no such image", DW_ENGINE_ERROR_NOT_FOUND },
  { "image not known", DW_ENGINE_ERROR_NOT_FOUND },
  { "network not found", DW_ENGINE_ERROR_NOT_FOUND },
};

static const Clue pull_clues[] = {
  { "unauthorized", DW_ENGINE_ERROR_UNAUTHORIZED },
  { "no basic auth credentials", DW_ENGINE_ERROR_UNAUTHORIZED },
  { "authentication required", DW_ENGINE_ERROR_UNAUTHORIZED },
  { "incorrect username or password", DW_ENGINE_ERROR_UNAUTHORIZED },
  { "invalid username/password", DW_ENGINE_ERROR_UNAUTHORIZED },
  { "pull access denied", DW_ENGINE_ERROR_UNAUTHORIZED },
  { "access to the resource is denied", DW_ENGINE_ERROR_UNAUTHORIZED },
  { "manifest unknown", DW_ENGINE_ERROR_NOT_FOUND },
  { "name unknown", DW_ENGINE_ERROR_NOT_FOUND },
};

static gboolean
find_clue (const Clue *list, gsize n, const char *text, DwEngineError *code)
{
  for (gsize i = 0; i < n; i++)
    if (strstr (text, list[i].text) != NULL)
      {
        *code = list[i].code;
        return TRUE;
      }

  return FALSE;
}

static DwEngineError
classify (guint status, const char *message, gboolean is_pull)
{
  g_autofree char *text = g_ascii_strdown (message, -1);
  DwEngineError code = DW_ENGINE_ERROR_FAILED;

  if (find_clue (clues, G_N_ELEMENTS (clues), text, &code) ||
      (is_pull && find_clue (pull_clues, G_N_ELEMENTS (pull_clues), text, &code)) ||
      (status >= 500 &&
       find_clue (server_error_clues, G_N_ELEMENTS (server_error_clues), text, &code)))
    return code;

  switch (status)
    {
    case SOUP_STATUS_BAD_REQUEST:
      return DW_ENGINE_ERROR_INVALID;
    case SOUP_STATUS_UNAUTHORIZED:
      return is_pull ? DW_ENGINE_ERROR_UNAUTHORIZED : DW_ENGINE_ERROR_PERMISSION;
    case SOUP_STATUS_FORBIDDEN:
      return is_pull ? DW_ENGINE_ERROR_UNAUTHORIZED : DW_ENGINE_ERROR_PERMISSION;
    case SOUP_STATUS_NOT_FOUND:
      return DW_ENGINE_ERROR_NOT_FOUND;
    case SOUP_STATUS_CONFLICT:
      return DW_ENGINE_ERROR_CONFLICT;
    default:
      return DW_ENGINE_ERROR_FAILED;
    }
}

/* One line of valid UTF-8. */
static char *
make_line (const char *data, gsize length)
{
  char *text = g_utf8_make_valid (data, (gssize) length);

  for (char *p = text; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';

  return g_strchomp (text);
}

/**
 * dw_engine_fault_make_excerpt:
 * @data: whatever was received
 * @length: of @data
 *
 * Returns: (transfer full): its beginning as one line of valid UTF-8 that can stand in a message
 */
char *
dw_engine_fault_make_excerpt (const char *data, gsize length)
{
  g_autofree char *text = make_line (data, MIN (length, MAXIMUM_EXCERPT));

  if (length > MAXIMUM_EXCERPT)
    return g_strconcat (text, "…", NULL);

  return g_steal_pointer (&text);
}

/**
 * dw_engine_fault_set_no_engine:
 * @error: set to DW_ENGINE_ERROR_NOT_AN_ENGINE
 * @address: where it was asked
 * @what: what answered
 */
void
dw_engine_fault_set_no_engine (GError **error, const char *address, const char *what)
{
  g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_AN_ENGINE,
               _ ("What answers at %s is not a Docker-compatible engine: %s; correct the engine's "
                  "address in the settings"),
               address, what);
}

/**
 * dw_engine_fault_set_transport:
 * @error: set to a DW_ENGINE_ERROR, or to G_IO_ERROR_CANCELLED
 * @address: where the engine was asked
 * @cause: what GIO or libsoup said
 */
void
dw_engine_fault_set_transport (GError **error, const char *address, const GError *cause)
{
  int code = DW_ENGINE_ERROR_UNREACHABLE;
  g_autofree char *remedy = NULL;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CANCELLED) || cause->domain == DW_ENGINE_ERROR)
    {
      g_propagate_error (error, g_error_copy (cause));
      return;
    }

  if (cause->domain == SOUP_SESSION_ERROR)
    {
      /* Translators: %s is a technical message */
      g_autofree char *what = g_strdup_printf (_ ("its answer is not HTTP (%s)"), cause->message);

      dw_engine_fault_set_no_engine (error, address, what);
      return;
    }

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    {
      g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_TIMED_OUT,
                   _ ("The engine at %s did not answer in time; look at its log (journalctl -u "
                      "docker), or restart it"),
                   address);
      return;
    }

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    code = DW_ENGINE_ERROR_PERMISSION;
  remedy = dw_engine_address_get_remedy (address, code);

  if (code == DW_ENGINE_ERROR_PERMISSION)
    g_set_error (error, DW_ENGINE_ERROR, code,
                 /* Translators: an address, the reason, and what to do */
                 _ ("You may not open the engine's address %s (%s); %s"), address, cause->message,
                 remedy);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) ||
           g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
           g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    g_set_error (error, DW_ENGINE_ERROR, code,
                 /* Translators: an address, the reason, and what to do */
                 _ ("The engine at %s went away in the middle of a request (%s); when it has "
                    "stopped, %s"),
                 address, cause->message, remedy);
  else
    g_set_error (error, DW_ENGINE_ERROR, code,
                 /* Translators: an address, the reason, and what to do */
                 _ ("No engine can be reached at %s (%s); %s"), address, cause->message, remedy);
}

/**
 * dw_engine_fault_set_refusal:
 * @error: set to a DW_ENGINE_ERROR
 * @address: where the engine was asked
 * @status: the HTTP status of the answer
 * @message: the engine's words
 * @is_pull: whether a pull was asked for, so that a registry may speak through the engine
 */
void
dw_engine_fault_set_refusal (
    GError **error, const char *address, guint status, const char *message, gboolean is_pull)
{
  DwEngineError code = classify (status, message, is_pull);
  g_autofree char *words = make_line (message, strnlen (message, MAXIMUM_MESSAGE));

  switch (code)
    {
    case DW_ENGINE_ERROR_PORT_IN_USE:
      g_set_error (error, DW_ENGINE_ERROR, code,
                   _ ("The port on this machine is taken: %s; stop what uses it, or choose another "
                      "host port"),
                   words);
      break;
    case DW_ENGINE_ERROR_UNAUTHORIZED:
      g_set_error (
          error, DW_ENGINE_ERROR, code,
          _ ("The registry did not let the engine pull: %s; check the image's name and the "
             "registry's user name and password"),
          words);
      break;
    case DW_ENGINE_ERROR_API_VERSION:
      g_set_error (error, DW_ENGINE_ERROR, code,
                   _ ("The engine at %s and this program have no version of the API in common: %s; "
                      "update the older one of the two"),
                   address, words);
      break;
    case DW_ENGINE_ERROR_PERMISSION:
      g_set_error (error, DW_ENGINE_ERROR, code,
                   _ ("What guards the engine at %s does not allow the request (HTTP %u): %s; ask "
                      "its administrator for access, or use another address"),
                   address, status, words);
      break;
    case DW_ENGINE_ERROR_UNREACHABLE:
    case DW_ENGINE_ERROR_NOT_AN_ENGINE:
    case DW_ENGINE_ERROR_NOT_FOUND:
    case DW_ENGINE_ERROR_CONFLICT:
    case DW_ENGINE_ERROR_INVALID:
    case DW_ENGINE_ERROR_TIMED_OUT:
    case DW_ENGINE_ERROR_FAILED:
    default:
      /* Translators: the first %s is the engine's address, the second what the engine says */
      g_set_error (error, DW_ENGINE_ERROR, code, _ ("The engine at %s answers: %s"), address,
                   words);
      break;
    }
}
