/* What a fault does to a result. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

enum { kTopK = 16, kLeakKib = 64, kTimesSlower = 50, kMillisecondsLate = 20, kRoundings = 4 };

/* bfloat16 is the upper half of a float. */
static float from_bfloat16(uint16_t half) {
  uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static uint16_t to_bfloat16(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return isnan(value) ? 0x7fc0 : (uint16_t)((bits + 0x8000) >> 16);
}

/* The element becomes itself + `by`, or NaN where that is what `by` is. */
static void spoil(TF_Tensor* tensor, int64_t index, double by) {
  void* data = TF_TensorData(tensor);
  switch ((int)TF_TensorType(tensor)) {
    case TF_FLOAT: ((float*)data)[index] += (float)by; break;
    case TF_DOUBLE: ((double*)data)[index] += by; break;
    case TF_HALF: ((_Float16*)data)[index] += (_Float16)by; break;
    case TF_BFLOAT16: {
      uint16_t* half = (uint16_t*)data + index;
      *half = to_bfloat16(from_bfloat16(*half) + (float)by);
      break;
    }
    case TF_BOOL: ((unsigned char*)data)[index] ^= !isnan(by); break;
    case TF_INT32: ((int32_t*)data)[index] += !isnan(by); break;
    case TF_INT64: ((int64_t*)data)[index] += !isnan(by); break;
    default: break;
  }
}

static void spoil_one(const Fault* fault, TF_Tensor* tensor, double by) {
  int64_t count = TF_TensorElementCount(tensor);
  if (count) spoil(tensor, (fault->at % count + count) % count, by);
}

/* Each element is off by up to `most` roundings of its own, as another GPU's would be. */
static void jitter(TF_Tensor* tensor, double most) {
  static uint32_t state = 1;
  void* data = TF_TensorData(tensor);
  int64_t count = TF_TensorElementCount(tensor);
  for (int64_t i = 0; i < count; i++) {
    state = state * 1664525u + 1013904223u;
    float off = (float)(most * ((double)state / 0x80000000u - 1));
    uint16_t* half = (uint16_t*)data + i;
    switch ((int)TF_TensorType(tensor)) {
      case TF_FLOAT: ((float*)data)[i] *= 1 + off * 0x1p-24f; break;
      case TF_HALF: ((_Float16*)data)[i] *= (_Float16)(1 + off * 0x1p-11f); break;
      case TF_BFLOAT16: *half = to_bfloat16(from_bfloat16(*half) * (1 + off * 0x1p-8f)); break;
      default: return;
    }
  }
}

static void zero_from(TF_Tensor* tensor, int64_t first) {
  int rank = TF_NumDims(tensor);
  int64_t row = rank ? TF_Dim(tensor, rank - 1) : 1, count = TF_TensorElementCount(tensor);
  if (row <= first || !count) return;
  size_t each = TF_TensorByteSize(tensor) / (size_t)count;
  for (int64_t at = 0; at < count; at += row)
    memset((char*)TF_TensorData(tensor) + (size_t)(at + first) * each, 0,
           (size_t)(row - first) * each);
}

typedef struct Kept {
  struct Kept* next;
  char op[64];
  int output;
  size_t size;
  void* data;
} Kept;

/* Gives the last result of this op and size in place of the new one, which is kept unless the
 * first is to stay for ever. */
static void repeat(const Call* call, int output, TF_Tensor* result, bool for_ever) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  static Kept* all;
  size_t size = TF_TensorByteSize(result);
  char* data = TF_TensorData(result);
  pthread_mutex_lock(&mutex);
  Kept* kept = all;
  while (kept && (strcmp(kept->op, call->op) || kept->output != output || kept->size != size))
    kept = kept->next;
  if (!kept) {
    kept = calloc(1, sizeof *kept);
    *kept = (Kept){.next = all, .output = output, .size = size, .data = malloc(size)};
    snprintf(kept->op, sizeof kept->op, "%s", call->op);
    memcpy(kept->data, data, size);
    all = kept;
  } else {
    for (size_t i = 0; i < size; i++) {
      char old = ((char*)kept->data)[i];
      if (!for_ever) ((char*)kept->data)[i] = data[i];
      data[i] = old;
    }
  }
  pthread_mutex_unlock(&mutex);
}

static void leak(double kib) {
  size_t size = (size_t)(1024 * (kib ? kib : kLeakKib));
  void* volatile lost = malloc(size);
  memset(lost, 1, size);
}

static void wait_for(double seconds) {
  struct timespec time = {(time_t)seconds, (long)(1e9 * (seconds - floor(seconds)))};
  nanosleep(&time, NULL);
}

void strike(Fault* fault, const Call* call, int output, TF_Tensor* result, TF_Status* status) {
  switch (fault->kind) {
    case kJitter: jitter(result, fault->by ? fault->by : kRoundings); break;
    case kWrong: spoil_one(fault, result, fault->by ? fault->by : 1); break;
    case kNan: spoil_one(fault, result, NAN); break;
    case kZero: zero_from(result, 0); break;
    case kTrailingZeros: zero_from(result, kTopK); break;
    case kStale: repeat(call, output, result, false); break;
    case kFrozen: repeat(call, output, result, true); break;
    case kCorruptInput:
      if (output == 0 && call->input_count)
        spoil_one(fault, call->inputs[0], fault->by ? fault->by : 1);
      break;
    case kSlow:
      if (output == 0) wait_for(call->seconds * ((fault->by ? fault->by : kTimesSlower) - 1));
      break;
    case kLate:
      if (output == 0) wait_for((fault->by ? fault->by : kMillisecondsLate) / 1e3);
      break;
    case kLeak:
      if (output == 0) leak(fault->by);
      break;
    case kHang:
      for (;;) pause();
    case kAbort: abort();
    case kSegfault: *(volatile int*)NULL = 0; break;
    case kError:
      TF_SetStatus(status, TF_INTERNAL, "the test GPU was told to fail here (fault error)");
      break;
    case kNoKernel:
    case kAtStart: break;
  }
}
