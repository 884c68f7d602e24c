/* dw-tar-writer.c: a few small files as one archive
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All of it is root's, and as old as the epoch. Specification: POSIX.1, pax, “ustar Interchange
 * Format”.
 */

#include "config.h"

#include "engine/dw-tar-writer.h"

#include <string.h>

#define BLOCK_BYTES 512
#define N_END_BLOCKS 2

typedef struct
{
  char name[100];
  char mode[8];
  char owner[8];
  char group[8];
  char size[12];
  char time[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char rest[247];
} Header;

G_STATIC_ASSERT (sizeof (Header) == BLOCK_BYTES);

struct _DwTarWriter
{
  GByteArray *bytes;
};

/* Returns: (transfer full): an empty archive, which dw_tar_writer_end() frees. Any thread. */
DwTarWriter *
dw_tar_writer_new (void)
{
  DwTarWriter *self = g_new0 (DwTarWriter, 1);

  self->bytes = g_byte_array_new ();
  return self;
}

static void
add_header (DwTarWriter *self, const char *name, char type, guint mode, gsize size)
{
  Header header = { 0 };
  guint sum = 0;

  strcpy (header.name, name);
  g_snprintf (header.mode, sizeof header.mode, "%07o", mode);
  g_snprintf (header.owner, sizeof header.owner, "%07o", 0);
  g_snprintf (header.group, sizeof header.group, "%07o", 0);
  g_snprintf (header.size, sizeof header.size, "%011" G_GSIZE_MODIFIER "o", size);
  g_snprintf (header.time, sizeof header.time, "%011o", 0);
  header.type = type;
  memcpy (header.magic, "ustar", sizeof header.magic);
  memcpy (header.version, "00", sizeof header.version);

  /* As if the sum itself were blanks. */
  memset (header.checksum, ' ', sizeof header.checksum);
  for (gsize i = 0; i < sizeof header; i++)
    sum += ((const guchar *) &header)[i];
  g_snprintf (header.checksum, sizeof header.checksum, "%06o", sum);

  g_byte_array_append (self->bytes, (const guint8 *) &header, sizeof header);
}

static void
pad (DwTarWriter *self, gsize size)
{
  static const guint8 zeros[BLOCK_BYTES];

  g_byte_array_append (self->bytes, zeros, (guint) size);
}

/**
 * dw_tar_writer_add_folder:
 * @self: an archive
 * @name: where, with a slash at the end; less than a hundred characters
 * @mode: who may do what with it
 */
void
dw_tar_writer_add_folder (DwTarWriter *self, const char *name, guint mode)
{
  g_return_if_fail (strlen (name) < sizeof ((Header *) NULL)->name);

  add_header (self, name, '5', mode, 0);
}

/**
 * dw_tar_writer_add_file:
 * @self: an archive
 * @name: where; less than a hundred characters
 * @mode: who may do what with it
 * @content: what is in it
 */
void
dw_tar_writer_add_file (DwTarWriter *self, const char *name, guint mode, const char *content)
{
  gsize size = strlen (content);

  g_return_if_fail (strlen (name) < sizeof ((Header *) NULL)->name);

  add_header (self, name, '0', mode, size);
  g_byte_array_append (self->bytes, (const guint8 *) content, (guint) size);
  if (size % BLOCK_BYTES != 0)
    pad (self, BLOCK_BYTES - size % BLOCK_BYTES);
}

/**
 * dw_tar_writer_end:
 * @self: (transfer full): an archive
 *
 * Returns: (transfer full): the whole of it
 */
GBytes *
dw_tar_writer_end (DwTarWriter *self)
{
  for (guint i = 0; i < N_END_BLOCKS; i++)
    pad (self, BLOCK_BYTES);

  GBytes *bytes = g_byte_array_free_to_bytes (self->bytes);
  g_free (self);
  return bytes;
}
