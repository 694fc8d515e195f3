"""A server beside hogs: it sends back what it gets (UDP, on 127.0.0.1) until that is empty.

Run Python with -u: who wants to talk to the server must read its port at once.

arguments: HOGS INTERVAL (the switch interval, in seconds)
prints:    port N, when it is ready
           done, when the empty datagram has come
           counted N, how far the hogs came meanwhile
"""
from socket import AF_INET, SOCK_DGRAM, socket
from sys import argv, setswitchinterval
from threading import Thread
from time import sleep

LARGEST = 65536
SLEEP = 0.001


def hog(counts):
    running.append(True)
    n = 0
    while hogging:
        n += 1
    counts.append(n)


def serve(server):
    data, client = server.recvfrom(LARGEST)
    while len(data) > 0:
        server.sendto(data, client)
        data, client = server.recvfrom(LARGEST)


hogs = int(argv[1])
setswitchinterval(float(argv[2]))
server = socket(AF_INET, SOCK_DGRAM)
server.bind(("127.0.0.1", 0))

hogging = True
running = []
counts = []
threads = []
for number in range(hogs):
    thread = Thread(None, hog, None, (counts,))
    thread.start()
    threads.append(thread)

while len(running) < hogs:
    sleep(SLEEP)
print("port", server.getsockname()[1])
serve(server)
server.close()
print("done")

hogging = False
for thread in threads:
    thread.join()
print("counted", sum(counts))
