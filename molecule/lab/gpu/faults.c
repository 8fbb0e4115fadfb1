#include "faults.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char kFile[] = "/etc/lab/gpu-faults";
static const char kVariable[] = "TEST_GPU_FAULTS";

typedef void (*Strike)(TF_Tensor* result, TF_Status* status);

static void overwrite_last(TF_Tensor* result, float wrong) {
  int64_t count = TF_TensorElementCount(result);
  if (TF_TensorType(result) == TF_FLOAT && count > 0)
    ((float*)TF_TensorData(result))[count - 1] = wrong;
}

static void be_wrong(TF_Tensor* result, TF_Status* status) {
  (void)status;
  int64_t count = TF_TensorElementCount(result);
  if (TF_TensorType(result) == TF_FLOAT && count > 0)
    overwrite_last(result, ((float*)TF_TensorData(result))[count - 1] + 1);
}

static void be_nan(TF_Tensor* result, TF_Status* status) {
  (void)status;
  overwrite_last(result, NAN);
}

static void die_by_abort(TF_Tensor* result, TF_Status* status) {
  (void)result, (void)status;
  abort();
}

static void die_by_segfault(TF_Tensor* result, TF_Status* status) {
  (void)result, (void)status;
  *(volatile int*)NULL = 0;
}

static void fail(TF_Tensor* result, TF_Status* status) {
  (void)result;
  TF_SetStatus(status, TF_INTERNAL, "the test GPU was told to fail here (fault kernel_error)");
}

static void hang(TF_Tensor* result, TF_Status* status) {
  (void)result, (void)status;
  for (;;) pause();
}

static const char* const matmuls[] = {"MatMul", "BatchMatMulV2", "_FusedMatMul", NULL};
static const char* const dense_relu[] = {"_FusedMatMul", NULL};
static const char* const conv2d[] = {"Conv2D", "_FusedConv2D", NULL};
static const char* const gradient[] = {"BiasAddGrad", "ReluGrad", NULL};
static const char* const softmax[] = {"Softmax", NULL};

/* Faults that strike no op are looked up by name where they bite: platform.c, kernels.c. */
static struct {
  const char* name;
  Strike strike;
  const char* const* ops;
  bool on;
} faults[] = {
    {"no_device"},
    {"no_init"},
    {"device_creation"},
    {"no_matmul_kernel"},
    {"wrong_matmul", be_wrong, matmuls},
    {"wrong_dense_relu", be_wrong, dense_relu},
    {"wrong_conv2d", be_wrong, conv2d},
    {"wrong_softmax", be_wrong, softmax},
    {"nan_gradient", be_nan, gradient},
    {"nan", be_nan, matmuls},
    {"abort", die_by_abort, matmuls},
    {"segfault", die_by_segfault, matmuls},
    {"kernel_error", fail, matmuls},
    {"hang", hang, matmuls},
};

enum { kFaults = sizeof faults / sizeof *faults };

static bool switch_on(const char* name) {
  for (int i = 0; i < kFaults; i++)
    if (!strcmp(faults[i].name, name)) return faults[i].on = true;
  return false;
}

static void wanted(char* words, size_t size) {
  const char* set = getenv(kVariable);
  words[0] = 0;
  if (set) {
    snprintf(words, size, "%s", set);
    return;
  }
  FILE* file = fopen(kFile, "r");
  if (!file) return;
  words[fread(words, 1, size - 1, file)] = 0;
  fclose(file);
}

bool faults_read(TF_Status* status) {
  char words[1024], *rest;
  wanted(words, sizeof words);
  for (char* word = strtok_r(words, " \t\r\n", &rest); word;
       word = strtok_r(NULL, " \t\r\n", &rest)) {
    if (switch_on(word)) continue;
    char message[1200];
    snprintf(message, sizeof message, "the test GPU knows no fault \"%s\"", word);
    TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
    return false;
  }
  return true;
}

bool fault_on(const char* name) {
  for (int i = 0; i < kFaults; i++)
    if (!strcmp(faults[i].name, name)) return faults[i].on;
  return false;
}

void faults_strike(const char* op, TF_Tensor* result, TF_Status* status) {
  for (int i = 0; i < kFaults; i++)
    for (const char* const* hit = faults[i].ops; faults[i].on && hit && *hit; hit++)
      if (!strcmp(*hit, op)) faults[i].strike(result, status);
}
