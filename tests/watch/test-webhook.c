/* test-webhook.c: what the webhook listener understands, and what it endures
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The payloads are those that the senders' documentation shows, cut to what matters.
 */

#include "config.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model/dw-model-error.h"
#include "watch/dw-webhook-listener.h"
#include "watch/dw-webhook-payload.h"
#include "watch/dw-webhook-secret.h"

#define SECRET "a secret that nobody guesses"

/* What was sent, and “image tag” of each push in it, one a line; or NULL when it is refused. */
typedef struct
{
  const char *event;
  const char *body;
  const char *pushes;
} Payload;

static char *
describe (const char *body, const char *event, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  g_autoptr (GPtrArray) pushes = dw_webhook_payload_parse (bytes, event, error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (pushes == NULL)
    return NULL;
  for (guint i = 0; i < pushes->len; i++)
    {
      DwWebhookPush *push = pushes->pdata[i];

      g_assert_nonnull (push->source);
      g_string_append_printf (text, "%s %s\n", push->image, push->tag != NULL ? push->tag : "-");
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_payloads (void)
{
  static const Payload payloads[] = {
    { NULL, "{\"image\":\"registry.example.com/team/app:v1\"}",
      "registry.example.com/team/app v1\n" },
    { NULL, "{\"image\":\"registry.example.com/team/app\",\"tag\":\"v2\"}",
      "registry.example.com/team/app v2\n" },
    { NULL, "{\"image\":\"localhost:5000/app\"}", "localhost:5000/app -\n" },
    { NULL, "{\"image\":\"app\",\"tag\":\"v1\"}", "docker.io/library/app v1\n" },
    { NULL,
      "{\"image\":\"a.io/app\",\"tag\":\"v1\",\"digest\":\"sha256:"
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"}",
      "a.io/app v1\n" },
    { NULL, "{\"image\":\"a.io/app\",\"tag\":\"v1\",\"digest\":\"sha256:1\"}", NULL },
    { NULL, "{\"image\":\"\"}", NULL },
    { NULL, "{\"image\":\"a.io/app\",\"tag\":\"two words\"}", NULL },
    { NULL, "{\"image\":\"a.io/../app\"}", NULL },
    { NULL, "{\"image\":7}", NULL },
    { NULL, "{}", NULL },
    { NULL, "[]", NULL },
    { NULL, "", NULL },
    { NULL, "{\"image\":\"a.io/app\"} trailing", NULL },
    /* the distribution registry */
    { NULL,
      "{\"events\":[{\"id\":\"1\",\"action\":\"push\",\"target\":{\"mediaType\":\"application/"
      "vnd.docker.distribution.manifest.v2+json\",\"digest\":\"sha256:1\",\"repository\":\"team/"
      "app\",\"tag\":\"v1\"},\"request\":{\"host\":\"registry:5000\",\"method\":\"PUT\"},"
      "\"actor\":{\"name\":\"alice\"}}]}",
      "registry:5000/team/app v1\n" },
    { NULL,
      "{\"events\":[{\"action\":\"push\",\"target\":{\"repository\":\"team/app\"}},"
      "{\"action\":\"pull\",\"target\":{\"repository\":\"team/app\",\"tag\":\"v1\"}},"
      "{\"action\":\"push\",\"target\":{\"repository\":\"team/app\",\"tag\":\"v2\"}},"
      "{\"action\":\"push\",\"target\":{\"repository\":\"team/app\",\"tag\":\"v2\"}}]}",
      "registry.invalid/team/app v2\n" },
    { NULL, "{\"events\":[]}", "" },
    { NULL, "{\"events\":[7]}", NULL },
    /* Docker Hub */
    { NULL,
      "{\"callback_url\":\"https://registry.hub.docker.com/u/x/y/hook/1/\",\"push_data\":{"
      "\"pushed_at\":1417566161,\"pusher\":\"trustedbuilder\",\"tag\":\"latest\"},\"repository\":{"
      "\"name\":\"testhook\",\"namespace\":\"svendowideit\",\"repo_name\":\"svendowideit/"
      "testhook\","
      "\"status\":\"Active\"}}",
      "docker.io/svendowideit/testhook latest\n" },
    { NULL, "{\"push_data\":{\"tag\":\"latest\"}}", NULL },
    /* Gitea */
    { "package",
      "{\"action\":\"created\",\"package\":{\"id\":1,\"owner\":{\"login\":\"Acme\"},\"creator\":{"
      "\"login\":\"jo\"},\"type\":\"container\",\"name\":\"app\",\"version\":\"v1\",\"html_url\":"
      "\"https://git.example.com/Acme/-/packages/container/app/"
      "v1\"},\"sender\":{\"login\":\"jo\"}}",
      "git.example.com/acme/app v1\n" },
    { "package",
      "{\"action\":\"created\",\"package\":{\"owner\":{\"login\":\"a\"},\"type\":\"container\","
      "\"name\":\"app\",\"version\":\"sha256:1\"}}",
      "" },
    { "package",
      "{\"action\":\"created\",\"package\":{\"owner\":{\"login\":\"a\"},\"type\":\"npm\",\"name\":"
      "\"app\",\"version\":\"1\"}}",
      "" },
    { "package",
      "{\"action\":\"deleted\",\"package\":{\"owner\":{\"login\":\"a\"},\"type\":\"container\","
      "\"name\":\"app\",\"version\":\"v1\"}}",
      "" },
    /* GitHub */
    { "registry_package",
      "{\"action\":\"published\",\"registry_package\":{\"id\":1,\"name\":\"App\",\"namespace\":"
      "\"Acme\",\"ecosystem\":\"CONTAINER\",\"package_type\":\"CONTAINER\",\"owner\":{\"login\":"
      "\"Acme\"},\"package_version\":{\"version\":\"sha256:1\",\"container_metadata\":{\"tag\":{"
      "\"name\":\"v1\",\"digest\":\"sha256:1\"}}}},\"sender\":{\"login\":\"octocat\"}}",
      "ghcr.io/acme/app v1\n" },
    { "package",
      "{\"action\":\"published\",\"package\":{\"name\":\"app\",\"ecosystem\":\"container\","
      "\"owner\":"
      "{\"login\":\"acme\"},\"package_version\":{\"container_metadata\":{\"tag\":{\"name\":"
      "\"\"}}}}}",
      "" },
    { "registry_package",
      "{\"action\":\"published\",\"registry_package\":{\"name\":\"app\",\"package_type\":\"npm\"}}",
      "" },
    { "ping", "{\"zen\":\"Design for failure.\",\"hook_id\":1}", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *pushes = describe (payloads[i].body, payloads[i].event, &error);

      if (g_strcmp0 (pushes, payloads[i].pushes) != 0)
        g_test_fail_printf ("%s gives %s", payloads[i].body,
                            pushes != NULL ? pushes : error->message);
      if (pushes == NULL)
        g_assert_error (error, DW_MODEL_ERROR, DW_MODEL_ERROR_INVALID);
    }
}

static void
test_secrets (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static ("Hello, World!", 13);
  g_autofree char *one = dw_webhook_secret_generate ();
  g_autofree char *other = dw_webhook_secret_generate ();

  g_assert_cmpuint (strlen (one), ==, 64);
  g_assert_cmpstr (one, !=, other);
  g_assert_true (dw_webhook_secret_matches ("abc", "abc"));
  g_assert_false (dw_webhook_secret_matches ("abc", "abd"));
  g_assert_false (dw_webhook_secret_matches ("abc", ""));
  g_assert_false (dw_webhook_secret_matches ("abc", "abcd"));

  /* The example of GitHub's documentation. */
  g_assert_true (dw_webhook_secret_signs (
      "It's a Secret to Everybody", body,
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
  g_assert_true (
      dw_webhook_secret_signs ("It's a Secret to Everybody", body,
                               "757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17"));
  g_assert_false (dw_webhook_secret_signs (
      "It's a Secret to Everybody", body,
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e18"));
  g_assert_false (dw_webhook_secret_signs ("s", body, "sha256="));
  g_assert_false (dw_webhook_secret_signs ("s", body, ""));
  g_assert_false (dw_webhook_secret_signs ("s", body, "sha256=zz"));
}

/* Whoever waits for longer than that waits for ever. */
#define CLIENT_LIMIT_S 60
/* So many send at once what nobody should: a machine that has much else to do lets each wait. */
#define SENDERS 10
/* So many are let in at a time. */
#define CROWD_LIMIT 64

/* A listener in the main loop, and a thread that talks to it. */
typedef struct
{
  DwWebhookListener *listener;
  GMainLoop *loop;
  guint port;
  GPtrArray *pushed; /* “image tag”, in the main thread */
  char *note;
} Fixture;

static void
on_pushed (Fixture *self, const char *image, const char *tag, const char *note)
{
  g_ptr_array_add (self->pushed, g_strdup_printf ("%s %s", image, tag != NULL ? tag : "-"));
  g_free (self->note);
  self->note = g_strdup (note);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;

  self->listener = dw_webhook_listener_new (0, SECRET, &error);
  g_assert_no_error (error);
  self->port = dw_webhook_listener_get_port (self->listener);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->pushed = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect_swapped (self->listener, "pushed", G_CALLBACK (on_pushed), self);

  return self;
}

static void
fixture_free (Fixture *self)
{
  g_object_unref (self->listener);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_main_loop_unref (self->loop);
  g_ptr_array_unref (self->pushed);
  g_free (self->note);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

typedef void (*Talk) (Fixture *self);

typedef struct
{
  Fixture *fixture;
  Talk talk;
} Talking;

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

static gpointer
talk_in_thread (gpointer data)
{
  Talking *talking = data;

  talking->talk (talking->fixture);
  g_timeout_add (50, quit, talking->fixture->loop);

  return NULL;
}

/* Runs @talk in a thread, and the listener here until it has ended. */
static void
run (Fixture *self, Talk talk)
{
  Talking talking = { self, talk };
  g_autoptr (GThread) thread = g_thread_new ("client", talk_in_thread, &talking);

  g_main_loop_run (self->loop);
  g_thread_join (g_steal_pointer (&thread));
}

/* Not through a socket client, which asks for a proxy first. */
static GSocket *
connect_to (guint port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, (guint16) port);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) client = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_set_timeout (client, CLIENT_LIMIT_S);
  g_socket_connect (client, address, NULL, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&client);
}

static gboolean
write_text (GSocket *client, const char *text, gsize length)
{
  gsize n = 0;

  while (n < length)
    {
      gssize sent = g_socket_send (client, text + n, length - n, NULL, NULL);

      if (sent <= 0)
        return FALSE;
      n += (gsize) sent;
    }

  return TRUE;
}

/* Reads the status of the answer, or 0 when the connection ends without one. */
static guint
read_status (GSocket *client)
{
  char answer[512] = { 0 };
  gsize n = 0;
  guint status = 0;

  while (n < sizeof answer - 1 && strstr (answer, "\r\n\r\n") == NULL)
    {
      g_autoptr (GError) error = NULL;
      gssize got = g_socket_receive (client, answer + n, sizeof answer - 1 - n, NULL, &error);

      /* Whatever it was sent, the listener never leaves anybody waiting. */
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        g_error ("neither an answer nor an end");
      if (got <= 0)
        break;
      n += (gsize) got;
    }

  return sscanf (answer, "HTTP/1.%*u %u", &status) == 1 ? status : 0;
}

/* Sends @text as it is, and returns the status of the answer, or 0 when there is none. */
static guint
send_raw (guint port, const char *text, gsize length)
{
  g_autoptr (GSocket) client = connect_to (port);

  write_text (client, text, length);
  g_socket_shutdown (client, FALSE, TRUE, NULL);

  return read_status (client);
}

static guint
post (guint port, const char *path, const char *headers, const char *body)
{
  g_autofree char *text = g_strdup_printf ("POST %s HTTP/1.1\r\nHost: localhost\r\n%s"
                                           "Content-Length: %zu\r\n\r\n%s",
                                           path, headers, strlen (body), body);

  return send_raw (port, text, strlen (text));
}

#define BEARER "Authorization: Bearer " SECRET "\r\n"
#define GOOD "{\"image\":\"a.io/app\",\"tag\":\"v1\"}"
/* A request that is begun. */
#define HALF "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{"
#define SLOW "POST / HTTP/1.1\r\nHost: x\r\n" BEARER "Content-Length: 10000\r\n\r\n"

static char *
sign (const char *header, const char *body)
{
  g_autofree char *digest = g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) SECRET,
                                                       strlen (SECRET), body, -1);

  return g_strdup_printf ("%s%s\r\n", header, digest);
}

static void
talk_answers (Fixture *self)
{
  g_autofree char *github = sign ("X-Hub-Signature-256: sha256=", GOOD);
  g_autofree char *gitea = sign ("X-Gitea-Signature: ", GOOD);
  g_autofree char *forged = sign ("X-Gitea-Signature: ", GOOD " ");
  g_autofree char *large = g_strnfill (300 * 1024, ' ');
  const char *get = "GET / HTTP/1.1\r\nHost: localhost\r\n" BEARER "\r\n";

  g_assert_cmpuint (post (self->port, "/", BEARER, GOOD), ==, 202);
  g_assert_cmpuint (post (self->port, "/any/path", github, GOOD), ==, 202);
  g_assert_cmpuint (post (self->port, "/", gitea, GOOD), ==, 202);
  g_assert_cmpuint (post (self->port, "/", "X-Gitlab-Token: " SECRET "\r\n", GOOD), ==, 202);
  g_assert_cmpuint (
      post (self->port, "/docker-hub?token=a%20secret%20that%20nobody%20guesses", "", GOOD), ==,
      202);
  g_assert_cmpuint (post (self->port, "/?token=a%20secret%20that%20nobody%20guesses", "", GOOD), ==,
                    401);
  g_assert_cmpuint (post (self->port, "/", "", GOOD), ==, 401);
  g_assert_cmpuint (post (self->port, "/", "Authorization: Bearer x\r\n", GOOD), ==, 401);
  g_assert_cmpuint (post (self->port, "/", "Authorization: Basic eDp5\r\n", GOOD), ==, 401);
  g_assert_cmpuint (post (self->port, "/", forged, GOOD), ==, 401);
  /* a wrong one is not made good by a right one beside it */
  g_assert_cmpuint (post (self->port, "/docker-hub?token=a%20secret%20that%20nobody%20guesses",
                          "Authorization: Bearer x\r\n", GOOD),
                    ==, 401);
  g_assert_cmpuint (post (self->port, "/", BEARER, "{\"hello\":1}"), ==, 400);
  g_assert_cmpuint (post (self->port, "/", BEARER, "\xff\xfe"), ==, 400);
  g_assert_cmpuint (post (self->port, "/", BEARER, large), ==, 413);
  g_assert_cmpuint (send_raw (self->port, get, strlen (get)), ==, 405);
}

static void
test_answers (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  run (self, talk_answers);
  g_assert_cmpuint (self->pushed->len, ==, 5);
  g_assert_cmpstr (self->pushed->pdata[0], ==, "a.io/app v1");
  g_assert_cmpstr (self->note, ==, "Webhook (webhook) from 127.0.0.1: pushed a.io/app:v1");
}

/* Chunks that never say how many there will be. */
static void
talk_endless (Fixture *self)
{
  g_autoptr (GSocket) client = connect_to (self->port);
  g_autofree char *filler = g_strnfill (64 * 1024, 'x');
  g_autofree char *chunk = g_strdup_printf ("10000\r\n%s\r\n", filler);
  const char *head = "POST / HTTP/1.1\r\nHost: localhost\r\n" BEARER
                     "Transfer-Encoding: chunked\r\n\r\n";
  guint n = 0;

  g_assert_true (write_text (client, head, strlen (head)));
  while (n < 10000 && write_text (client, chunk, strlen (chunk)))
    n++;
  g_assert_cmpuint (n, <, 1000);
  g_assert_cmpuint (post (self->port, "/", BEARER, GOOD), ==, 202);
}

static void
test_endless_body (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  run (self, talk_endless);
  g_assert_cmpuint (self->pushed->len, ==, 1);
}

/* Those who know the secret are bounded too: sixty at once, and then twenty a second. */
static void
talk_fast (Fixture *self)
{
  gint64 began_at_us = g_get_monotonic_time ();
  guint n_accepted = 0;
  guint n_limited = 0;

  for (guint i = 0; i < 200; i++)
    {
      guint status = post (self->port, "/", BEARER, GOOD);

      n_accepted += status == 202 ? 1 : 0;
      n_limited += status == 429 ? 1 : 0;
    }
  gint64 took_us = g_get_monotonic_time () - began_at_us;
  g_test_message ("%u of 200 in %.1f s", n_accepted, (double) took_us / G_USEC_PER_SEC);
  g_assert_cmpuint (n_accepted, >=, 60);
  g_assert_cmpuint (n_accepted, <=, 60 + 20 * took_us / G_USEC_PER_SEC + 1);
  g_assert_cmpuint (n_accepted + n_limited, ==, 200);
}

static void
test_rate (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  run (self, talk_fast);
}

static gsize
get_memory (void)
{
  g_autofree char *text = NULL;
  gulong size = 0;
  gulong resident = 0;

  g_file_get_contents ("/proc/self/statm", &text, NULL, NULL);
  g_assert_cmpint (sscanf (text, "%lu %lu", &size, &resident), ==, 2);

  return (gsize) resident * (gsize) sysconf (_SC_PAGESIZE);
}

/* Neither those who begin and say no more, nor those who never say anything, keep others out. */
static void
talk_crowd (Fixture *self)
{
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 300; i++)
    {
      GSocket *client = connect_to (self->port);

      g_ptr_array_add (crowd, client);
      if (i % 2 == 0)
        g_assert_true (write_text (client, HALF, strlen (HALF)));
    }
  g_assert_cmpuint (post (self->port, "/", BEARER, GOOD), ==, 202);

  /* The oldest made room at once, and not when their time was over. */
  for (guint i = 0; i <= crowd->len - CROWD_LIMIT; i++)
    {
      g_assert_cmpint (g_socket_condition_check (crowd->pdata[i], G_IO_IN), !=, 0);
      g_assert_cmpuint (read_status (crowd->pdata[i]), ==, 0);
    }
}

static void
test_crowd (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  run (self, talk_crowd);
  g_assert_cmpuint (self->pushed->len, ==, 1);
}

/* A byte now and then does not help. */
static void
talk_slowly (Fixture *self)
{
  g_autoptr (GSocket) silent = connect_to (self->port);
  g_autoptr (GSocket) half = connect_to (self->port);
  g_autoptr (GSocket) trickle = connect_to (self->port);

  g_assert_true (write_text (half, HALF, strlen (HALF)));
  g_assert_true (write_text (trickle, SLOW, strlen (SLOW)));
  for (guint i = 0; i < CLIENT_LIMIT_S * 10 && write_text (trickle, " ", 1); i++)
    g_usleep (G_USEC_PER_SEC / 10);
  g_assert_false (write_text (trickle, " ", 1));
  g_assert_cmpuint (read_status (half), ==, 0);
  g_assert_cmpuint (read_status (silent), ==, 0);
}

static void
test_slow (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  run (self, talk_slowly);
  g_assert_cmpuint (self->pushed->len, ==, 0);
}

/* One of those who send what nobody should, side by side. */
typedef struct
{
  guint port;
  guint first;
  guint n;
  GPtrArray *slow; /* of GSocket: what was begun, and is not gone on with */
} Sender;

static guint
send_bad (Sender *self, guint i, GRand *random)
{
  static const char oversize[] = "POST / HTTP/1.1\r\nHost: x\r\n" BEARER
                                 "Content-Length: 999999999\r\n\r\n";
  char garbage[256];
  GSocket *kept = NULL;

  switch (i % 5)
    {
    case 0:
      for (gsize j = 0; j < sizeof garbage; j++)
        garbage[j] = (char) g_rand_int (random);
      memcpy (garbage + 200, "\r\n\r\n", 4);
      return send_raw (self->port, garbage, sizeof garbage);
    case 1:
      return send_raw (self->port, oversize, strlen (oversize));
    case 2:
      return post (self->port, "/", "Authorization: Bearer wrong\r\n", GOOD);
    case 3:
      return post (self->port, "/", "X-Hub-Signature-256: sha256=00\r\n", GOOD);
    case 4:
    default:
      if (i % 50 != 4)
        return post (self->port, "/", "", "{\"image\":\"a.io/evil\",\"tag\":\"v1\"}");
      kept = connect_to (self->port);
      write_text (kept, HALF, strlen (HALF));
      g_ptr_array_add (self->slow, kept);
      return 0;
    }
}

static gpointer
send_all (gpointer data)
{
  Sender *self = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (self->first);

  for (guint i = self->first; i < self->first + self->n; i++)
    g_assert_cmpuint (send_bad (self, i, random), !=, 202);

  return NULL;
}

/* Sends @n of them, and adds to @slow. */
static void
send_side_by_side (Fixture *self, guint n, GPtrArray *slow)
{
  Sender senders[SENDERS] = { 0 };
  GThread *threads[SENDERS];

  for (guint i = 0; i < SENDERS; i++)
    {
      senders[i] = (Sender){ self->port, i * n / SENDERS, n / SENDERS,
                             g_ptr_array_new_with_free_func (g_object_unref) };
      threads[i] = g_thread_new ("sender", send_all, &senders[i]);
    }
  for (guint i = 0; i < SENDERS; i++)
    {
      g_thread_join (threads[i]);
      g_ptr_array_extend_and_steal (slow, senders[i].slow);
    }
}

static void
talk_garbage (Fixture *self)
{
  g_autoptr (GPtrArray) slow = g_ptr_array_new_with_free_func (g_object_unref);

  send_side_by_side (self, 1000, slow);
  gsize before = get_memory ();
  send_side_by_side (self, 9000, slow);
  gsize after = get_memory ();
  g_test_message ("memory %zu kB after 1,000, %zu kB after 10,000; %u are slow", before / 1024,
                  after / 1024, slow->len);
  g_assert_cmpuint (slow->len, ==, 200);
  g_assert_cmpuint (after, <, before + 8 * 1024 * 1024);

  /* At once, though the slow ones have filled every place. */
  g_assert_cmpuint (post (self->port, "/", BEARER, GOOD), ==, 202);
}

static void
test_garbage (void)
{
  g_autoptr (Fixture) self = fixture_new ();

  run (self, talk_garbage);
  g_assert_cmpuint (self->pushed->len, ==, 1);
  g_assert_cmpstr (self->pushed->pdata[0], ==, "a.io/app v1");
}

static void
test_port_in_use (void)
{
  g_autoptr (Fixture) self = fixture_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (dw_webhook_listener_new (self->port, SECRET, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, "webhook-port"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/webhook/payload/every-sender-is-understood", test_payloads);
  g_test_add_func ("/webhook/secret/only-the-right-one-matches", test_secrets);
  g_test_add_func ("/webhook/listener/answers-as-fits", test_answers);
  g_test_add_func ("/webhook/listener/a-body-without-an-end-is-cut-off", test_endless_body);
  g_test_add_func ("/webhook/listener/has-a-pace", test_rate);
  g_test_add_func ("/webhook/listener/a-crowd-keeps-nobody-out", test_crowd);
  g_test_add_func ("/webhook/listener/who-takes-too-long-is-cut-off", test_slow);
  g_test_add_func ("/webhook/listener/endures-ten-thousand-of-anything", test_garbage);
  g_test_add_func ("/webhook/listener/a-port-that-is-taken-is-named", test_port_in_use);

  return g_test_run ();
}
