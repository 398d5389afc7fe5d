"""Servers as they are: what the filler makes of each. No hub is needed for it."""

import email.utils
import ssl
import subprocess
import sys
import time

import pytest
from data_volume import FILES, Served, Server, tar_of

A = tar_of(300_000, "a")


def run(volume, rows, before=""):
    code, report = volume.run(volume.order({"alps": rows}), before)
    problems = report["sets"][0]["problems"]
    return code, problems[0] if problems else None


def one(volume, body=A, **how):
    served = volume.serve("a.tar", body, **how)
    return served, [volume.row("a.tar", A)]


def whole(volume, body=A):
    return volume.seen() == {"download_cache/data.example.org/a.tar": body}


def date(ago):
    return email.utils.formatdate(time.time() - ago, usegmt=True)


@pytest.mark.parametrize("proof", [{"tag": '"x"'}, {"tag": None, "date": date(9999)}])
def test_cut_connections_are_resumed(volume, proof):
    _, rows = one(volume, cut=[100_000, 100_000], **proof)
    assert run(volume, rows) == (0, None)
    assert whole(volume)
    assert volume.server.sent() == len(A)
    assert [row["range"] for row in volume.server.log] == [None, "bytes=100000-", "bytes=200000-"]


@pytest.mark.parametrize("proof", [{"tag": None}, {"tag": 'W/"weak"'}, {"ranges": False}])
def test_without_proof_it_begins_anew(volume, proof):
    _, rows = one(volume, cut=[100_000], **proof)
    assert run(volume, rows) == (0, None)
    assert whole(volume)
    assert volume.server.sent() == 100_000 + len(A)


@pytest.mark.parametrize("heeds", [True, False])
def test_a_file_that_changes_in_the_middle_is_never_put_together(volume, heeds):
    """Also where the server does not heed If-Range and sends the rest of another version."""
    served, rows = one(volume, cut=[100_000], heeds_if_range=heeds)
    other = tar_of(300_000, "z")

    def change(handler):
        served.body, served.tag = other, '"two"'
        handler.answer(served, volume.server.log[-1])

    served.answers = [lambda handler: handler.answer(served, volume.server.log[-1]), change]
    assert run(volume, rows) == (0, None)
    assert whole(volume, other)


def test_a_changed_size_is_told(volume):
    one(volume, A + b"more", pause=0.05)
    rows = [volume.row("a.tar", A)]
    code, problem = run(volume, rows)
    assert code == 1
    assert f"has {len(A) + 4} bytes now, and the lock says {len(A)}" in problem["cause"]
    assert "glaciocloud data lock" in problem["cure"]
    assert volume.server.sent() < len(A) / 2
    assert volume.content() == set()


def test_a_longer_file_without_length_is_told(volume):
    one(volume, A + b"more", length=False)
    code, problem = run(volume, [volume.row("a.tar", A)])
    assert code == 1
    assert "larger than the lock says" in problem["cause"]


def test_a_shorter_file_without_length_is_told(volume):
    one(volume, A[:-5], length=False, ranges=False)
    code, problem = run(volume, [volume.row("a.tar", A)])
    assert code == 3
    assert "it ends after" in problem["cause"]


def test_busy_servers_are_waited_for(volume):
    _, rows = one(volume, answers=[(503, {"Retry-After": "1"}), (429, {}), (500, {})])
    assert run(volume, rows) == (0, None)
    at = [row["at"] for row in volume.server.log]
    assert at[1] - at[0] >= 1.0
    assert len(at) == 4


def test_waiting_has_an_end(volume):
    far = email.utils.formatdate(time.time() + 86400, usegmt=True)
    _, rows = one(volume, answers=[(503, {"Retry-After": far})] * 99)
    code, problem = run(volume, rows, "data_download.LONGEST_PAUSE = 0.2")
    assert code == 3
    assert "it answers 503 (6 times)" in problem["cause"]
    assert "goes on where this one ended" in problem["cure"]
    assert len(volume.server.log) == 6


def test_silent_and_slow_servers(volume):
    def silent(handler):
        time.sleep(1.5)

    _, rows = one(volume, answers=[silent])
    assert run(volume, rows) == (0, None)
    volume.serve("b.tar", A, pause=0.3)
    row = volume.row("b.tar", A)
    more = "data_download.LEAST_RATE = 900_000; data_download.TRIES = 1"
    code, problem = run(volume, [row], more)
    assert code == 3
    assert "it is too slow" in problem["cause"]


def test_mirrors_in_order(volume):
    mirror = Server()
    mirror.files["/m.tar"] = volume.serve("m.tar", A)
    urls = [f"{volume.server.url}/gone.tar", f"{mirror.url}/m.tar", f"{volume.server.url}/m.tar"]
    assert run(volume, [volume.row("a.tar", A, urls=urls)]) == (0, None)
    assert whole(volume)
    assert [row["path"] for row in volume.server.log] == ["/gone.tar"]
    assert mirror.sent() == len(A)
    mirror.stop()


def test_what_another_server_sent_is_no_beginning(volume):
    mirror = Server()
    other = tar_of(300_000, "z")
    mirror.files["/m.tar"] = volume.serve("m.tar", other)
    first, _ = one(volume, cut=[100_000], answers=[])
    first.answers = [lambda h: h.answer(first, volume.server.log[-1]), *[(404, {})] * 9]
    urls = [f"{volume.server.url}/a.tar", f"{mirror.url}/m.tar"]
    assert run(volume, [volume.row("a.tar", A, urls=urls)]) == (0, None)
    assert whole(volume, other)
    assert mirror.log[0]["range"] is None
    mirror.stop()


def test_a_mirror_takes_the_place_of_a_dead_server(volume):
    dead = Server()
    dead.stop()
    volume.serve("a.tar", A)
    rows = [
        volume.row("x", A, urls=[f"{dead.url}/{n}", f"{volume.server.url}/a.tar"], path=f"x/{n}")
        for n in range(6)
    ]
    begin = time.monotonic()
    assert run(volume, rows) == (0, None)
    assert time.monotonic() - begin < 20


def test_a_dead_server_is_the_network(volume):
    dead = Server()
    dead.stop()
    rows = [volume.row("x", A, urls=[f"{dead.url}/{n}"], path=f"x/{n}") for n in range(8)]
    code, problem = run(volume, rows)
    assert code == 3
    assert "cannot be reached" in problem["cause"]


def test_two_connections_and_no_more(volume):
    rows = []
    for name in "abcdef":
        volume.serve(f"{name}.tar", tar_of(50_000, name), pause=0.02)
        rows.append(volume.row(f"{name}.tar", tar_of(50_000, name)))
    order = volume.order({"alps": rows})
    assert volume.run({**order, "parallel": 6})[0] == 0
    assert volume.server.most == 2


def to(url):
    return (302, {"Location": url})


def test_redirects_within_bounds(volume):
    served, rows = one(volume)
    served.answers = [to("/a.tar?again"), to("https://x/")]
    volume.server.files["/a.tar?again"] = volume.serve("other", A)
    assert run(volume, rows) == (0, None)


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "//u:p@127.0.0.1/", "", "http://[x/"]
)
def test_redirects_elsewhere_are_refused(volume, target):
    _, rows = one(volume, answers=[to(target)] * 9)
    code, problem = run(volume, rows)
    assert code == 1
    assert "no https" in problem["cause"]


@pytest.mark.parametrize("host", ["a" * 70 + ".org", "x..org", f"127.0.0.1:{'9' * 30}"])
def test_redirects_to_what_cannot_be_are_the_trouble_of_one_file(volume, host):
    _, rows = one(volume, answers=[to(f"http://{host}/")] * 9)
    code, problem = run(volume, rows)
    assert code == 1
    assert "nothing can have" in problem["cause"]


def test_odd_heads_of_answers(volume):
    import data_web

    for text in ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "nan", "Mon"):
        assert data_web.retry_after(text) == 0
    _, rows = one(volume, answers=[(200, {"Content-Length": "\x1b[31m::error::" + "x" * 9000})])
    code, problem = run(volume, rows)
    assert (code, "no number" in problem["cause"]) == (1, True)


ENDLESS = {
    "status": (b"", b"H"),
    "head": (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "piece": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "trailer": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize("where", ENDLESS)
def test_answers_without_an_end_are_cut_off(volume, where):
    begin, more = ENDLESS[where]

    def answer(handler):
        handler.wfile.write(begin)
        for _ in range(300):
            handler.wfile.write(more)
            time.sleep(0.1)

    _, rows = one(volume, answers=[answer])
    began = time.monotonic()
    assert run(volume, rows) == (0, None)
    assert time.monotonic() - began < 15


def test_redirects_in_a_circle(volume):
    _, rows = one(volume, answers=[to("/a.tar")] * 99)
    code, problem = run(volume, rows)
    assert (code, "circle" in problem["cause"]) == (1, True)


def test_from_https_to_http_is_refused():
    import data_web

    assert data_web.next_address("https://a/b", "https://a/b", "/c") == "https://a/c"
    with pytest.raises(data_web.Never):
        data_web.next_address("https://a/b", "https://a/b", "http://a/c")


@pytest.fixture
def secure(tmp_path, monkeypatch):
    """A server with a certificate that this process trusts."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    made += f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {cert}"
    subprocess.run(made.split(), check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server = Server(context)
    yield server
    server.stop()


def test_a_server_with_tls(secure, volume, monkeypatch):
    import data_web

    one(volume)
    insecure = f"{volume.server.url}/a.tar"
    secure.files["/a"] = Served(b"data")
    secure.files["/same"] = Served(b"", answers=[to("/a")])
    secure.files["/less"] = Served(b"", answers=[to(insecure)])
    assert data_web.ask(f"{secure.url}/same", {}).read() == b"data"
    with pytest.raises(data_web.Never, match="no https"):
        data_web.ask(f"{secure.url}/less", {})
    with pytest.raises(data_web.Never, match="inside the cluster"):
        data_web.PUBLIC.open(f"{secure.url}/a", timeout=5)
    assert volume.server.log == []
    monkeypatch.delenv("SSL_CERT_FILE")
    fresh = "import sys, data_web; data_web.ask(sys.argv[1], {})"
    ran = subprocess.run(
        [sys.executable, "-B", "-c", fresh, f"{secure.url}/a"],
        env={"PYTHONPATH": str(FILES)},
        capture_output=True,
        text=True,
    )
    assert "CERTIFICATE_VERIFY_FAILED" in ran.stderr


def test_public_servers_lead_to_no_private_address(volume):
    """Names are not asked: the address is looked at that was connected to."""
    import data_web

    one(volume)
    with pytest.raises(data_web.Never, match="inside the cluster"):
        data_web.PUBLIC.open(f"{volume.server.url}/a.tar", timeout=5)
    assert volume.server.log == []
    assert [data_web.is_global(one) for one in ("8.8.8.8", "10.0.0.1", "::ffff:10.0.0.1")] == [
        True,
        False,
        False,
    ]
    assert not data_web.is_global("169.254.169.254")
    assert not data_web.is_global("fe80::1%eth0")
