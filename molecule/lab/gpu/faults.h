#ifndef LAB_GPU_FAULTS_H_
#define LAB_GPU_FAULTS_H_

#include <stdbool.h>

#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

/* Reads the faults to commit; false, with a status, when a word is none of them. */
bool faults_read(TF_Status* status);

bool fault_on(const char* name);

/* Spoils what `op` has just computed, if a fault that is on strikes there. */
void faults_strike(const char* op, TF_Tensor* result, TF_Status* status);

#endif
