/* The bound: what one USSD request costs at least. Opens each port raw, writes the request,
 * reads until the +CUSD line has ended, prints it. No checks, no decoding, nothing put back. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <termios.h>
#include <unistd.h>

struct port { int fd; size_t length; char text[512]; };

static void start(struct port *port, const char *path, const char *request)
{
    struct termios line;
    port->fd = open(path, O_RDWR | O_NOCTTY);
    if (port->fd < 0 || tcgetattr(port->fd, &line)) exit(3);
    cfmakeraw(&line);
    if (tcsetattr(port->fd, TCSANOW, &line)) exit(3);
    if (write(port->fd, request, strlen(request)) < 0) exit(3);
}

/* Reads once; the whole +CUSD line is printed when its end is there. */
static int take(struct port *port)
{
    ssize_t count = read(port->fd, port->text + port->length, sizeof port->text - 1 - port->length);
    if (count <= 0) exit(3);
    port->length += count;
    port->text[port->length] = 0;
    char *reply = strstr(port->text, "+CUSD:");
    char *end = reply ? strstr(reply, "\r\n") : 0;
    if (!end) return 0;
    if (write(1, reply, end + 2 - reply) < 0) exit(1);
    return 1;
}

int main(int count, char **arguments)
{
    int ports = count - 2;
    struct port *all = calloc(ports, sizeof *all);
    char request[64];
    snprintf(request, sizeof request, "AT+CUSD=1,\"%s\",15\r", arguments[1]);
    if (ports == 1) {
        start(all, arguments[2], request);
        while (!take(all)) {}
        return 0;
    }
    int queue = epoll_create1(0);
    for (int i = 0; i < ports; i++) {
        start(all + i, arguments[i + 2], request);
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = all + i };
        if (epoll_ctl(queue, EPOLL_CTL_ADD, all[i].fd, &event)) exit(3);
    }
    for (int left = ports; left > 0;) {
        struct epoll_event events[64];
        int ready = epoll_wait(queue, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            struct port *port = events[i].data.ptr;
            if (!take(port)) continue;
            epoll_ctl(queue, EPOLL_CTL_DEL, port->fd, 0);
            left--;
        }
    }
    return 0;
}
