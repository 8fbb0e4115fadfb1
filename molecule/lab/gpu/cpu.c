/* The CPU kernels of the same TensorFlow, reached through an eager context of our own. */
#include "cpu.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto.h"

/* From eager/c_api_experimental.h, which only a C++ compiler reads. */
TF_CAPI_EXPORT extern void TFE_OpSetAttrValueProto(const TFE_Op* op, const char* attr_name,
                                                   const void* proto, size_t proto_len,
                                                   TF_Status* status);

static TFE_Context* context;
static TF_Status* opened;

static void open_context(void) {
  /* A serialized ConfigProto, device_count {"GPU": 0}: without it this very GPU would be used. */
  static const char no_gpu[] = "\x0a\x07\x0a\x03GPU\x10\x00";
  TFE_ContextOptions* options = TFE_NewContextOptions();
  opened = TF_NewStatus();
  TFE_ContextOptionsSetConfig(options, no_gpu, sizeof no_gpu - 1, opened);
  if (TF_GetCode(opened) == TF_OK) context = TFE_NewContext(options, opened);
  TFE_DeleteContextOptions(options);
}

char* cpu_op_name(const TF_Buffer* node) {
  Bytes field, rest = {node->data, node->length};
  for (int number; (number = take_field(&rest, &field));)
    if (number == kNodeOp) return strndup((const char*)field.data, field.size);
  return NULL;
}

static void set_attr(TFE_Op* op, Bytes entry, TF_Status* status) {
  char name[128] = "";
  Bytes field, value = {NULL, 0};
  for (int number; (number = take_field(&entry, &field));) {
    if (number == kEntryKey)
      snprintf(name, sizeof name, "%.*s", (int)field.size, (const char*)field.data);
    if (number == kEntryValue) value = field;
  }
  /* A leading underscore marks the runtime's own notes, which the op does not know. */
  if (name[0] != '_') TFE_OpSetAttrValueProto(op, name, value.data, value.size, status);
}

static void set_attrs(TFE_Op* op, const TF_Buffer* node, TF_Status* status) {
  Bytes field, rest = {node->data, node->length};
  for (int number; TF_GetCode(status) == TF_OK && (number = take_field(&rest, &field));)
    if (number == kNodeAttr) set_attr(op, field, status);
}

static int execute(TFE_Op* op, TF_Tensor** outputs, int most, TF_Status* status) {
  TFE_TensorHandle* handles[most];
  int count = most, resolved = 0;
  TFE_Execute(op, handles, &count, status);
  if (TF_GetCode(status) != TF_OK) return 0;
  for (int i = 0; i < count; i++) {
    if (TF_GetCode(status) == TF_OK) outputs[i] = TFE_TensorHandleResolve(handles[i], status);
    resolved += TF_GetCode(status) == TF_OK;
    TFE_DeleteTensorHandle(handles[i]);
  }
  if (resolved == count) return count;
  while (resolved) TF_DeleteTensor(outputs[--resolved]);
  return 0;
}

TFE_Context* cpu_context(TF_Status* status) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_context);
  if (!context) TF_SetStatus(status, TF_GetCode(opened), TF_Message(opened));
  return context;
}

int cpu_run(const TF_Buffer* node, const char* name, TFE_TensorHandle* const* inputs,
            int input_count, TF_Tensor** outputs, int most_outputs, TF_Status* status) {
  if (!cpu_context(status)) return 0;
  TFE_Op* op = TFE_NewOp(context, name, status);
  if (!op) return 0;
  set_attrs(op, node, status);
  for (int i = 0; i < input_count && TF_GetCode(status) == TF_OK; i++)
    TFE_OpAddInput(op, inputs[i], status);
  int count = 0;
  if (TF_GetCode(status) == TF_OK) count = execute(op, outputs, most_outputs, status);
  TFE_DeleteOp(op);
  return count;
}
