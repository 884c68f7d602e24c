/* dw-gateway-socket.c: speaks with a running HAProxy
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Over the socket of the master process, which hands commands on to any of its workers: one that
 * was replaced in a reload still answers on the connections that it has, and must know of a switch.
 *
 * Specification: HAProxy Management Guide, versions 2.4 to 3.4, “Unix Socket commands” and “Master
 * CLI”.
 */

#include "config.h"

#include "proxy/dw-gateway-socket.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <unistd.h>

#include "proxy/dw-proxy-error.h"

#define ANSWER_LIMIT_BYTES (16 * 1024 * 1024)
#define TIMEOUT_S 5
#define RELOAD_LIMIT_S 15
#define RELOAD_POLL_MS 20
#define CHUNK_BYTES 65536

static void
server_free (gpointer data)
{
  DwGatewayServer *server = data;

  g_free (server->backend);
  g_free (server->name);
  g_free (server->address);
  g_free (server->status);
  g_free (server);
}

/* Returns: (transfer full): the door at @address, which opens to who says @secret, where one is
 * wanted
 */
DwGatewayDoor *
dw_gateway_door_new (const char *address, const char *secret)
{
  DwGatewayDoor *door = g_new0 (DwGatewayDoor, 1);

  door->address = g_strdup (address);
  door->secret = g_strdup (secret);
  return door;
}

void
dw_gateway_door_free (DwGatewayDoor *door)
{
  g_free (door->address);
  g_free (door->secret);
  g_free (door);
}

/* A path may be longer than a socket address holds, so the folder is opened first. */
static GSocketConnection *
connect_to_path (const char *path, guint timeout_s, GCancellable *cancellable, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  int fd = open (directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    {
      int saved = errno;

      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (saved), g_strerror (saved));
      return NULL;
    }

  g_autofree char *short_path = g_strdup_printf ("/proc/self/fd/%d/%s", fd, name);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (short_path);

  g_socket_client_set_timeout (client, timeout_s);
  g_socket_client_set_enable_proxy (client, FALSE);
  GSocketConnection *connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address),
                                                           cancellable, error);
  close (fd);

  return connection;
}

static GSocketConnection *
connect_to (const DwGatewayDoor *door, guint timeout_s, GCancellable *cancellable, GError **error)
{
  g_autoptr (GSocketClient) client = NULL;

  if (door->secret == NULL)
    return connect_to_path (door->address, timeout_s, cancellable, error);

  client = g_socket_client_new ();
  g_socket_client_set_timeout (client, timeout_s);
  g_socket_client_set_enable_proxy (client, FALSE);

  return g_socket_client_connect_to_host (client, door->address, 0, cancellable, error);
}

/* The secret goes in the header that a proxy in front would send: HAProxy looks at it and takes it
 * off. What the header says of addresses is of no interest.
 *
 * Specification: The PROXY protocol, versions 1 and 2, section 2.2. */
static void
append_secret (GByteArray *bytes, const char *secret)
{
  static const guint8 signature[] = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d,
                                      0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a };
  static const guint8 tcp_over_ipv4[] = { 0x21, 0x11 };
  static const guint8 addresses[] = { 127, 0, 0, 1, 127, 0, 0, 1, 0, 1, 0, 1 };
  static const guint8 authority = 0x02;
  guint16 length = GUINT16_TO_BE ((guint16) strlen (secret));
  guint16 rest = GUINT16_TO_BE (
      (guint16) (sizeof addresses + sizeof authority + sizeof length + strlen (secret)));

  g_byte_array_append (bytes, signature, sizeof signature);
  g_byte_array_append (bytes, tcp_over_ipv4, sizeof tcp_over_ipv4);
  g_byte_array_append (bytes, (const guint8 *) &rest, sizeof rest);
  g_byte_array_append (bytes, addresses, sizeof addresses);
  g_byte_array_append (bytes, &authority, sizeof authority);
  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) secret, (guint) strlen (secret));
}

/* What is forwarded on the way may not know a connection of which one half is closed, so that at a
 * port the end is asked for. */
static gboolean
send_line (const DwGatewayDoor *door,
           GSocketConnection *connection,
           const char *line,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (door->secret != NULL)
    append_secret (bytes, door->secret);
  g_byte_array_append (bytes, (const guint8 *) line, (guint) strlen (line));
  if (door->secret != NULL)
    g_byte_array_append (bytes, (const guint8 *) "quit\n", strlen ("quit\n"));

  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                    bytes->data, bytes->len, NULL, cancellable, error) &&
         (door->secret != NULL ||
          g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, error));
}

static char *
read_answer (GSocketConnection *connection, GCancellable *cancellable, GError **error)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autofree char *chunk = g_malloc (CHUNK_BYTES);

  for (;;)
    {
      gssize length = g_input_stream_read (input, chunk, CHUNK_BYTES, cancellable, error);

      if (length < 0)
        return NULL;
      if (length == 0)
        return g_utf8_make_valid (answer->str, (gssize) answer->len);
      if (answer->len + (gsize) length > ANSWER_LIMIT_BYTES)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                               _ ("the answer is too long"));
          return NULL;
        }
      g_string_append_len (answer, chunk, length);
    }
}

/* What the master answers to a line, of which it says nothing for so long at most. */
static char *
ask_slowly (const DwGatewayDoor *door,
            const char *line,
            guint timeout_s,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GSocketConnection) connection = connect_to (door, timeout_s, cancellable, &problem);
  char *answer = NULL;

  if (connection != NULL && send_line (door, connection, line, cancellable, &problem))
    answer = read_answer (connection, cancellable, &problem);

  if (answer == NULL && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&problem));
  else if (answer == NULL)
    g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
                 _ ("The gateway does not answer at %s: %s"), door->address, problem->message);

  return answer;
}

static char *
ask (const DwGatewayDoor *door, const char *line, GCancellable *cancellable, GError **error)
{
  return ask_slowly (door, line, TIMEOUT_S, cancellable, error);
}

static int
compare_workers (gconstpointer a, gconstpointer b)
{
  guint n_a = ((const DwGatewayWorker *) a)->n_reloads;
  guint n_b = ((const DwGatewayWorker *) b)->n_reloads;

  return (n_a > n_b) - (n_a < n_b);
}

/* A line of the answer to “show proc” is one process: its id, what it is, in 2.4 its number, how
 * many reloads it has seen, how long it has run, and the version. It stands under “# workers” or “#
 * old workers”, which is not asked for: since 3.1 one that goes on because a reload has failed is
 * among the old. */
static GArray *
parse_workers (const char *answer, char **version)
{
  g_autoptr (GRegex) expression = g_regex_new (
      "^(\\d{1,9}) +(master|worker) .*?(\\d{1,9})[^ \\n]* +[^ \\n]+ +([^ \\n]+) *$",
      G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  GArray *workers = g_array_new (FALSE, FALSE, sizeof (DwGatewayWorker));

  g_regex_match (expression, answer, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *pid = g_match_info_fetch (match, 1);
      g_autofree char *type = g_match_info_fetch (match, 2);
      g_autofree char *n_reloads = g_match_info_fetch (match, 3);
      DwGatewayWorker worker = {
        .pid = (int) g_ascii_strtoll (pid, NULL, 10),
        .n_reloads = (guint) g_ascii_strtoull (n_reloads, NULL, 10),
      };

      if (g_str_equal (type, "worker"))
        {
          g_array_append_val (workers, worker);
        }
      else if (version != NULL)
        {
          g_free (*version);
          *version = g_match_info_fetch (match, 4);
        }
    }
  g_array_sort (workers, compare_workers);

  return workers;
}

/**
 * dw_gateway_socket_list_workers:
 * @door: where the master is
 * @version: (out) (optional) (transfer full): HAProxy's version
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type DwGatewayWorker) (nullable): at least one worker; the
 * first is the one that takes new connections
 */
GArray *
dw_gateway_socket_list_workers (const DwGatewayDoor *door,
                                char **version,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autofree char *answer = ask (door, "show proc\n", cancellable, error);
  g_autoptr (GArray) workers = answer != NULL ? parse_workers (answer, version) : NULL;

  if (workers == NULL)
    return NULL;

  if (workers->len > 0)
    return g_steal_pointer (&workers);

  g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_NOT_A_PROXY,
               _ ("What answers at %s runs no HAProxy process"), door->address);
  return NULL;
}

static const char *
get_column (GHashTable *columns, char **cells, guint n_cells, const char *name)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (columns, name));

  return index > 0 && index <= n_cells ? cells[index - 1] : "";
}

static void
parse_server (GPtrArray *servers, GHashTable *columns, const char *line)
{
  g_auto (GStrv) cells = g_strsplit (line, ",", -1);
  guint n = g_strv_length (cells);
  const char *name = get_column (columns, cells, n, "svname");

  if (g_str_equal (name, "") || g_str_equal (name, "FRONTEND") || g_str_equal (name, "BACKEND"))
    return;

  DwGatewayServer *server = g_new0 (DwGatewayServer, 1);
  server->backend = g_strdup (get_column (columns, cells, n, "pxname"));
  server->name = g_strdup (name);
  server->address = g_strdup (get_column (columns, cells, n, "addr"));
  server->status = g_strdup (get_column (columns, cells, n, "status"));
  server->weight = (int) g_ascii_strtoll (get_column (columns, cells, n, "weight"), NULL, 10);
  server->n_open = (guint) g_ascii_strtoull (get_column (columns, cells, n, "scur"), NULL, 10) +
                   (guint) g_ascii_strtoull (get_column (columns, cells, n, "qcur"), NULL, 10);
  g_ptr_array_add (servers, server);
}

/**
 * dw_gateway_socket_list_servers:
 * @door: where the master is
 * @pid: a worker
 * @cancellable: (nullable): ends it
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type DwGatewayServer) (nullable): what the worker says of the
 *   servers that it has
 */
GPtrArray *
dw_gateway_socket_list_servers (const DwGatewayDoor *door,
                                int pid,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autofree char *line = g_strdup_printf ("@!%d show stat\n", pid);
  g_autofree char *answer = ask (door, line, cancellable, error);
  g_autoptr (GHashTable) columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = answer != NULL ? g_strsplit (answer, "\n", -1) : NULL;

  if (lines == NULL)
    return NULL;
  if (lines[0] == NULL || !g_str_has_prefix (lines[0], "# pxname,"))
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_REFUSED, _ ("The gateway says: %s"),
                   g_strstrip (answer));
      return NULL;
    }

  g_auto (GStrv) names = g_strsplit (lines[0] + 2, ",", -1);
  for (guint i = 0; names[i] != NULL; i++)
    g_hash_table_insert (columns, g_strdup (names[i]), GUINT_TO_POINTER (i + 1));

  GPtrArray *servers = g_ptr_array_new_with_free_func (server_free);
  for (guint i = 1; lines[i] != NULL; i++)
    parse_server (servers, columns, lines[i]);

  return servers;
}

/* HAProxy has no codes: what is done it either passes over in silence or says in these words. Of an
 * address that is the same already it says “no need to change the addr, no need to change the
 * port”, and since 3.0 “nothing changed”. */
static gboolean
is_done (const char *words)
{
  return *words == '\0' || strstr (words, "changed from") != NULL ||
         strstr (words, "changed its FQDN") != NULL ||
         g_str_has_prefix (words, "no need to change") || g_str_equal (words, "nothing changed");
}

/**
 * dw_gateway_socket_run:
 * @door: where the master is
 * @pid: a worker
 * @commands: what it is to do, all in one go
 * @cancellable: (nullable): ends it; what has begun is done
 * @error: DW_PROXY_ERROR_REFUSED, any other DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Returns: whether it has done all of it
 */
gboolean
dw_gateway_socket_run (const DwGatewayDoor *door,
                       int pid,
                       const char *const *commands,
                       GCancellable *cancellable,
                       GError **error)
{
  GString *line = g_string_new (NULL);

  for (guint i = 0; commands[i] != NULL; i++)
    g_string_append_printf (line, "%s@!%d %s", i > 0 ? "; " : "", pid, commands[i]);
  g_string_append_c (line, '\n');

  g_autofree char *text = g_string_free (line, FALSE);
  g_autofree char *answer = ask (door, text, cancellable, error);
  g_auto (GStrv) lines = answer != NULL ? g_strsplit (answer, "\n", -1) : NULL;

  /* An empty line at least stands for each: one that ends before has not done all. */
  if (lines != NULL && g_strv_length (lines) <= g_strv_length ((GStrv) commands))
    {
      g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
                   _ ("The gateway does not answer at %s: %s"), door->address,
                   g_strerror (ECONNRESET));
      return FALSE;
    }

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    if (!is_done (g_strstrip (lines[i])))
      {
        g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_REFUSED, _ ("The gateway says: %s"),
                     lines[i]);
        return FALSE;
      }

  return lines != NULL;
}

/* Waits for another worker than the one with @pid. */
static gboolean
await_other_worker (const DwGatewayDoor *door,
                    int pid,
                    gint64 ends_at_us,
                    GCancellable *cancellable)
{
  while (!g_cancellable_is_cancelled (cancellable))
    {
      g_autoptr (GArray) workers = dw_gateway_socket_list_workers (door, NULL, cancellable, NULL);

      if (workers != NULL && g_array_index (workers, DwGatewayWorker, 0).pid != pid)
        return TRUE;
      if (g_get_monotonic_time () >= ends_at_us)
        break;
      g_usleep (RELOAD_POLL_MS * 1000);
    }

  return FALSE;
}

/**
 * dw_gateway_socket_reload:
 * @door: where the master is
 * @cancellable: (nullable): ends the waiting
 * @error: a DW_PROXY_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Makes HAProxy read its configuration again. The master replaces its worker by a new one, which
 * takes the listening sockets over; the old one answers what it has begun.
 *
 * Returns: whether a new worker works with it
 */
gboolean
dw_gateway_socket_reload (const DwGatewayDoor *door, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) before = dw_gateway_socket_list_workers (door, NULL, cancellable, error);
  gint64 ends_at_us = g_get_monotonic_time () + RELOAD_LIMIT_S * G_TIME_SPAN_SECOND;
  g_autofree char *answer = NULL;

  if (before == NULL)
    return FALSE;

  /* Since 2.7 it answers when it knows how the reload has ended, and since 3.1 it does one after
   * the other. */
  for (;;)
    {
      g_free (answer);
      answer = ask_slowly (door, "reload\n", RELOAD_LIMIT_S, cancellable, NULL);
      if (answer == NULL || strstr (answer, "Another reload is still in progress") == NULL ||
          g_get_monotonic_time () >= ends_at_us)
        break;
      g_usleep (RELOAD_POLL_MS * 1000);
    }

  /* One before that executes itself anew, and closes the connection without a word. */
  if (answer != NULL && g_str_has_prefix (answer, "Success=1"))
    return TRUE;
  if ((answer == NULL || !g_str_has_prefix (answer, "Success=0")) &&
      await_other_worker (door, g_array_index (before, DwGatewayWorker, 0).pid, ends_at_us,
                          cancellable))
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_REFUSED,
               /* Translators: a colon with the reason, or nothing */
               _ ("The gateway does not take its new configuration, and goes on with the one "
                  "before; the log of its container says why%s%s"),
               answer != NULL && *answer != '\0' ? ": " : "", answer != NULL ? answer : "");
  return FALSE;
}
