#ifndef LAB_GPU_VARIABLE_H_
#define LAB_GPU_VARIABLE_H_

#include "tensorflow/c/eager/c_api.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

/* A variable of the context without a GPU that starts as `value`; NULL when status is not OK. */
TFE_TensorHandle* variable_new(const TF_Tensor* value, TF_Status* status);

/* Copies what the variable holds into `to`, which has its size. */
void variable_read(TFE_TensorHandle* variable, TF_Tensor* to, TF_Status* status);

#endif
