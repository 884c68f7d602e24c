/* dw-yaml-writer.c: writes a YAML text that every reader reads alike
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * YAML 1.1 and 1.2, and the readers of both, differ in which plain words are numbers, truths and
 * times; so a text stands plain only where it begins with a letter and is none of the words that
 * some reader knows.
 */

#include "config.h"

#include "config/dw-yaml-writer.h"

#include <string.h>
#include <yaml.h>

struct _DwYamlWriter
{
  yaml_emitter_t emitter;
  GString *text;
};

static int
on_output (void *user_data, unsigned char *buffer, size_t size)
{
  g_string_append_len (user_data, (const char *) buffer, (gssize) size);

  return 1;
}

/* Nothing that this class gives to libyaml can be refused: what remains is that there is no memory,
 * and then GLib ends the program as well. */
static void
emit (DwYamlWriter *self, yaml_event_t *event, int is_initialized)
{
  if (!is_initialized || !yaml_emitter_emit (&self->emitter, event))
    g_error ("YAML cannot be written: %s",
             self->emitter.problem != NULL ? self->emitter.problem : "no memory");
}

DwYamlWriter *
dw_yaml_writer_new (void)
{
  DwYamlWriter *self = g_new0 (DwYamlWriter, 1);
  yaml_event_t event;

  self->text = g_string_new (NULL);
  if (!yaml_emitter_initialize (&self->emitter))
    g_error ("No memory for an emitter");
  yaml_emitter_set_output (&self->emitter, on_output, self->text);
  yaml_emitter_set_unicode (&self->emitter, 1);
  yaml_emitter_set_width (&self->emitter, -1);
  yaml_emitter_set_indent (&self->emitter, 2);

  emit (self, &event, yaml_stream_start_event_initialize (&event, YAML_UTF8_ENCODING));
  emit (self, &event, yaml_document_start_event_initialize (&event, NULL, NULL, NULL, 1));

  return self;
}

void
dw_yaml_writer_free (DwYamlWriter *self)
{
  yaml_emitter_delete (&self->emitter);
  g_string_free (self->text, TRUE);
  g_free (self);
}

void
dw_yaml_writer_begin_mapping (DwYamlWriter *self)
{
  yaml_event_t event;

  emit (self, &event,
        yaml_mapping_start_event_initialize (&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
}

void
dw_yaml_writer_end_mapping (DwYamlWriter *self)
{
  yaml_event_t event;

  emit (self, &event, yaml_mapping_end_event_initialize (&event));
}

void
dw_yaml_writer_begin_sequence (DwYamlWriter *self)
{
  yaml_event_t event;

  emit (self, &event,
        yaml_sequence_start_event_initialize (&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
}

void
dw_yaml_writer_end_sequence (DwYamlWriter *self)
{
  yaml_event_t event;

  emit (self, &event, yaml_sequence_end_event_initialize (&event));
}

/* Whether no reader takes @text for anything but a text. */
static gboolean
is_safe_plain (const char *text)
{
  static const char *const words[] = { "y",   "n",    "yes",   "no",   "on",
                                       "off", "true", "false", "null", NULL };

  if (!(g_ascii_isalpha (text[0]) || text[0] == '/' || text[0] == '_') ||
      text[strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-./:@+")] != '\0' ||
      text[strlen (text) - 1] == ':')
    return FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], text) == 0)
      return FALSE;

  return TRUE;
}

static void
add_scalar (DwYamlWriter *self, const char *text, yaml_scalar_style_t style)
{
  yaml_event_t event;
  gboolean is_plain = style == YAML_PLAIN_SCALAR_STYLE;

  emit (self, &event,
        yaml_scalar_event_initialize (&event, NULL, NULL, (const yaml_char_t *) text,
                                      (int) strlen (text), is_plain, !is_plain, style));
}

/* @text: valid UTF-8 */
void
dw_yaml_writer_add_text (DwYamlWriter *self, const char *text)
{
  /* Line breaks are folded between single quotes. */
  gboolean has_control = FALSE;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    has_control = has_control || !g_unichar_isprint (g_utf8_get_char (c));

  add_scalar (self, text,
              is_safe_plain (text) ? YAML_PLAIN_SCALAR_STYLE
              : has_control        ? YAML_DOUBLE_QUOTED_SCALAR_STYLE
                                   : YAML_SINGLE_QUOTED_SCALAR_STYLE);
}

void
dw_yaml_writer_add_plain (DwYamlWriter *self, const char *text)
{
  add_scalar (self, text, YAML_PLAIN_SCALAR_STYLE);
}

/* Ends what was begun. Returns: (transfer full): the text */
char *
dw_yaml_writer_finish (DwYamlWriter *self)
{
  yaml_event_t event;

  emit (self, &event, yaml_document_end_event_initialize (&event, 1));
  emit (self, &event, yaml_stream_end_event_initialize (&event));

  return g_strdup (self->text->str);
}
