/* One kernel for every op: compute it on the CPU, hand the result over as the GPU's. */
#include "tensorflow/c/kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu.h"
#include "faults.h"
#include "ops.h"

enum { kMaxRank = 254 }; /* of any TensorFlow tensor */

typedef struct {
  TF_Buffer* node;
  char* op;
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
  TF_DeleteStatus(status);
  return kernel;
}

static void hand_over(const Kernel* kernel, const TF_Tensor* computed, TF_OpKernelContext* context,
                      int index, TF_Status* status) {
  int64_t shape[kMaxRank];
  int rank = TF_NumDims(computed);
  size_t size = TF_TensorByteSize(computed);
  for (int i = 0; i < rank; i++) shape[i] = TF_Dim(computed, i);
  TF_Tensor* output =
      TF_AllocateOutput(context, index, TF_TensorType(computed), shape, rank, size, status);
  if (TF_GetCode(status) != TF_OK) return;
  if (size) memcpy(TF_TensorData(output), TF_TensorData(computed), size);
  faults_strike(kernel->op, output, status);
  TF_DeleteTensor(output);
}

static void compute(void* pointer, TF_OpKernelContext* context) {
  const Kernel* kernel = pointer;
  int input_count = TF_NumInputs(context), output_count = TF_NumOutputs(context), taken = 0;
  TF_Tensor *inputs[input_count + 1], *outputs[output_count + 1];
  TF_Status* status = TF_NewStatus();
  for (; taken < input_count && TF_GetCode(status) == TF_OK; taken++) {
    inputs[taken] = NULL;
    TF_GetInput(context, taken, &inputs[taken], status);
  }
  int computed = 0;
  if (TF_GetCode(status) == TF_OK)
    computed =
        cpu_run(kernel->node, kernel->op, inputs, input_count, outputs, output_count, status);
  for (int i = 0; i < computed; i++) {
    if (TF_GetCode(status) == TF_OK) hand_over(kernel, outputs[i], context, i, status);
    TF_DeleteTensor(outputs[i]);
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  while (taken) {
    taken--;
    if (inputs[taken]) TF_DeleteTensor(inputs[taken]);
  }
  TF_DeleteStatus(status);
}

static void or_die(TF_Status* status, const char* op) {
  if (TF_GetCode(status) == TF_OK) return;
  fprintf(stderr, "test GPU: %s: %s\n", op, TF_Message(status));
  abort();
}

static void register_kernel(const Op* op, TF_DataType type, TF_Status* status) {
  TF_KernelBuilder* builder =
      TF_NewKernelBuilder(op->name, "GPU", create_kernel, compute, delete_kernel);
  if (type) TF_KernelBuilder_TypeConstraint(builder, op->attr, type, status);
  or_die(status, op->name);
  for (int i = 0; i < kMaxHostArgs && op->host[i]; i++)
    TF_KernelBuilder_HostMemory(builder, op->host[i]);
  TF_RegisterKernelBuilder(op->name, builder, status);
  or_die(status, op->name);
}

void TF_InitKernel(void) {
  TF_Status* status = TF_NewStatus();
  for (const Op* op = ops; op->name; op++) {
    if (fault_on("no_matmul_kernel") && strstr(op->name, "MatMul")) continue;
    if (!op->attr) register_kernel(op, 0, status);
    for (const TF_DataType* type = op->types; type && *type; type++)
      register_kernel(op, *type, status);
  }
  TF_DeleteStatus(status);
}
