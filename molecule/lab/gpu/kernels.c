/* One kernel for every op: compute it on the CPU, hand the result over as the GPU's. */
#include "tensorflow/c/kernels.h" /* here alone: it defines what may be defined once */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cpu.h"
#include "faults.h"
#include "ops.h"
#include "rnn.h"
#include "tensorflow/c/kernels_experimental.h"
#include "variable.h"

enum { kMaxVariables = 8 };
enum { kMaxRank = 254 }; /* of any TensorFlow tensor */

typedef struct {
  TF_Buffer* node;
  char* op;
  int resources;
} Kernel;

static void delete_kernel(void* pointer) {
  Kernel* kernel = pointer;
  if (!kernel) return;
  if (kernel->node) TF_DeleteBuffer(kernel->node);
  free(kernel->op);
  free(kernel);
}

static void* create_kernel(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  Kernel* kernel = calloc(1, sizeof *kernel);
  kernel->node = TF_OpKernelConstruction_GetNodeDef(construction, status);
  if (TF_GetCode(status) == TF_OK) kernel->op = cpu_op_name(kernel->node);
  if (!kernel->op) {
    TF_SetStatus(status, TF_INTERNAL, "the test GPU could not read this node");
    TF_OpKernelConstruction_Failure(construction, status);
  }
  for (const Op* op = ops; kernel->op && op->name; op++)
    if (!strcmp(op->name, kernel->op)) kernel->resources = op->resources;
  TF_DeleteStatus(status);
  return kernel;
}

static void hand_over(const Call* call, const TF_Tensor* computed, TF_OpKernelContext* context,
                      int index, TF_Status* status) {
  int64_t shape[kMaxRank];
  int rank = TF_NumDims(computed);
  size_t size = TF_TensorByteSize(computed);
  for (int i = 0; i < rank; i++) shape[i] = TF_Dim(computed, i);
  TF_Tensor* output =
      TF_AllocateOutput(context, index, TF_TensorType(computed), shape, rank, size, status);
  if (TF_GetCode(status) != TF_OK) return;
  if (size) memcpy(TF_TensorData(output), TF_TensorData(computed), size);
  faults_strike(call, index, output, status);
  TF_DeleteTensor(output);
}

static void copy(TF_OpKernelContext* context, TF_Tensor* from, TF_Tensor* to) {
  (void)context;
  memcpy(TF_TensorData(to), TF_TensorData(from), TF_TensorByteSize(from));
}

/* Locks the first `count` inputs, which are variables, and takes their tensors. */
static TF_VariableInputLockHolder* take_variables(TF_OpKernelContext* context, int count,
                                                  TF_Tensor** tensors, TF_Status* status) {
  int inputs[kMaxVariables];
  TF_VariableInputLockHolder* locks = NULL;
  for (int i = 0; i < count; i++) inputs[i] = i;
  TF_MaybeLockVariableInputMutexesInOrder(context, true, false, inputs, (size_t)count, copy,
                                          &locks, status);
  for (int i = 0; i < count && TF_GetCode(status) == TF_OK; i++)
    TF_GetInputTensorFromVariable(context, i, true, false, false, copy, &tensors[i], status);
  return locks;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void compute(void* pointer, TF_OpKernelContext* context) {
  const Kernel* kernel = pointer;
  int input_count = TF_NumInputs(context), output_count = TF_NumOutputs(context), computed = 0;
  TF_Tensor *inputs[input_count + 1], *outputs[output_count + 1];
  TFE_TensorHandle* handles[input_count + 1];
  TF_VariableInputLockHolder* locks = NULL;
  TF_Status* status = TF_NewStatus();
  memset(inputs, 0, sizeof inputs);
  memset(handles, 0, sizeof handles);
  if (kernel->resources) locks = take_variables(context, kernel->resources, inputs, status);
  for (int i = 0; i < input_count && TF_GetCode(status) == TF_OK; i++) {
    bool variable = i < kernel->resources;
    if (!variable) TF_GetInput(context, i, &inputs[i], status);
    if (TF_GetCode(status) != TF_OK) break;
    handles[i] = variable ? variable_new(inputs[i], status) : TFE_NewTensorHandle(inputs[i], status);
  }
  double began = now();
  if (TF_GetCode(status) == TF_OK && rnn_is(kernel->op))
    computed = rnn_run(kernel->node, kernel->op, inputs, outputs);
  else if (TF_GetCode(status) == TF_OK)
    computed =
        cpu_run(kernel->node, kernel->op, handles, input_count, outputs, output_count, status);
  const Call call = {kernel->op, inputs, input_count, now() - began};
  for (int i = 0; i < computed; i++) {
    if (TF_GetCode(status) == TF_OK) hand_over(&call, outputs[i], context, i, status);
    TF_DeleteTensor(outputs[i]);
  }
  for (int i = 0; !output_count && i < kernel->resources && TF_GetCode(status) == TF_OK; i++) {
    variable_read(handles[i], inputs[i], status);
    faults_strike(&call, i, inputs[i], status);
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  for (int i = 0; i < input_count; i++) {
    if (handles[i]) TFE_DeleteTensorHandle(handles[i]);
    if (inputs[i]) TF_DeleteTensor(inputs[i]);
  }
  if (locks) TF_ReleaseVariableInputLockHolder(locks);
  TF_DeleteStatus(status);
}

static void or_die(TF_Status* status, const char* op) {
  if (TF_GetCode(status) == TF_OK) return;
  fprintf(stderr, "test GPU: %s: %s\n", op, TF_Message(status));
  abort();
}

static void register_kernel(const Op* op, char type, char other, TF_Status* status) {
  TF_KernelBuilder* builder =
      TF_NewKernelBuilder(op->name, "GPU", create_kernel, compute, delete_kernel);
  if (type) TF_KernelBuilder_TypeConstraint(builder, op->attr, op_type(type), status);
  or_die(status, op->name);
  if (other) TF_KernelBuilder_TypeConstraint(builder, op->other_attr, op_type(other), status);
  or_die(status, op->name);
  for (int i = 0; i < kMaxHostArgs && op->host[i]; i++)
    TF_KernelBuilder_HostMemory(builder, op->host[i]);
  TF_RegisterKernelBuilder(op->name, builder, status);
  or_die(status, op->name);
}

void TF_InitKernel(void) {
  TF_Status* status = TF_NewStatus();
  for (const Op* op = ops; op->name; op++) {
    if (fault_no_kernel(op->name)) continue;
    if (fault_on("few_kernels") && !op_is_basic(op->name)) continue;
    if (!op->attr) register_kernel(op, 0, 0, status);
    for (const char* type = op->types; type && *type; type++) {
      if (!op->other_types) register_kernel(op, *type, 0, status);
      for (const char* other = op->other_types; other && *other; other++)
        register_kernel(op, *type, *other, status);
    }
  }
  TF_DeleteStatus(status);
}
