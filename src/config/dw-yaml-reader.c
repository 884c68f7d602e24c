/* dw-yaml-reader.c: reads a YAML text into a tree
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libyaml reads the text. The tree is bounded in size and depth with its aliases and merge keys
 * resolved, so that a small file cannot stand for a large one. Specification: YAML 1.1, and the
 * merge key of its type repository.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>
#include <yaml.h>

#include "config/dw-config-error.h"
#include "config/dw-yaml-private.h"
#include "model/dw-model-error.h"

#define SIZE_LIMIT (16 * 1024 * 1024)
/* With every alias counted as what it stands for. */
#define NODES_LIMIT 500000
#define DEPTH_LIMIT 64

/* A sequence or a mapping that has not ended. */
typedef struct
{
  DwYamlNode *node;
  char *anchor;      /* nullable */
  DwYamlNode *key;   /* nullable: of a mapping, the key whose value comes next */
  GPtrArray *merged; /* nullable, of DwYamlNode: the mappings that it takes keys from */
} Frame;

typedef struct
{
  char *file;          /* (type ref string) */
  GPtrArray *frames;   /* of Frame, the innermost last */
  GHashTable *anchors; /* of char * to DwYamlNode */
  DwYamlNode *root;    /* nullable: until it has ended */
  guint n_nodes;
} Reader;

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  g_clear_pointer (&frame->node, dw_yaml_node_unref);
  g_clear_pointer (&frame->key, dw_yaml_node_unref);
  g_clear_pointer (&frame->merged, g_ptr_array_unref);
  g_free (frame->anchor);
  g_free (frame);
}

static void
clear_reader (Reader *reader)
{
  g_ptr_array_unref (reader->frames);
  g_hash_table_unref (reader->anchors);
  g_clear_pointer (&reader->root, dw_yaml_node_unref);
  g_ref_string_release (reader->file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, clear_reader)

static Frame *
get_innermost (Reader *reader)
{
  return reader->frames->len > 0 ? g_ptr_array_index (reader->frames, reader->frames->len - 1)
                                 : NULL;
}

static DwYamlNode *
new_node (Reader *reader, DwYamlKind kind, const yaml_event_t *event)
{
  return dw_yaml_node_new (kind, reader->file, (guint) event->start_mark.line + 1,
                           (guint) event->start_mark.column + 1);
}

/* Counts what @node stands for, wherever it came from. */
static gboolean
count (Reader *reader, DwYamlNode *node, guint weight, GError **error)
{
  reader->n_nodes += weight;
  if (reader->n_nodes > NODES_LIMIT)
    {
      g_autofree char *place = dw_yaml_node_describe_place (node);

      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_TOO_LARGE,
                   ngettext ("%s: with its aliases the file has more than %d value",
                             "%s: with its aliases the file has more than %d values", NODES_LIMIT),
                   place, NODES_LIMIT);
      return FALSE;
    }
  if (reader->frames->len + node->height > DEPTH_LIMIT)
    {
      g_autofree char *place = dw_yaml_node_describe_place (node);

      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_TOO_LARGE,
                   ngettext ("%s: the values are nested more than %d level deep",
                             "%s: the values are nested more than %d levels deep", DEPTH_LIMIT),
                   place, DEPTH_LIMIT);
      return FALSE;
    }

  return TRUE;
}

static gboolean
add_merged (Frame *frame, DwYamlNode *value, GError **error)
{
  if (frame->merged == NULL)
    frame->merged = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_yaml_node_unref);

  if (value->kind == DW_YAML_MAPPING)
    {
      g_ptr_array_add (frame->merged, dw_yaml_node_ref (value));
      return TRUE;
    }

  for (guint i = 0; i < dw_yaml_node_get_length (value); i++)
    {
      DwYamlNode *element = dw_yaml_node_get_element (value, i);

      if (!dw_yaml_node_check_kind (element, DW_YAML_MAPPING, error))
        return FALSE;
      g_ptr_array_add (frame->merged, dw_yaml_node_ref (element));
    }

  return value->kind == DW_YAML_SEQUENCE || dw_yaml_node_check_kind (value, DW_YAML_MAPPING, error);
}

/* A key, or the value of the one before it. */
static gboolean
add_to_mapping (Frame *frame, DwYamlNode *node, GError **error)
{
  g_autoptr (DwYamlNode) key = g_steal_pointer (&frame->key);

  if (key == NULL)
    {
      if (node->kind != DW_YAML_SCALAR)
        {
          dw_yaml_node_set_error (node, error, _ ("a key must be a single value"));
          return FALSE;
        }
      if (dw_yaml_node_find (frame->node, node->text) != NULL)
        {
          g_autofree char *shown = dw_model_quote (node->text);

          dw_yaml_node_set_error (node, error, _ ("the key %s is here twice"), shown);
          return FALSE;
        }
      frame->key = dw_yaml_node_ref (node);
      return TRUE;
    }

  if (key->is_plain && g_str_equal (key->text, "<<"))
    return add_merged (frame, node, error);

  dw_yaml_node_set (frame->node, key, node);
  return TRUE;
}

/* Puts a value that is whole where it belongs. */
static gboolean
add (Reader *reader, DwYamlNode *node, GError **error)
{
  Frame *frame = get_innermost (reader);

  if (frame == NULL)
    reader->root = dw_yaml_node_ref (node);
  else if (frame->node->kind == DW_YAML_SEQUENCE)
    dw_yaml_node_append (frame->node, node);
  else
    return add_to_mapping (frame, node, error);

  return TRUE;
}

static void
remember (Reader *reader, const char *anchor, DwYamlNode *node)
{
  if (anchor != NULL)
    g_hash_table_replace (reader->anchors, g_strdup (anchor), dw_yaml_node_ref (node));
}

/* The tags that say what is so anyway; others mean something to another program. */
static gboolean
check_tag (const yaml_char_t *tag, DwYamlNode *node, GError **error)
{
  if (tag == NULL || g_str_has_prefix ((const char *) tag, "tag:yaml.org,2002:") ||
      g_str_equal ((const char *) tag, "!"))
    return TRUE;

  g_autofree char *shown = dw_model_quote ((const char *) tag);
  dw_yaml_node_set_error (node, error, _ ("the tag %s is not known here"), shown);
  return FALSE;
}

static gboolean
read_scalar (Reader *reader, const yaml_event_t *event, GError **error)
{
  g_autoptr (DwYamlNode) node = new_node (reader, DW_YAML_SCALAR, event);
  const char *value = (const char *) event->data.scalar.value;
  gsize length = event->data.scalar.length;

  if (strlen (value) != length)
    {
      dw_yaml_node_set_error (node, error, _ ("a text must not hold the character 0"));
      return FALSE;
    }

  node->text = g_strdup (value);
  node->is_plain = event->data.scalar.plain_implicit;
  remember (reader, (const char *) event->data.scalar.anchor, node);

  return check_tag (event->data.scalar.tag, node, error) && count (reader, node, 1, error) &&
         add (reader, node, error);
}

static gboolean
read_alias (Reader *reader, const yaml_event_t *event, GError **error)
{
  const char *anchor = (const char *) event->data.alias.anchor;
  DwYamlNode *node = g_hash_table_lookup (reader->anchors, anchor);

  if (node == NULL)
    {
      g_autoptr (DwYamlNode) place = new_node (reader, DW_YAML_SCALAR, event);
      g_autofree char *shown = dw_model_quote (anchor);

      dw_yaml_node_set_error (place, error, _ ("there is no anchor %s before this"), shown);
      return FALSE;
    }

  return count (reader, node, node->weight, error) && add (reader, node, error);
}

static gboolean
begin (Reader *reader,
       DwYamlKind kind,
       const yaml_event_t *event,
       const yaml_char_t *tag,
       const yaml_char_t *anchor,
       GError **error)
{
  Frame *frame = g_new0 (Frame, 1);

  frame->node = new_node (reader, kind, event);
  frame->anchor = g_strdup ((const char *) anchor);
  g_ptr_array_add (reader->frames, frame);

  return check_tag (tag, frame->node, error) && count (reader, frame->node, 1, error);
}

/* What a mapping says itself wins over what it merges, and what it merges first over the rest. */
static gboolean
merge (Reader *reader, Frame *frame, GError **error)
{
  for (guint i = 0; frame->merged != NULL && i < frame->merged->len; i++)
    {
      DwYamlNode *merged = g_ptr_array_index (frame->merged, i);

      for (guint j = 0; j < merged->keys->len; j++)
        {
          DwYamlNode *key = dw_yaml_node_get_key (merged, j);
          DwYamlNode *value = dw_yaml_node_get_element (merged, j);

          if (dw_yaml_node_find (frame->node, key->text) != NULL)
            continue;
          if (!count (reader, value, value->weight, error))
            return FALSE;
          dw_yaml_node_set (frame->node, key, value);
        }
    }

  return TRUE;
}

static gboolean
end (Reader *reader, GError **error)
{
  Frame *frame = g_ptr_array_steal_index (reader->frames, reader->frames->len - 1);
  gboolean works = merge (reader, frame, error) && add (reader, frame->node, error);

  if (works)
    remember (reader, frame->anchor, frame->node);
  frame_free (frame);

  return works;
}

static gboolean
read_event (Reader *reader, const yaml_event_t *event, GError **error)
{
  switch (event->type)
    {
    case YAML_SCALAR_EVENT:
      return read_scalar (reader, event, error);
    case YAML_ALIAS_EVENT:
      return read_alias (reader, event, error);
    case YAML_SEQUENCE_START_EVENT:
      return begin (reader, DW_YAML_SEQUENCE, event, event->data.sequence_start.tag,
                    event->data.sequence_start.anchor, error);
    case YAML_MAPPING_START_EVENT:
      return begin (reader, DW_YAML_MAPPING, event, event->data.mapping_start.tag,
                    event->data.mapping_start.anchor, error);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
      return end (reader, error);
    case YAML_DOCUMENT_START_EVENT:
      if (reader->root != NULL)
        {
          g_autoptr (DwYamlNode) place = new_node (reader, DW_YAML_SCALAR, event);

          dw_yaml_node_set_error (place, error, _ ("a second document begins; one a file is read"));
          return FALSE;
        }
      return TRUE;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
    default:
      return TRUE;
    }
}

/* What libyaml says, at the place where it saw it. */
static void
set_syntax_error (Reader *reader, const yaml_parser_t *parser, GError **error)
{
  g_autoptr (DwYamlNode)
      place = dw_yaml_node_new (DW_YAML_SCALAR, reader->file, (guint) parser->problem_mark.line + 1,
                                (guint) parser->problem_mark.column + 1);
  const char *problem = parser->problem != NULL ? parser->problem : _ ("it cannot be read");

  if (parser->context != NULL)
    /* Translators: two technical messages, in English */
    dw_yaml_node_set_error (place, error, _ ("this is not YAML: %s (%s, from line %u)"), problem,
                            parser->context, (guint) parser->context_mark.line + 1);
  else
    dw_yaml_node_set_error (place, error, _ ("this is not YAML: %s"), problem);
}

/**
 * dw_yaml_parse:
 * @text: a text of @length bytes
 * @length: its length
 * @name: what messages call it, such as the name of its file
 * @error: DW_CONFIG_ERROR_INVALID with line and column, or _TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the tree; an empty text is null. Any thread.
 */
DwYamlNode *
dw_yaml_parse (const char *text, gsize length, const char *name, GError **error)
{
  g_auto (Reader) reader = {
    .file = g_ref_string_new (name),
    .frames = g_ptr_array_new_with_free_func (frame_free),
    .anchors = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                      (GDestroyNotify) dw_yaml_node_unref),
  };
  g_autofree char *shown = dw_model_quote (name);
  const char *end_of_valid = NULL;
  yaml_parser_t parser;
  gboolean has_ended = FALSE;
  gboolean works = TRUE;

  if (length > SIZE_LIMIT)
    {
      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_TOO_LARGE,
                   _ ("%s is larger than %d MiB"), shown, SIZE_LIMIT / (1024 * 1024));
      return NULL;
    }
  if (!g_utf8_validate_len (text, length, &end_of_valid))
    {
      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_INVALID,
                   _ ("%s is not a text in UTF-8: see byte %lu"), shown,
                   (gulong) (end_of_valid - text));
      return NULL;
    }

  if (!yaml_parser_initialize (&parser))
    g_error ("No memory for a parser");
  yaml_parser_set_encoding (&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string (&parser, (const unsigned char *) text, length);
  while (works && !has_ended)
    {
      yaml_event_t event;

      works = yaml_parser_parse (&parser, &event);
      if (!works)
        {
          set_syntax_error (&reader, &parser, error);
          break;
        }
      has_ended = event.type == YAML_STREAM_END_EVENT;
      works = read_event (&reader, &event, error);
      yaml_event_delete (&event);
    }
  yaml_parser_delete (&parser);

  if (!works)
    return NULL;

  if (reader.root == NULL)
    {
      reader.root = dw_yaml_node_new (DW_YAML_SCALAR, reader.file, 1, 1);
      reader.root->text = g_strdup ("");
      reader.root->is_plain = TRUE;
    }
  return g_steal_pointer (&reader.root);
}

/**
 * dw_yaml_read_text:
 * @file: a file
 * @length: (out): how many bytes it has
 * @cancellable: (nullable): ends the reading
 * @error: DW_CONFIG_ERROR_NOT_FOUND, _UNREADABLE, _TOO_LARGE or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): what is in it, of no more than a configuration's size
 */
char *
dw_yaml_read_text (GFile *file, gsize *length, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = g_file_get_parse_name (file);
  g_autoptr (GError) problem = NULL;
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, &problem);
  g_autoptr (GByteArray) text = g_byte_array_new ();
  char buffer[16384];
  gssize n = stream != NULL ? 1 : -1;

  /* A pipe and a terminal do not say their size. */
  while (n > 0 && text->len <= SIZE_LIMIT)
    {
      n = g_input_stream_read (G_INPUT_STREAM (stream), buffer, sizeof buffer, cancellable,
                               &problem);
      if (n > 0)
        g_byte_array_append (text, (const guint8 *) buffer, (guint) n);
    }

  if (n < 0 && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (n < 0)
    {
      g_set_error (error, DW_CONFIG_ERROR,
                   g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)
                       ? DW_CONFIG_ERROR_NOT_FOUND
                       : DW_CONFIG_ERROR_UNREADABLE,
                   _ ("The file %s cannot be read: %s"), path, problem->message);
      return NULL;
    }
  if (text->len > SIZE_LIMIT)
    {
      g_set_error (error, DW_CONFIG_ERROR, DW_CONFIG_ERROR_TOO_LARGE,
                   _ ("The file %s is larger than %d MiB"), path, SIZE_LIMIT / (1024 * 1024));
      return NULL;
    }

  *length = text->len;
  g_byte_array_append (text, (const guint8 *) "", 1);
  return (char *) g_byte_array_free (g_steal_pointer (&text), FALSE);
}

/**
 * dw_yaml_read:
 * @file: a file
 * @cancellable: (nullable): ends the reading
 * @error: as dw_yaml_read_text() and dw_yaml_parse()
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): the tree
 */
DwYamlNode *
dw_yaml_read (GFile *file, GCancellable *cancellable, GError **error)
{
  gsize length = 0;
  g_autofree char *text = dw_yaml_read_text (file, &length, cancellable, error);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *shown = name != NULL ? g_filename_display_name (name) : g_strdup ("");

  return text != NULL ? dw_yaml_parse (text, length, shown, error) : NULL;
}
