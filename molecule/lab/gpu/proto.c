#include "proto.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { kLengthDelimited = 2 };

bool bytes_are(Bytes bytes, const char* text) {
  return bytes.size == strlen(text) && !memcmp(bytes.data, text, bytes.size);
}

static uint64_t take_varint(Bytes* from) {
  uint64_t value = 0;
  for (int shift = 0; from->size && shift < 64; shift += 7) {
    unsigned char byte = *from->data++;
    from->size--;
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

int take_field(Bytes* message, Bytes* field) {
  Bytes rest = *message;
  uint64_t tag = take_varint(&rest);
  if ((tag & 7) != kLengthDelimited) return 0;
  uint64_t size = take_varint(&rest);
  if (size > rest.size) return 0;
  *field = (Bytes){rest.data, size};
  *message = (Bytes){rest.data + size, rest.size - size};
  return (int)(tag >> 3);
}

void put_bytes(Growing* to, Bytes bytes) {
  if (!bytes.size) return;
  to->data = realloc(to->data, to->size + bytes.size);
  memcpy(to->data + to->size, bytes.data, bytes.size);
  to->size += bytes.size;
}

void put_field(Growing* to, int number, Bytes content) {
  unsigned char head[16], *end = head;
  uint64_t size = content.size;
  *end++ = (unsigned char)(number << 3 | kLengthDelimited);
  for (; size > 0x7f; size >>= 7) *end++ = (unsigned char)(size | 0x80);
  *end++ = (unsigned char)size;
  put_bytes(to, (Bytes){head, (size_t)(end - head)});
  put_bytes(to, content);
}
