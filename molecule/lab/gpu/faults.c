/* Which faults are on, and where they strike. */
#define _GNU_SOURCE
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kFile[] = "/etc/lab/gpu-faults";
static const char kVariable[] = "TEST_GPU_FAULTS";

enum { kMostFaults = 16 };

static const struct {
  const char* name;
  Kind kind;
} kinds[] = {
    {"no_device", kAtStart},
    {"device_creation", kAtStart},
    {"no_init", kAtStart},
    {"init_abort", kAtStart},
    {"init_hang", kAtStart},
    {"abi", kAtStart},
    {"no_memory_info", kAtStart},
    {"few_kernels", kAtStart},
    {"jitter", kJitter},
    {"wrong", kWrong},
    {"nan", kNan},
    {"zero", kZero},
    {"trailing_zeros", kTrailingZeros},
    {"stale", kStale},
    {"frozen", kFrozen},
    {"corrupt_input", kCorruptInput},
    {"slow", kSlow},
    {"late", kLate},
    {"hang", kHang},
    {"abort", kAbort},
    {"segfault", kSegfault},
    {"error", kError},
    {"leak", kLeak},
    {"no_kernel", kNoKernel},
};

/* One word for what is often asked for. */
static const struct {
  const char *name, *word;
} short_forms[] = {
    {"other_rounding", "jitter:arithmetic"},
    {"wrong_matmul", "wrong:matmul"},
    {"wrong_dense_relu", "wrong:_FusedMatMul"},
    {"wrong_fused", "wrong:fused"},
    {"wrong_conv2d", "wrong:conv2d"},
    {"wrong_softmax", "wrong:softmax"},
    {"wrong_gradient", "wrong:gradient"},
    {"wrong_half", "wrong:any,half"},
    {"wrong_big", "wrong:matmul,over=100000"},
    {"wrong_filters", "wrong:conv2d,over=65536"},
    {"wrong_sometimes", "wrong:matmul,every=7"},
    {"nan", "nan:matmul"},
    {"nan_gradient", "nan:gradient"},
    {"zero", "zero:matmul"},
    {"top_k_16", "trailing_zeros:TopKV2"},
    {"identical_draws", "frozen:random"},
    {"no_integer_draws", "error:integer_random"},
    {"stale", "stale:matmul"},
    {"corrupt_input", "corrupt_input:matmul"},
    {"slow", "slow:any"},
    {"leak", "leak:matmul"},
    {"hang", "hang:matmul"},
    {"abort", "abort:matmul"},
    {"segfault", "segfault:matmul"},
    {"kernel_error", "error:matmul"},
    {"no_matmul_kernel", "no_kernel:matmul"},
};

static const struct {
  const char* name;
  const char* ops[40];
} groups[] = {
    {"matmul", {"MatMul", "BatchMatMul", "BatchMatMulV2", "_FusedMatMul"}},
    {"conv2d", {"Conv2D", "_FusedConv2D"}},
    {"fused", {"_FusedMatMul", "_FusedConv2D"}},
    {"softmax", {"Softmax"}},
    {"arithmetic",
     {"AddN", "AvgPool", "AvgPoolGrad", "BatchMatMulV2", "BiasAddGrad", "Conv2D",
      "Conv2DBackpropFilter", "Conv2DBackpropInput", "CudnnRNNBackpropV3", "CudnnRNNV3",
      "DepthwiseConv2dNative", "DepthwiseConv2dNativeBackpropFilter",
      "DepthwiseConv2dNativeBackpropInput", "Erf", "Exp", "FusedBatchNormGradV3",
      "FusedBatchNormV3", "Log", "Log1p", "LogSoftmax", "MatMul", "Mean", "Pow", "RealDiv",
      "Reciprocal", "ResourceApplyAdam", "Rsqrt", "Sigmoid", "Softmax",
      "SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits", "Sqrt", "Sum",
      "Tanh", "_FusedConv2D", "_FusedMatMul"}},
    {"rnn", {"CudnnRNN", "CudnnRNNBackprop", "CudnnRNNV3", "CudnnRNNBackpropV3"}},
    {"integer_random", {"RandomUniformInt", "StatelessRandomUniformInt",
                        "StatelessRandomUniformIntV2"}},
};

static Fault faults[kMostFaults];
static int fault_count;

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static bool aims_at(const char* target, const char* op) {
  if (!strcmp(target, "any") || !strcmp(target, op)) return true;
  if (!strcmp(target, "gradient")) return strstr(op, "Grad") || strstr(op, "Backprop");
  if (!strcmp(target, "random"))
    return strstr(op, "Random") || strstr(op, "TruncatedNormal");
  for (int i = 0; i < COUNT(groups); i++)
    for (int j = 0; !strcmp(groups[i].name, target) && groups[i].ops[j]; j++)
      if (!strcmp(groups[i].ops[j], op)) return true;
  return false;
}

static bool read_condition(Fault* fault, const char* text) {
  char end;
  if (!strcmp(text, "half")) return fault->half = true;
  return sscanf(text, "every=%ld%c", &fault->every, &end) == 1 ||
         sscanf(text, "over=%ld%c", &fault->over, &end) == 1 ||
         sscanf(text, "at=%ld%c", &fault->at, &end) == 1 ||
         sscanf(text, "by=%lf%c", &fault->by, &end) == 1;
}

/* WHAT[:TARGET][,CONDITION]... */
static bool read_fault(const char* word, Fault* fault) {
  char text[128], *rest;
  *fault = (Fault){.kind = kAtStart, .every = 1, .over = -1, .at = -1};
  const char* conditions = strchrnul(word, ',');
  size_t length = (size_t)(conditions - word);
  snprintf(text, sizeof text, "%s", word);
  for (int i = 0; i < COUNT(short_forms); i++)
    if (strlen(short_forms[i].name) == length && !strncmp(short_forms[i].name, word, length))
      snprintf(text, sizeof text, "%s%s", short_forms[i].word, conditions);
  const char* what = strtok_r(text, ",", &rest);
  if (!what || sscanf(what, "%63[^:]:%63s", fault->name, fault->target) < 1) return false;
  for (const char* more; (more = strtok_r(NULL, ",", &rest));)
    if (!read_condition(fault, more)) return false;
  for (int i = 0; i < COUNT(kinds); i++) {
    fault->kind = kinds[i].kind;
    if (!strcmp(kinds[i].name, fault->name))
      return fault->every > 0 && (fault->kind == kAtStart) == !*fault->target;
  }
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
    if (fault_count < kMostFaults && read_fault(word, &faults[fault_count])) {
      fault_count++;
      continue;
    }
    char message[1200];
    snprintf(message, sizeof message, "the test GPU knows no fault \"%s\"", word);
    TF_SetStatus(status, TF_INVALID_ARGUMENT, message);
    return false;
  }
  return true;
}

bool fault_on(const char* name) {
  for (int i = 0; i < fault_count; i++)
    if (!strcmp(faults[i].name, name)) return true;
  return false;
}

bool fault_no_kernel(const char* op) {
  for (int i = 0; i < fault_count; i++)
    if (faults[i].kind == kNoKernel && aims_at(faults[i].target, op)) return true;
  return false;
}

static bool meets(const Fault* fault, const TF_Tensor* result) {
  TF_DataType type = TF_TensorType(result);
  return (!fault->half || type == TF_HALF || type == TF_BFLOAT16) &&
         TF_TensorElementCount(result) > fault->over;
}

void faults_strike(const Call* call, int output, TF_Tensor* result, TF_Status* status) {
  for (int i = 0; i < fault_count; i++) {
    Fault* fault = &faults[i];
    if (fault->kind == kAtStart || !aims_at(fault->target, call->op)) continue;
    if (!meets(fault, result)) continue;
    if (output == 0) __atomic_add_fetch(&fault->calls, 1, __ATOMIC_RELAXED);
    if (fault->calls % fault->every == 0) strike(fault, call, output, result, status);
  }
}
