/* Variables: an op that updates them is run on copies in the context without a GPU, and what the
 * copies then hold is written into this GPU's own. */
#include "variable.h"

#include <stdbool.h>
#include <string.h>

#include "cpu.h"

enum { kMaxRank = 254 };

/* A variable of this name goes when its last handle does. */
static const char kAnonymous[] = "cd2c89b7-88b7-44c8-ad83-06c2a9158347";

static TFE_TensorHandle* run(TFE_Op* op, bool answers, TF_Status* status) {
  TFE_TensorHandle* handle = NULL;
  int count = answers;
  if (TF_GetCode(status) == TF_OK) TFE_Execute(op, &handle, &count, status);
  TFE_DeleteOp(op);
  return handle;
}

TFE_TensorHandle* variable_new(const TF_Tensor* value, TF_Status* status) {
  if (!cpu_context(status)) return NULL;
  int64_t shape[kMaxRank];
  int rank = TF_NumDims(value);
  for (int i = 0; i < rank; i++) shape[i] = TF_Dim(value, i);
  TFE_Op* op = TFE_NewOp(cpu_context(status), "VarHandleOp", status);
  TFE_OpSetAttrType(op, "dtype", TF_TensorType(value));
  TFE_OpSetAttrShape(op, "shape", shape, rank, status);
  TFE_OpSetAttrString(op, "shared_name", kAnonymous, sizeof kAnonymous - 1);
  TFE_TensorHandle* variable = run(op, true, status);
  TFE_TensorHandle* first = TFE_NewTensorHandle(value, status);
  if (!variable || !first) return variable;
  op = TFE_NewOp(cpu_context(status), "AssignVariableOp", status);
  TFE_OpAddInput(op, variable, status);
  TFE_OpAddInput(op, first, status);
  run(op, false, status);
  TFE_DeleteTensorHandle(first);
  return variable;
}

void variable_read(TFE_TensorHandle* variable, TF_Tensor* to, TF_Status* status) {
  TFE_Op* op = TFE_NewOp(cpu_context(status), "ReadVariableOp", status);
  TFE_OpSetAttrType(op, "dtype", TF_TensorType(to));
  TFE_OpAddInput(op, variable, status);
  TFE_TensorHandle* handle = run(op, true, status);
  if (!handle) return;
  TF_Tensor* value = TFE_TensorHandleResolve(handle, status);
  TFE_DeleteTensorHandle(handle);
  if (!value) return;
  memcpy(TF_TensorData(to), TF_TensorData(value), TF_TensorByteSize(to));
  TF_DeleteTensor(value);
}
