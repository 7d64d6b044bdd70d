/* What the parts of the test client share. */
#ifndef CDEV_GATE_CLIENT_H
#define CDEV_GATE_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The words of a command line, taken one after the other. */
struct words {
    char *rest;
};

char *next_word(struct words *w);
long next_long(struct words *w);
/* Bytes in hexadecimal; *data is to be freed. */
size_t next_bytes(struct words *w, unsigned char **data);

/* Answers. Each command gives one; errno is that of the call that failed. */
struct answer {
    char *text; /* to be freed */
};

struct answer answer_result(long result);
struct answer answer_data(long result, const unsigned char *data, size_t bytes);
struct answer answer_unknown(const char *command);

/* Runs a command of the file of that name; false if it has none of this name. */
int run_call(const char *command, struct words *w, struct answer *a);
int run_signal_command(const char *command, struct words *w, struct answer *a);
int run_passing_command(const char *command, struct words *w, struct answer *a);
int run_other_way(const char *command, struct words *w, struct answer *a);

/* A descriptor that "closeall" is to close; passes it on. */
long remember(long fd);

/* Sends a signal to the thread of another command: 1, 0 if it has returned, -1 and errno. */
int signal_command_thread(int id, int signal);

void install_handlers(void);

#define IS_COMMAND(name) (strcmp(command, name) == 0)

#endif
