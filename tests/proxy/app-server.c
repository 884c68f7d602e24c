/* app-server.c: the application that the tests of the proxies deploy
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * app-server PORT VERSION: a web server on kept connections, a thread each, which ends in the
 * moment of SIGTERM, whatever is open: what is lost then was not waited for.
 *
 *   any method, any path  VERSION
 *   /health               ok
 *   /slow/N               a download that takes N seconds
 *   /socket               goes over to a protocol of its own, and answers each line with VERSION
 * and the line /exit                 ends the program with 7 /unhealthy            from then on
 * /health answers 500
 */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_LIMIT 16384
#define CHUNK_BYTES 4096
#define CHUNKS_PER_SECOND 20

static const char *version;
static volatile bool is_unhealthy;

static bool
send_all (int fd, const char *data, size_t length)
{
  while (length > 0)
    {
      ssize_t n = send (fd, data, length, MSG_NOSIGNAL);

      if (n <= 0)
        return false;
      data += n;
      length -= (size_t) n;
    }

  return true;
}

static bool
answer (int fd, const char *status, const char *body)
{
  char text[1024];
  int length = snprintf (text, sizeof text,
                         "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
                         status, strlen (body), body);

  return send_all (fd, text, (size_t) length);
}

static bool
answer_slowly (int fd, int seconds)
{
  char chunk[CHUNK_BYTES];
  char head[256];
  int n = seconds * CHUNKS_PER_SECOND;
  int length = snprintf (head, sizeof head,
                         "HTTP/1.1 200 OK\r\nX-Version: %s\r\nContent-Length: %d\r\n\r\n", version,
                         n * CHUNK_BYTES);
  bool works = send_all (fd, head, (size_t) length);

  memset (chunk, 'x', sizeof chunk);
  for (int i = 0; i < n && works; i++)
    {
      usleep (1000000 / CHUNKS_PER_SECOND);
      works = send_all (fd, chunk, sizeof chunk);
    }

  return works;
}

static void
speak (int fd)
{
  static const char head[] = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                             "Upgrade: websocket\r\n"
                             "Sec-WebSocket-Accept: s3pPLMBiTKaQ9kYGzzhZRbK+xOo=\r\n\r\n";
  char line[1024];
  ssize_t n;

  if (!send_all (fd, head, sizeof head - 1))
    return;
  while ((n = recv (fd, line, sizeof line, 0)) > 0)
    {
      char text[2048];
      int length = snprintf (text, sizeof text, "%s %.*s", version, (int) n, line);

      if (!send_all (fd, text, (size_t) length))
        return;
    }
}

/* The length of the head with its blank line, or 0 when the connection is over. What came after it
 * stays in @buffer. */
static size_t
read_head (int fd, char *buffer, size_t *filled)
{
  for (;;)
    {
      char *end;

      buffer[*filled] = '\0';
      end = strstr (buffer, "\r\n\r\n");
      if (end != NULL)
        return (size_t) (end - buffer) + 4;
      if (*filled == HEAD_LIMIT)
        return 0;

      ssize_t n = recv (fd, buffer + *filled, HEAD_LIMIT - *filled, 0);
      if (n <= 0)
        return 0;
      *filled += (size_t) n;
    }
}

static size_t
get_body_length (const char *head)
{
  const char *field = strcasestr (head, "\ncontent-length:");

  return field != NULL ? strtoul (field + sizeof "\ncontent-length:" - 1, NULL, 10) : 0;
}

static bool
skip_body (int fd, size_t length)
{
  char buffer[4096];

  while (length > 0)
    {
      ssize_t n = recv (fd, buffer, length < sizeof buffer ? length : sizeof buffer, 0);

      if (n <= 0)
        return false;
      length -= (size_t) n;
    }

  return true;
}

static bool
serve (int fd, const char *path)
{
  if (strncmp (path, "/slow/", 6) == 0)
    return answer_slowly (fd, atoi (path + 6));
  if (strncmp (path, "/exit", 5) == 0)
    _exit (7);
  if (strncmp (path, "/unhealthy", 10) == 0)
    is_unhealthy = true;
  if (strncmp (path, "/health", 7) == 0)
    return is_unhealthy ? answer (fd, "500 Internal Server Error", "not well")
                        : answer (fd, "200 OK", "ok");

  return answer (fd, "200 OK", version);
}

static void *
work (void *data)
{
  int fd = (int) (long) data;
  char *buffer = malloc (HEAD_LIMIT + 1);
  size_t filled = 0;
  size_t head;

  while (buffer != NULL && (head = read_head (fd, buffer, &filled)) > 0)
    {
      size_t body = get_body_length (buffer);
      size_t there = filled - head < body ? filled - head : body;
      const char *path = strchr (buffer, ' ');

      if (path == NULL || !skip_body (fd, body - there))
        break;
      if (strncmp (path + 1, "/socket", 7) == 0)
        {
          speak (fd);
          break;
        }
      if (!serve (fd, path + 1))
        break;
      filled -= head + there;
      memmove (buffer, buffer + head + there, filled);
    }

  free (buffer);
  close (fd);
  return NULL;
}

static void
end (int signal_number)
{
  _exit (0);
}

int
main (int argc, char **argv)
{
  int on = 1;
  int listener = socket (AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = { .sin_family = AF_INET };
  pthread_attr_t attributes;

  if (argc != 3)
    {
      fprintf (stderr, "usage: app-server PORT VERSION\n");
      return 2;
    }

  version = argv[2];
  address.sin_port = htons ((unsigned short) atoi (argv[1]));
  signal (SIGTERM, end);
  signal (SIGINT, end);
  setsockopt (listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (listener, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (listener, 1024) != 0)
    {
      perror ("app-server");
      return 1;
    }

  pthread_attr_init (&attributes);
  pthread_attr_setdetachstate (&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize (&attributes, 128 * 1024);
  printf ("version %s, port %s\n", version, argv[1]);
  fflush (stdout);

  for (;;)
    {
      int fd = accept (listener, NULL, NULL);
      pthread_t thread;

      if (fd < 0)
        continue;
      setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (pthread_create (&thread, &attributes, work, (void *) (long) fd) != 0)
        close (fd);
    }
}
