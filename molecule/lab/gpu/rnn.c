/* LSTM and GRU as cuDNN's ops have them, forward and backward. Keras asks for these ops wherever
 * there is a GPU, tensorflow-metal has them, and TensorFlow has no CPU kernel to lend. */
#include "rnn.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto.h"

/* Of each step the reserve keeps the gates and what else the way back needs. */
enum { kKept = 5 };

typedef struct {
  bool gru, time_major, lengths_given;
  int64_t steps, batch, inputs, units, gates;
  const int32_t* lengths;
} Shape;

static bool attr_holds(const TF_Buffer* node, const char* name, const char* text, size_t size) {
  Bytes field, rest = {node->data, node->length};
  for (int number; (number = take_field(&rest, &field));) {
    Bytes key, value, entry = field;
    if (number != kNodeAttr || take_field(&entry, &key) != kEntryKey) continue;
    if (bytes_are(key, name) && take_field(&entry, &value) == kEntryValue)
      return value.size == size && !memcmp(value.data, text, size);
  }
  return false;
}

static float* floats(const TF_Tensor* tensor) { return TF_TensorData(tensor); }

static TF_Tensor* zeros(TF_DataType type, const int64_t* shape, int rank) {
  int64_t count = 1;
  for (int i = 0; i < rank; i++) count *= shape[i];
  TF_Tensor* tensor = TF_AllocateTensor(type, shape, rank, (size_t)count * TF_DataTypeSize(type));
  if (TF_TensorByteSize(tensor)) memset(TF_TensorData(tensor), 0, TF_TensorByteSize(tensor));
  return tensor;
}

static TF_Tensor* zeros_like(const TF_Tensor* other) {
  int64_t shape[8];
  for (int i = 0; i < TF_NumDims(other); i++) shape[i] = TF_Dim(other, i);
  return zeros(TF_TensorType(other), shape, TF_NumDims(other));
}

static Shape read_shape(const TF_Buffer* node, const char* op, TF_Tensor* const* inputs) {
  static const char gru[] = "\x12\x03gru", yes[] = "\x28\x01";
  Shape shape = {.gru = attr_holds(node, "rnn_mode", gru, sizeof gru - 1)};
  shape.lengths_given = strstr(op, "V3");
  shape.time_major = !shape.lengths_given || attr_holds(node, "time_major", yes, sizeof yes - 1);
  shape.steps = TF_Dim(inputs[0], !shape.time_major);
  shape.batch = TF_Dim(inputs[0], shape.time_major);
  shape.inputs = TF_Dim(inputs[0], 2);
  shape.units = TF_Dim(inputs[1], 2);
  shape.gates = shape.gru ? 3 : 4;
  if (shape.lengths_given) shape.lengths = TF_TensorData(inputs[4]);
  return shape;
}

/* Where a step of one sequence stands in a tensor of `width` numbers each. */
static int64_t place(const Shape* s, int64_t step, int64_t row, int64_t width) {
  return (s->time_major ? step * s->batch + row : row * s->steps + step) * width;
}

static int64_t length(const Shape* s, int64_t row) {
  return s->lengths ? s->lengths[row] : s->steps;
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

/* The weights of the inputs, those of the state, the two biases: all gates of each in turn. */
static void step_forward(const Shape* s, const float* params, const float* x, const float* h,
                         float* c, float* kept, float* out) {
  int64_t n = s->units, g = s->gates;
  const float *w = params, *r = w + g * n * s->inputs, *b = r + g * n * n, *d = b + g * n;
  for (int64_t j = 0; j < n; j++) {
    double from_x[4], from_h[4];
    for (int64_t k = 0; k < g; k++) {
      from_x[k] = b[k * n + j];
      from_h[k] = d[k * n + j];
      for (int64_t i = 0; i < s->inputs; i++) from_x[k] += w[(k * n + j) * s->inputs + i] * x[i];
      for (int64_t i = 0; i < n; i++) from_h[k] += r[(k * n + j) * n + i] * h[i];
    }
    float* keep = kept + j * kKept;
    if (s->gru) {
      /* Keras swaps the first two for CUDA's builds alone. */
      double update = sigmoid(from_x[0] + from_h[0]), reset = sigmoid(from_x[1] + from_h[1]);
      double candidate = tanh(from_x[2] + reset * from_h[2]);
      keep[0] = (float)reset, keep[1] = (float)update;
      keep[2] = (float)candidate, keep[3] = (float)from_h[2];
      out[j] = (float)((1 - update) * candidate + update * h[j]);
    } else {
      for (int64_t k = 0; k < g; k++)
        keep[k] = (float)(k == 2 ? tanh(from_x[k] + from_h[k]) : sigmoid(from_x[k] + from_h[k]));
      keep[4] = c[j];
      c[j] = keep[1] * c[j] + keep[0] * keep[2];
      out[j] = (float)(keep[3] * tanh(c[j]));
    }
  }
}

static int forward(const Shape* s, TF_Tensor* const* inputs, TF_Tensor** outputs) {
  int64_t n = s->units, sizes[3] = {s->time_major ? s->steps : s->batch,
                                    s->time_major ? s->batch : s->steps, n};
  int64_t reserve = s->steps * s->batch * n * kKept, none = 0;
  outputs[0] = zeros(TF_FLOAT, sizes, 3);
  outputs[1] = zeros_like(inputs[1]);
  outputs[2] = zeros_like(s->gru ? inputs[2] : inputs[1]);
  outputs[3] = zeros(TF_FLOAT, &reserve, 1);
  if (s->lengths_given) outputs[4] = zeros(TF_INT8, &none, 1);
  for (int64_t row = 0; row < s->batch; row++) {
    float h[n], *c = floats(outputs[2]) + row * n;
    memcpy(h, floats(inputs[1]) + row * n, sizeof h);
    if (!s->gru) memcpy(c, floats(inputs[2]) + row * n, sizeof h);
    for (int64_t step = 0; step < length(s, row); step++) {
      float* out = floats(outputs[0]) + place(s, step, row, n);
      step_forward(s, floats(inputs[3]), floats(inputs[0]) + place(s, step, row, s->inputs), h, c,
                   floats(outputs[3]) + place(s, step, row, n * kKept), out);
      memcpy(h, out, sizeof h);
    }
    memcpy(floats(outputs[1]) + row * n, h, sizeof h);
  }
  return s->lengths_given ? 5 : 4;
}

/* The slopes before the gates' functions, of the inputs' part and of the state's. */
static void gate_slopes(const Shape* s, const float* keep, double h, double* dh, double* dc,
                        double* of_x, double* of_h) {
  if (s->gru) {
    double candidate = *dh * (1 - keep[1]) * (1 - keep[2] * keep[2]);
    of_x[1] = of_h[1] = candidate * keep[3] * keep[0] * (1 - keep[0]);
    of_x[0] = of_h[0] = *dh * (h - keep[2]) * keep[1] * (1 - keep[1]);
    of_x[2] = candidate;
    of_h[2] = candidate * keep[0];
    *dh *= keep[1];
    return;
  }
  double squashed = tanh(keep[1] * keep[4] + keep[0] * keep[2]);
  *dc += *dh * keep[3] * (1 - squashed * squashed);
  of_x[0] = *dc * keep[2] * keep[0] * (1 - keep[0]);
  of_x[1] = *dc * keep[4] * keep[1] * (1 - keep[1]);
  of_x[2] = *dc * keep[0] * (1 - keep[2] * keep[2]);
  of_x[3] = *dh * squashed * keep[3] * (1 - keep[3]);
  memcpy(of_h, of_x, 4 * sizeof *of_h);
  *dc *= keep[1];
  *dh = 0;
}

static void step_backward(const Shape* s, const float* params, const float* x, const float* h,
                          const float* kept, double* dh, double* dc, float* dx, double* dparams) {
  int64_t n = s->units, g = s->gates, m = s->inputs;
  const float *w = params, *r = w + g * n * m;
  double *dw = dparams, *dr = dw + g * n * m, *db = dr + g * n * n, *dd = db + g * n;
  double before[n], slope_x[m];
  memset(before, 0, sizeof before);
  memset(slope_x, 0, sizeof slope_x);
  for (int64_t j = 0; j < n; j++) {
    double of_x[4], of_h[4];
    gate_slopes(s, kept + j * kKept, h[j], &dh[j], &dc[j], of_x, of_h);
    for (int64_t k = 0; k < g; k++) {
      int64_t gate = k * n + j;
      db[gate] += of_x[k];
      dd[gate] += of_h[k];
      for (int64_t i = 0; i < m; i++) {
        slope_x[i] += of_x[k] * w[gate * m + i];
        dw[gate * m + i] += of_x[k] * x[i];
      }
      for (int64_t i = 0; i < n; i++) {
        before[i] += of_h[k] * r[gate * n + i];
        dr[gate * n + i] += of_h[k] * h[i];
      }
    }
  }
  for (int64_t j = 0; j < n; j++) dh[j] += before[j];
  for (int64_t i = 0; i < m; i++) dx[i] = (float)slope_x[i];
}

static int backward(const Shape* s, TF_Tensor* const* inputs, TF_Tensor** outputs) {
  TF_Tensor* const* after = inputs + 4 + s->lengths_given; /* what the forward op gave, and on */
  int64_t n = s->units, count = TF_TensorElementCount(inputs[3]);
  double* dparams = calloc((size_t)count, sizeof *dparams);
  for (int i = 0; i < 4; i++) outputs[i] = zeros_like(inputs[i]);
  for (int64_t row = 0; row < s->batch; row++) {
    double dh[n], dc[n];
    for (int64_t j = 0; j < n; j++) {
      dh[j] = floats(after[4])[row * n + j];
      dc[j] = s->gru ? 0 : floats(after[5])[row * n + j];
    }
    for (int64_t step = length(s, row) - 1; step >= 0; step--) {
      for (int64_t j = 0; j < n; j++) dh[j] += floats(after[3])[place(s, step, row, n) + j];
      const float* h = step ? floats(after[0]) + place(s, step - 1, row, n)
                            : floats(inputs[1]) + row * n;
      int64_t at = place(s, step, row, s->inputs);
      step_backward(s, floats(inputs[3]), floats(inputs[0]) + at, h,
                    floats(after[6]) + place(s, step, row, n * kKept), dh, dc,
                    floats(outputs[0]) + at, dparams);
    }
    for (int64_t j = 0; j < n; j++) {
      floats(outputs[1])[row * n + j] = (float)dh[j];
      if (!s->gru) floats(outputs[2])[row * n + j] = (float)dc[j];
    }
  }
  for (int64_t i = 0; i < count; i++) floats(outputs[3])[i] = (float)dparams[i];
  free(dparams);
  return 4;
}

bool rnn_is(const char* op) { return !strncmp(op, "CudnnRNN", 8); }

int rnn_run(const TF_Buffer* node, const char* op, TF_Tensor* const* inputs, TF_Tensor** outputs) {
  Shape shape = read_shape(node, op, inputs);
  return strstr(op, "Backprop") ? backward(&shape, inputs, outputs)
                                : forward(&shape, inputs, outputs);
}
