/* MatMul + BiasAdd + Relu becomes one _FusedMatMul in graph mode, an op tensorflow-metal has a
 * kernel for: Metal's Dense+ReLU has been wrong in graph mode only, and this is how it can be. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "proto.h"
#include "tensorflow/c/experimental/grappler/grappler.h"

enum { kMaxInputs = 3 };

typedef struct {
  Bytes name, op, device, all, inputs[kMaxInputs];
  int input_count;
} Node;

static Node read_node(Bytes message) {
  Node node = {.all = message};
  Bytes field;
  for (int number; (number = take_field(&message, &field));) {
    if (number == kNodeName) node.name = field;
    if (number == kNodeOp) node.op = field;
    if (number == kNodeDevice) node.device = field;
    if (number == kNodeInput && node.input_count++ < kMaxInputs)
      node.inputs[node.input_count - 1] = field;
  }
  return node;
}

/* Control inputs count as inputs, so a node that has any is left alone. */
static bool is_ours(const Node* node, const char* op, int inputs) {
  return bytes_are(node->op, op) && node->input_count == inputs &&
         memmem(node->device.data, node->device.size, "GPU", 3);
}

static bool find(Bytes graph, Bytes name, Node* node) {
  Bytes field;
  for (int number; (number = take_field(&graph, &field));) {
    if (number != kGraphNode) continue;
    *node = read_node(field);
    if (node->name.size == name.size && !memcmp(node->name.data, name.data, name.size))
      return true;
  }
  return false;
}

static bool is_float(const Node* node) {
  static const char t_is_float[] = "\x0a\x01T\x12\x02\x30\x01";
  Bytes field, rest = node->all;
  for (int number; (number = take_field(&rest, &field));)
    if (number == kNodeAttr && bytes_are(field, t_is_float)) return true;
  return false;
}

static void put_attrs(Growing* to, const Node* matmul) {
  /* Serialized attributes: num_args = 1, fused_ops = ["BiasAdd", "Relu"]. */
  static const unsigned char num_args[] = "\x0a\x08num_args\x12\x02\x18\x01";
  static const unsigned char fused_ops[] =
      "\x0a\x09" "fused_ops\x12\x11\x0a\x0f\x12\x07" "BiasAdd\x12\x04Relu";
  Bytes field, rest = matmul->all;
  for (int number; (number = take_field(&rest, &field));) {
    Bytes key, entry = field;
    if (number != kNodeAttr || take_field(&entry, &key) != kEntryKey) continue;
    if (bytes_are(key, "T") || bytes_are(key, "transpose_a") || bytes_are(key, "transpose_b"))
      put_field(to, kNodeAttr, field);
  }
  put_field(to, kNodeAttr, (Bytes){num_args, sizeof num_args - 1});
  put_field(to, kNodeAttr, (Bytes){fused_ops, sizeof fused_ops - 1});
}

/* Writes the one node that stands for all three, if this is the Relu of such a chain. */
static bool put_fused(Growing* to, const Node* relu, Bytes graph) {
  static const unsigned char op[] = "_FusedMatMul";
  Node add, matmul;
  if (!is_ours(relu, "Relu", 1)) return false;
  if (!find(graph, relu->inputs[0], &add) || !is_ours(&add, "BiasAdd", 2)) return false;
  if (!find(graph, add.inputs[0], &matmul) || !is_ours(&matmul, "MatMul", 2)) return false;
  if (!is_float(&matmul)) return false;
  Growing fused = {NULL, 0};
  put_field(&fused, kNodeName, relu->name);
  put_field(&fused, kNodeOp, (Bytes){op, sizeof op - 1});
  put_field(&fused, kNodeInput, matmul.inputs[0]);
  put_field(&fused, kNodeInput, matmul.inputs[1]);
  put_field(&fused, kNodeInput, add.inputs[1]);
  put_field(&fused, kNodeDevice, relu->device);
  put_attrs(&fused, &matmul);
  put_field(to, kGraphNode, (Bytes){fused.data, fused.size});
  free(fused.data);
  return true;
}

static void release(void* data, size_t size) {
  (void)size;
  free(data);
}

static void fuse(void* optimizer, const TF_Buffer* from, const TF_GrapplerItem* item,
                 TF_Buffer* to, TF_Status* status) {
  (void)optimizer, (void)item, (void)status;
  const Bytes graph = {from->data, from->length};
  Growing result = {NULL, 0};
  Bytes field, rest = graph;
  for (int number; (number = take_field(&rest, &field));) {
    Node node = number == kGraphNode ? read_node(field) : (Node){.input_count = 0};
    if (!put_fused(&result, &node, graph)) put_field(&result, number, field);
  }
  put_bytes(&result, rest);
  *to = (TF_Buffer){result.data, result.size, release};
}

void TF_InitGraph(TP_OptimizerRegistrationParams* params, TF_Status* status) {
  (void)status;
  params->struct_size = TP_OPTIMIZER_REGISTRATION_PARAMS_STRUCT_SIZE;
  params->device_type = "GPU";
  params->optimizer_configs->struct_size = TP_OPTIMIZER_CONFIGS_STRUCT_SIZE;
  /* It would ask for NCHW convolutions, which the CPU kernels behind this GPU do not know. */
  params->optimizer_configs->layout_optimizer = TF_TriState_Off;
  params->optimizer->struct_size = TP_OPTIMIZER_STRUCT_SIZE;
  params->optimizer->optimize_func = fuse;
}
