/* MatMul or Conv2D + BiasAdd, and an activation after it, become one node in graph mode, an op that
 * tensorflow-metal has a kernel for: Metal's Dense+ReLU has been wrong in graph mode only, and this
 * is how it can be. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "faults.h"
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

/* What TensorFlow's own CPU kernels, in every release, can do after the bias. */
static const char* const activations[] = {"Relu", "Relu6", "LeakyRelu", NULL};

static const struct {
  const char *op, *fused, *attrs[8];
} products[] = {
    {"MatMul", "_FusedMatMul", {"T", "transpose_a", "transpose_b"}},
    {"Conv2D",
     "_FusedConv2D",
     {"T", "strides", "padding", "explicit_paddings", "data_format", "dilations"}},
};

enum { kProducts = sizeof products / sizeof *products };

static Bytes text(const char* characters) {
  return (Bytes){(const unsigned char*)characters, strlen(characters)};
}

static bool find_attr(const Node* node, const char* name, Bytes* attr) {
  Bytes field, rest = node->all;
  for (int number; (number = take_field(&rest, &field));) {
    Bytes key, entry = field;
    if (number != kNodeAttr || take_field(&entry, &key) != kEntryKey) continue;
    *attr = field;
    if (bytes_are(key, name)) return true;
  }
  return false;
}

static bool is_float(const Node* node) {
  static const char t_is_float[] = "\x0a\x01T\x12\x02\x30\x01";
  Bytes attr;
  return find_attr(node, "T", &attr) && bytes_are(attr, t_is_float);
}

static void put_attr(Growing* to, const char* name, Bytes value) {
  Growing entry = {NULL, 0};
  put_field(&entry, kEntryKey, text(name));
  put_field(&entry, kEntryValue, value);
  put_field(to, kNodeAttr, (Bytes){entry.data, entry.size});
  free(entry.data);
}

static void put_list(Growing* to, const char* name, Growing* list) {
  Growing value = {NULL, 0};
  put_field(&value, kValueList, (Bytes){list->data, list->size});
  put_attr(to, name, (Bytes){value.data, value.size});
  free(value.data);
  free(list->data);
}

static void put_attrs(Growing* to, int product, const Node* node, const Node* activation) {
  static const unsigned char one[] = "\x18\x01", float_type[] = "\x32\x01\x01";
  Bytes attr;
  Growing names = {NULL, 0}, types = {NULL, 0};
  for (const char* const* name = products[product].attrs; *name; name++)
    if (find_attr(node, *name, &attr)) put_field(to, kNodeAttr, attr);
  put_attr(to, "num_args", (Bytes){one, 2});
  put_field(&names, kListText, text("BiasAdd"));
  if (activation) put_field(&names, kListText, activation->op);
  put_list(to, "fused_ops", &names);
  put_bytes(&types, (Bytes){float_type, 3});
  if (!strcmp(products[product].op, "Conv2D")) put_list(to, "TArgs", &types);
  else free(types.data);
  if (activation && find_attr(activation, "alpha", &attr)) {
    Bytes key, value = {NULL, 0}, entry = attr;
    take_field(&entry, &key);
    take_field(&entry, &value);
    put_attr(to, "leakyrelu_alpha", value);
  }
}

static bool is_activation(const Node* node) {
  for (const char* const* name = activations; *name; name++)
    if (is_ours(node, *name, 1)) return true;
  return false;
}

/* Writes the one node that stands for all, if `last` ends such a chain. */
static bool put_fused(Growing* to, const Node* last, Bytes graph) {
  Node add = *last, product;
  bool activated = is_activation(last);
  if (activated && !find(graph, last->inputs[0], &add)) return false;
  if (!is_ours(&add, "BiasAdd", 2) || !find(graph, add.inputs[0], &product)) return false;
  for (int i = 0; i < kProducts; i++) {
    if (!is_ours(&product, products[i].op, 2) || !is_float(&product)) continue;
    Growing fused = {NULL, 0};
    put_field(&fused, kNodeName, last->name);
    put_field(&fused, kNodeOp, text(products[i].fused));
    put_field(&fused, kNodeInput, product.inputs[0]);
    put_field(&fused, kNodeInput, product.inputs[1]);
    put_field(&fused, kNodeInput, add.inputs[1]);
    put_field(&fused, kNodeDevice, last->device);
    put_attrs(&fused, i, &product, activated ? last : NULL);
    put_field(to, kGraphNode, (Bytes){fused.data, fused.size});
    free(fused.data);
    return true;
  }
  return false;
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
  bool plain = fault_on("few_kernels");
  for (int number; (number = take_field(&rest, &field));) {
    Node node = number == kGraphNode ? read_node(field) : (Node){.input_count = 0};
    if (plain || !put_fused(&result, &node, graph)) put_field(&result, number, field);
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
  /* It would ask for fusions, approximate GELU's, that only CUDA has. */
  params->optimizer_configs->remapping = TF_TriState_Off;
  params->optimizer->struct_size = TP_OPTIMIZER_STRUCT_SIZE;
  params->optimizer->optimize_func = fuse;
}
