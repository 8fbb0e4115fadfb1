#ifndef LAB_GPU_OPS_H_
#define LAB_GPU_OPS_H_

#include "tensorflow/c/tf_datatype.h"

enum { kMaxHostArgs = 4 };

typedef struct {
  const char* name;
  const char* attr;               /* whose types are limited; NULL: every type will do */
  const TF_DataType* types;       /* ends with 0, which is no type */
  const char* host[kMaxHostArgs]; /* shapes, axes and the like, which stay in the host's memory */
} Op;

extern const Op ops[]; /* ends with a row without a name */

#endif
