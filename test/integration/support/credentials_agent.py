"""An agent that gives credentials to containers, as those of Amazon ECS and EKS Pod Identity do."""

import datetime
import http.server
import json
import ssl
import threading


class Agent:
    """Answers GET /creds to whoever has `token`. `credentials` is (access key id, secret), or with the
    session token as a third, or a function that gives these; `life` their seconds; `pair` the certificate and key of
    https."""

    def __init__(self, credentials, life=3600, token="a token of this pod", pair=None):
        self.credentials, self.life, self.token, self.pair = credentials, life, token, pair
        self.status, self.text = 200, None  # `text` replaces the response
        self.given = []  # the access key ids
        self.server = None
        self.port = 0
        self.start()

    def start(self):
        agent = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                agent.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        if self.pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*self.pair)
            # The handshake belongs to the thread of the connection: one that fails must not end the server.
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def place(self):
        return f"https://localhost:{self.port}" if self.pair else f"http://127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{self.place}/creds?secret-path"

    def answer(self, request):
        status, text = self.status, self.text
        if request.path != "/creds?secret-path":
            status, text = 404, "no such path"
        elif request.headers.get("Authorization") != self.token:
            status, text = 401, "not authorised"
        elif text is None:
            now = self.credentials
            access, secret, *session = now() if callable(now) else now
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.life)
            text = json.dumps({"AccessKeyId": access, "SecretAccessKey": secret, **({"Token": session[0]} if session else {}),
                               "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ")})
            self.given.append(access)
        body = text.encode()
        request.send_response(status)
        if 300 <= status < 400:
            request.send_header("Location", self.url)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
