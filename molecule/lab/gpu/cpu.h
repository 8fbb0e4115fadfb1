#ifndef LAB_GPU_CPU_H_
#define LAB_GPU_CPU_H_

#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/tf_buffer.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

/* The op's name in a serialized NodeDef; the caller frees it. */
char* cpu_op_name(const TF_Buffer* node);

/* An eager context without any GPU, opened once; NULL when status is not OK. */
TFE_Context* cpu_context(TF_Status* status);

/* Runs the node's op by its CPU kernel. Returns how many outputs there are, which the caller
 * deletes; 0 when status is not OK. */
int cpu_run(const TF_Buffer* node, const char* op, TFE_TensorHandle* const* inputs,
            int input_count, TF_Tensor** outputs, int most_outputs, TF_Status* status);

#endif
