#ifndef LAB_GPU_OPS_H_
#define LAB_GPU_OPS_H_

#include <stdbool.h>

#include "tensorflow/c/tf_datatype.h"

enum { kMaxHostArgs = 4 };

typedef struct {
  const char* name;
  const char* attr;               /* whose types are limited; NULL: every type will do */
  const char* types;              /* each a letter of op_type */
  const char* host[kMaxHostArgs]; /* shapes, axes and the like, which stay in the host's memory */
  const char* other_attr;         /* a second one, or NULL */
  const char* other_types;
  int resources; /* how many of the first inputs are variables */
} Op;

extern const Op ops[]; /* ends with a row without a name */

/* Whether the three sample models ask for it. */
bool op_is_basic(const char* name);

/* float, half, bfloat16, Bool, char (int8), short, int32, long (int64), unsigned, Unsigned long. */
TF_DataType op_type(char letter);

#endif
