#define _GNU_SOURCE
#include "client.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>

static __thread sigjmp_buf back;
static __thread volatile sig_atomic_t touching;

static void on_bus_error(int signal) {
    if (touching) {
        siglongjmp(back, 1);
    }
    struct sigaction fatal = {.sa_handler = SIG_DFL};
    sigaction(signal, &fatal, NULL); /* a bug of the client: the same access again ends it */
}

int catch_bus_errors(void) {
    struct sigaction action = {.sa_handler = on_bus_error};
    sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, NULL);
}

int touch(const volatile uint64_t *address, uint64_t *value) {
    if (sigsetjmp(back, 1) != 0) {
        touching = 0;
        return 0;
    }
    touching = 1;
    *value = *address;
    touching = 0;
    return 1;
}
