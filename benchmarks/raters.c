/* Many rating pages at once, each with a connection of its own and a POST every two seconds, from one thread.
 *
 *   raters PORT SECONDS RATERS PIECES ANSWERS
 *
 * RATERS: a line for each rater: sitting, stream, session cookie, CSRF token. PIECES: the events of one record a line;
 * a POST carries them all, numbered on from the last. ANSWERS is written: a line for each POST that was due: index of
 * the rater, number of its first record, HTTP status (0: none), how many records were acknowledged, and milliseconds
 * from the time it was due to the last byte of the answer. A POST that is due while its page still waits for an answer
 * is sent after it and timed from when it was due: a slow server is not let off by being asked less.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_S 2.0
#define PATIENCE_S 30.0
#define MOST_PIECES 64
#define BODY (64 * 1024)
#define ANSWER (16 * 1024)

struct rater {
    char sitting[64], stream[64], cookie[80], csrf[80];
    int fd, busy, waiting;
    long seq;
    double due_s, next_due_s;
    int got;
    char answer[ANSWER];
};

static char *pieces[MOST_PIECES];
static int piece_count;
static FILE *answers;

static double now_s(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void reach(struct rater *one, int poll, int index, int port) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
    one->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (one->fd < 0 || connect(one->fd, (struct sockaddr *)&there, sizeof there) < 0) fail("connect");
    int on = 1;
    setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(one->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, one->fd, &event) < 0) fail("epoll_ctl");
}

static void post(struct rater *one) {
    static char body[BODY], head[1024];
    int length = snprintf(body, sizeof body, "{\"stream\":\"%s\",\"records\":[", one->stream);
    for (int place = 0; place < piece_count; place++)
        length += snprintf(body + length, sizeof body - length, "%s{\"seq\":%ld,\"events\":%s}", place ? "," : "",
                           one->seq + place, pieces[place]);
    length += snprintf(body + length, sizeof body - length, "]}");
    int head_length = snprintf(head, sizeof head,
                               "POST /room/sittings/%s/records HTTP/1.1\r\nHost: localhost\r\n"
                               "Content-Type: application/json\r\nContent-Length: %d\r\nX-CSRFToken: %s\r\n"
                               "Cookie: dialogram=%s; dialogram_csrf=%s\r\n\r\n",
                               one->sitting, length, one->csrf, one->cookie, one->csrf);
    /* Some 4 kB on an idle connection always fit into its buffer. */
    if (send(one->fd, head, head_length, MSG_MORE) != head_length || send(one->fd, body, length, 0) != length)
        fail("send");
    one->busy = 1;
    one->got = 0;
}

static void note(struct rater *one, int index, int status, int acknowledged, double at_s) {
    fprintf(answers, "%d %ld %d %d %.3f\n", index, one->seq, status, acknowledged, 1000 * (at_s - one->due_s));
}

/* Whether the whole answer is there; then how many records it acknowledges. */
static int whole(struct rater *one, int *status, int *acknowledged) {
    one->answer[one->got] = 0;
    char *body = strstr(one->answer, "\r\n\r\n"), *length = strcasestr(one->answer, "content-length:");
    if (!body || !length || one->got < body + 4 - one->answer + atoi(length + 15)) return 0;
    *status = atoi(one->answer + 9);
    *acknowledged = 0;
    char *list = strstr(body, "\"acknowledged\":[");
    if (list && list[16] != ']') {
        *acknowledged = 1;
        for (char *at = list + 16; *at && *at != ']'; at++) *acknowledged += *at == ',';
    }
    return 1;
}

int main(int count, char **arguments) {
    if (count != 6) return fprintf(stderr, "expected PORT SECONDS RATERS PIECES ANSWERS\n"), 2;
    int port = atoi(arguments[1]);
    double seconds = atof(arguments[2]);
    FILE *list = fopen(arguments[3], "r"), *texts = fopen(arguments[4], "r");
    answers = fopen(arguments[5], "w");
    if (!list || !texts || !answers) fail("open");
    size_t room = 0;
    ssize_t got;
    while (piece_count < MOST_PIECES && (got = getline(&pieces[piece_count], &room, texts)) > 1) {
        pieces[piece_count++][got - 1] = 0;
        room = 0;
    }
    struct rater *raters = NULL;
    int many = 0, poll = epoll_create1(0);
    for (;;) {
        raters = realloc(raters, (many + 1) * sizeof *raters);
        struct rater *one = &raters[many];
        memset(one, 0, sizeof *one);
        if (fscanf(list, "%63s %63s %79s %79s", one->sitting, one->stream, one->cookie, one->csrf) != 4) break;
        many++;
    }
    for (int index = 0; index < many; index++) reach(&raters[index], poll, index, port);
    double begun_s = now_s(), end_s = begun_s + seconds;
    for (int index = 0; index < many; index++) raters[index].next_due_s = begun_s + PERIOD_S * index / many;
    int next = 0, open = 0;
    static struct epoll_event events[256];
    while (now_s() < end_s + (open ? PATIENCE_S : 0)) {
        /* All have one period, so they are due in turn. */
        for (double at_s; (at_s = now_s()) < end_s && raters[next].next_due_s <= at_s; next = (next + 1) % many) {
            struct rater *one = &raters[next];
            if (one->busy) {
                one->waiting++;
            } else {
                one->due_s = one->next_due_s;
                post(one);
                open++;
            }
            one->next_due_s += PERIOD_S;
        }
        int ready = epoll_wait(poll, events, 256, 1);
        for (int place = 0; place < ready; place++) {
            int index = events[place].data.u32, status, acknowledged;
            struct rater *one = &raters[index];
            ssize_t read = recv(one->fd, one->answer + one->got, ANSWER - 1 - one->got, 0);
            if (read < 0 && errno == EAGAIN) continue;
            if (read <= 0) {
                if (one->busy) note(one, index, 0, 0, now_s());
                open -= one->busy;
                one->busy = 0;
                close(one->fd);
                reach(one, poll, index, port);
                continue;
            }
            one->got += read;
            if (!whole(one, &status, &acknowledged)) continue;
            note(one, index, status, acknowledged, now_s());
            one->seq += piece_count;
            one->busy = 0;
            open--;
            if (one->waiting) {
                one->due_s += PERIOD_S;
                one->waiting--;
                post(one);
                open++;
            }
        }
    }
    for (int index = 0; index < many; index++)
        if (raters[index].busy) note(&raters[index], index, 0, 0, now_s());
    return fclose(answers);
}
