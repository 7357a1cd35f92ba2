"""Requests per second and CPU per request of the gateway, beside a plain nginx proxy that answers with the same bytes in the same run.

    http_bench.py BUILD [SECONDS]

The gateway runs with a ride service in its own process (in-process channel, the whole RPC chassis with authentication), so its CPU includes the
service's. nginx proxies with one worker to another nginx that has the answers ready; only the proxy's CPU counts. Needs nginx and wrk."""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

POST_BODY = json.dumps({"ride": {"id": "r1", "pickup": {"name": "Rathaus", "latitude": 51.97, "longitude": 8.02}, "seats": 2}})
CASES = [("small GET", "/v1/test/rides/r1", None), ("small POST", "/v1/test/rides", POST_BODY), ("30 kB list", "/v1/test/rides?pageSize=230", None)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(pids):
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def with_children(pid):
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [pid, *map(int, children)]


def fetch(url, body, token):
    request = urllib.request.Request(url, body and body.encode(), {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    return urllib.request.urlopen(request).read()


def start_nginx(folder, name, http):
    conf = folder / f"{name}.conf"
    conf.write_text(f"daemon off; user root; worker_processes 1; pid {folder}/{name}.pid; error_log {folder}/{name}.log; "
                    f"events {{ worker_connections 1024; }} http {{ access_log off; client_body_temp_path {folder}/{name}.body; "
                    f"proxy_temp_path {folder}/{name}.proxy; fastcgi_temp_path {folder}/{name}.f; uwsgi_temp_path {folder}/{name}.u; "
                    f"scgi_temp_path {folder}/{name}.s; keepalive_requests 1000000; {http} }}")
    return subprocess.Popen(["nginx", "-c", str(conf), "-p", str(folder)])


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


def measure(folder, url, body, token, pids, seconds):
    script = folder / "wrk.lua"
    script.write_text(f'wrk.headers["Authorization"] = "Bearer {token}"\n' +
                      (f'wrk.method = "POST"\nwrk.body = [[{body}]]\nwrk.headers["Content-Type"] = "application/json"\n' if body else ""))
    before = cpu_seconds(pids)
    output = subprocess.run(["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), url], capture_output=True, text=True, check=True).stdout
    used = cpu_seconds(pids) - before
    if "Non-2xx" in output:
        sys.exit(output)
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1)), used / requests * 1e6


def main():
    build, seconds = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        gateway = subprocess.Popen([build / "bin" / "gateway_test_server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        port = int(gateway.stdout.readline().split()[1])
        token = gateway.stdout.readline().split()[1]
        static, proxy = free_port(), free_port()
        locations = ""
        for i, (_, path, body) in enumerate(CASES):
            (folder / f"case{i}").write_bytes(fetch(f"http://localhost:{port}{path}", body, token))
            locations += (f"location = /case{i} {{ default_type application/json; root {folder}; "
                          + (f"error_page 405 =200 /case{i}; " if body else "") + "} ")
        nginxes = [start_nginx(folder, "static", f"server {{ listen 127.0.0.1:{static} reuseport; {locations} }}"),
                   start_nginx(folder, "proxy", f"upstream origin {{ server 127.0.0.1:{static}; keepalive 64; }} server {{ listen 127.0.0.1:{proxy} reuseport; "
                               "location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection \"\"; } }")]
        try:
            wait_for(static)
            wait_for(proxy)
            print(f"{'':12} {'gateway 1/s':>12} {'nginx 1/s':>12} {'ratio':>6} {'gateway us CPU':>15} {'nginx us CPU':>13}")
            for i, (name, path, body) in enumerate(CASES):
                ours = measure(folder, f"http://localhost:{port}{path}", body, token, [gateway.pid], seconds)
                theirs = measure(folder, f"http://localhost:{proxy}/case{i}", body, token, with_children(nginxes[1].pid), seconds)
                print(f"{name:12} {ours[0]:12.0f} {theirs[0]:12.0f} {ours[0] / theirs[0]:6.2f} {ours[1]:15.1f} {theirs[1]:13.1f}")
        finally:
            for nginx in nginxes:
                nginx.terminate()
                nginx.wait()
            gateway.stdin.close()
            gateway.wait()


if __name__ == "__main__":
    main()
