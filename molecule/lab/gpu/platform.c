/* A device of platform METAL and type GPU whose memory is the host's and whose streams do nothing:
 * every kernel has finished when its compute function returns. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "faults.h"
#include "tensorflow/c/experimental/stream_executor/stream_executor.h"

enum { kAlignment = 64 }; /* TensorFlow dies on tensors aligned to less. */

static const int64_t kMemory = 8LL << 30;

struct SP_Stream_st {
  char unused;
};
struct SP_Event_st {
  char unused;
};

static void* aligned(uint64_t size) {
  return aligned_alloc(kAlignment, (size + kAlignment - 1) / kAlignment * kAlignment);
}

static void allocate(const SP_Device* device, uint64_t size, int64_t space,
                     SP_DeviceMemoryBase* memory) {
  (void)device, (void)space;
  memory->struct_size = SP_DEVICE_MEMORY_BASE_STRUCT_SIZE;
  memory->opaque = aligned(size);
  memory->size = memory->opaque ? size : 0;
}

static void deallocate(const SP_Device* device, SP_DeviceMemoryBase* memory) {
  (void)device;
  free(memory->opaque);
  memory->opaque = NULL;
  memory->size = 0;
}

static void* host_allocate(const SP_Device* device, uint64_t size) {
  (void)device;
  return aligned(size);
}

static void host_free(const SP_Device* device, void* memory) {
  (void)device;
  free(memory);
}

static TF_Bool no_stats(const SP_Device* device, SP_AllocatorStats* stats) {
  (void)device, (void)stats;
  return 0;
}

static TF_Bool memory_usage(const SP_Device* device, int64_t* unused, int64_t* total) {
  (void)device;
  *unused = *total = fault_on("no_memory_info") ? 0 : kMemory;
  return 1;
}

static void create_stream(const SP_Device* device, SP_Stream* stream, TF_Status* status) {
  (void)device, (void)status;
  *stream = calloc(1, sizeof **stream);
}

static void destroy_stream(const SP_Device* device, SP_Stream stream) {
  (void)device;
  free(stream);
}

static void depend(const SP_Device* device, SP_Stream dependent, SP_Stream other,
                   TF_Status* status) {
  (void)device, (void)dependent, (void)other, (void)status;
}

static void stream_status(const SP_Device* device, SP_Stream stream, TF_Status* status) {
  (void)device, (void)stream, (void)status;
}

static void create_event(const SP_Device* device, SP_Event* event, TF_Status* status) {
  (void)device, (void)status;
  *event = calloc(1, sizeof **event);
}

static void destroy_event(const SP_Device* device, SP_Event event) {
  (void)device;
  free(event);
}

static SE_EventStatus event_status(const SP_Device* device, SP_Event event) {
  (void)device, (void)event;
  return SE_EVENT_COMPLETE;
}

static void event_on_stream(const SP_Device* device, SP_Stream stream, SP_Event event,
                            TF_Status* status) {
  (void)device, (void)stream, (void)event, (void)status;
}

static void block_for_event(const SP_Device* device, SP_Event event, TF_Status* status) {
  (void)device, (void)event, (void)status;
}

static void synchronize(const SP_Device* device, TF_Status* status) {
  (void)device, (void)status;
}

static void to_host(const SP_Device* device, SP_Stream stream, void* to,
                    const SP_DeviceMemoryBase* from, uint64_t size, TF_Status* status) {
  (void)device, (void)stream, (void)status;
  memcpy(to, from->opaque, size);
}

static void to_device(const SP_Device* device, SP_Stream stream, SP_DeviceMemoryBase* to,
                      const void* from, uint64_t size, TF_Status* status) {
  (void)device, (void)stream, (void)status;
  memcpy(to->opaque, from, size);
}

static void within_device(const SP_Device* device, SP_Stream stream, SP_DeviceMemoryBase* to,
                          const SP_DeviceMemoryBase* from, uint64_t size, TF_Status* status) {
  (void)device, (void)stream, (void)status;
  memmove(to->opaque, from->opaque, size);
}

static void to_host_now(const SP_Device* device, void* to, const SP_DeviceMemoryBase* from,
                        uint64_t size, TF_Status* status) {
  to_host(device, NULL, to, from, size, status);
}

static void to_device_now(const SP_Device* device, SP_DeviceMemoryBase* to, const void* from,
                          uint64_t size, TF_Status* status) {
  to_device(device, NULL, to, from, size, status);
}

static void within_device_now(const SP_Device* device, SP_DeviceMemoryBase* to,
                              const SP_DeviceMemoryBase* from, uint64_t size, TF_Status* status) {
  within_device(device, NULL, to, from, size, status);
}

static void set_bytes(const SP_Device* device, SP_Stream stream, SP_DeviceMemoryBase* memory,
                      uint8_t pattern, uint64_t size, TF_Status* status) {
  (void)device, (void)stream, (void)status;
  memset(memory->opaque, pattern, size);
}

static void zero(const SP_Device* device, SP_Stream stream, SP_DeviceMemoryBase* memory,
                 uint64_t size, TF_Status* status) {
  set_bytes(device, stream, memory, 0, size, status);
}

static void set_words(const SP_Device* device, SP_Stream stream, SP_DeviceMemoryBase* memory,
                      uint32_t pattern, uint64_t size, TF_Status* status) {
  (void)device, (void)stream, (void)status;
  for (uint64_t i = 0; i < size / sizeof pattern; i++) ((uint32_t*)memory->opaque)[i] = pattern;
}

static TF_Bool call_host(const SP_Device* device, SP_Stream stream, SE_StatusCallbackFn callback,
                         void* argument) {
  (void)device, (void)stream;
  TF_Status* status = TF_NewStatus();
  callback(argument, status);
  TF_Bool fine = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  return fine;
}

static void create_stream_executor(const SP_Platform* platform,
                                   SE_CreateStreamExecutorParams* params, TF_Status* status) {
  (void)platform, (void)status;
  *params->stream_executor = (SP_StreamExecutor){
      .struct_size = SP_STREAMEXECUTOR_STRUCT_SIZE,
      .allocate = allocate,
      .deallocate = deallocate,
      .host_memory_allocate = host_allocate,
      .host_memory_deallocate = host_free,
      .unified_memory_allocate = host_allocate,
      .unified_memory_deallocate = host_free,
      .get_allocator_stats = no_stats,
      .device_memory_usage = memory_usage,
      .create_stream = create_stream,
      .destroy_stream = destroy_stream,
      .create_stream_dependency = depend,
      .get_stream_status = stream_status,
      .create_event = create_event,
      .destroy_event = destroy_event,
      .get_event_status = event_status,
      .record_event = event_on_stream,
      .wait_for_event = event_on_stream,
      .memcpy_dtoh = to_host,
      .memcpy_htod = to_device,
      .memcpy_dtod = within_device,
      .sync_memcpy_dtoh = to_host_now,
      .sync_memcpy_htod = to_device_now,
      .sync_memcpy_dtod = within_device_now,
      .block_host_for_event = block_for_event,
      .synchronize_all_activity = synchronize,
      .mem_zero = zero,
      .memset = set_bytes,
      .memset32 = set_words,
      .host_callback = call_host,
  };
}

static void destroy_stream_executor(const SP_Platform* platform, SP_StreamExecutor* executor) {
  (void)platform, (void)executor;
}

static void device_count(const SP_Platform* platform, int* count, TF_Status* status) {
  (void)platform, (void)status;
  *count = !fault_on("no_device");
}

static void create_device(const SP_Platform* platform, SE_CreateDeviceParams* params,
                          TF_Status* status) {
  (void)platform;
  if (fault_on("device_creation"))
    TF_SetStatus(status, TF_INTERNAL, "the test GPU was told to fail here (fault device_creation)");
  params->device->struct_size = SP_DEVICE_STRUCT_SIZE;
  params->device->hardware_name = "test GPU of a simulated Mac";
}

static void destroy_device(const SP_Platform* platform, SP_Device* device) {
  (void)platform, (void)device;
}

static void create_device_fns(const SP_Platform* platform, SE_CreateDeviceFnsParams* params,
                              TF_Status* status) {
  (void)platform, (void)status;
  params->device_fns->struct_size = SP_DEVICE_FNS_STRUCT_SIZE;
}

static void destroy_device_fns(const SP_Platform* platform, SP_DeviceFns* fns) {
  (void)platform, (void)fns;
}

static void create_timer_fns(const SP_Platform* platform, SP_TimerFns* fns, TF_Status* status) {
  (void)platform, (void)status;
  fns->struct_size = SP_TIMER_FNS_STRUCT_SIZE;
}

static void destroy_timer_fns(const SP_Platform* platform, SP_TimerFns* fns) {
  (void)platform, (void)fns;
}

static void destroy_platform(SP_Platform* platform) { (void)platform; }

static void destroy_platform_fns(SP_PlatformFns* fns) { (void)fns; }

void SE_InitPlugin(SE_PlatformRegistrationParams* params, TF_Status* status) {
  if (!faults_read(status)) return;
  if (fault_on("init_abort")) abort();
  while (fault_on("init_hang")) pause();
  if (fault_on("abi")) params->platform->struct_size = 0;
  if (fault_on("abi")) return;
  if (fault_on("no_init")) {
    TF_SetStatus(status, TF_INTERNAL, "the test GPU was told to fail here (fault no_init)");
    return;
  }
  *params->platform = (SP_Platform){
      .struct_size = SP_PLATFORM_STRUCT_SIZE,
      .name = "METAL",
      .type = "GPU",
      .use_bfc_allocator = 1,
      .force_memory_growth = 1,
  };
  *params->platform_fns = (SP_PlatformFns){
      .struct_size = SP_PLATFORM_FNS_STRUCT_SIZE,
      .get_device_count = device_count,
      .create_device = create_device,
      .destroy_device = destroy_device,
      .create_device_fns = create_device_fns,
      .destroy_device_fns = destroy_device_fns,
      .create_stream_executor = create_stream_executor,
      .destroy_stream_executor = destroy_stream_executor,
      .create_timer_fns = create_timer_fns,
      .destroy_timer_fns = destroy_timer_fns,
  };
  params->destroy_platform = destroy_platform;
  params->destroy_platform_fns = destroy_platform_fns;
}
