#ifndef LAB_GPU_PROTO_H_
#define LAB_GPU_PROTO_H_

#include <stdbool.h>
#include <stddef.h>

/* As much of protobuf's wire format as GraphDef and NodeDef ask for, so that no protobuf library
 * has to match TensorFlow's. */

/* Field numbers. */
enum { kGraphNode = 1 };
enum { kNodeName = 1, kNodeOp = 2, kNodeInput = 3, kNodeDevice = 4, kNodeAttr = 5 };
enum { kEntryKey = 1, kEntryValue = 2 };
enum { kValueList = 1, kListText = 2 };

typedef struct {
  const unsigned char* data;
  size_t size;
} Bytes;

bool bytes_are(Bytes bytes, const char* text);

/* Takes the next field off the message. Its number; 0 at the end, or at what is not
 * length-delimited. */
int take_field(Bytes* message, Bytes* field);

typedef struct {
  unsigned char* data;
  size_t size;
} Growing;

void put_bytes(Growing* to, Bytes bytes);
void put_field(Growing* to, int number, Bytes content);

#endif
