#ifndef LAB_GPU_RNN_H_
#define LAB_GPU_RNN_H_

#include <stdbool.h>

#include "tensorflow/c/tf_buffer.h"
#include "tensorflow/c/tf_tensor.h"

/* Whether this op is one of cuDNN's recurrent ones, which have no CPU kernel. */
bool rnn_is(const char* op);

/* Runs it: an LSTM or a GRU of one layer in one direction. Returns how many outputs there are. */
int rnn_run(const TF_Buffer* node, const char* op, TF_Tensor* const* inputs, TF_Tensor** outputs);

#endif
