#ifndef LAB_GPU_FAULTS_H_
#define LAB_GPU_FAULTS_H_

#include <stdbool.h>

#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

/* The faults and how they are asked for: README.md beside this file. */

/* What a fault may do to the result of an op. */
typedef enum {
  kAtStart, /* nothing: it strikes before there is any op */
  kJitter,
  kWrong,
  kNan,
  kZero,
  kTrailingZeros,
  kStale,
  kFrozen,
  kCorruptInput,
  kSlow,
  kLate,
  kHang,
  kAbort,
  kSegfault,
  kError,
  kLeak,
  kNoKernel,
} Kind;

typedef struct {
  Kind kind;
  char name[64];   /* as the word began: wrong, no_device */
  char target[64]; /* an op, a group of ops, or "any" */
  bool half;       /* only in float16 and bfloat16 */
  long every;      /* only each so manieth call */
  long over;       /* only on results of more elements than this */
  long at;         /* which element, counted round the end; -1 is the last */
  double by;       /* how wrong, how much slower, how many ms or KiB; 0: as the kind has it */
  long calls;
} Fault;

/* One run of an op's kernel. */
typedef struct {
  const char* op;
  TF_Tensor* const* inputs;
  int input_count;
  double seconds; /* that the op took on the CPU */
} Call;

/* Reads the faults to commit; false, with a status, when a word is none of them. */
bool faults_read(TF_Status* status);

/* Whether this fault, which strikes at the start, is on. */
bool fault_on(const char* name);

/* Whether `op` is to have no kernel. */
bool fault_no_kernel(const char* op);

/* Spoils the output of this index that the call has just computed, if a fault strikes there. */
void faults_strike(const Call* call, int output, TF_Tensor* result, TF_Status* status);

/* What one fault does (strike.c). */
void strike(Fault* fault, const Call* call, int output, TF_Tensor* result, TF_Status* status);

#endif
