"""An agent that gives credentials to containers, as those of Amazon ECS and EKS Pod Identity do."""

import datetime
import http.server
import json
import threading


class Agent:
    """Answers GET /creds to whoever has `token`. `credentials` is (access key id, secret), `life` their seconds."""

    def __init__(self, credentials, life=3600, token="a token of this pod"):
        self.credentials, self.life, self.token = credentials, life, token
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
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def place(self):
        return f"http://127.0.0.1:{self.port}"

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
            access, secret = self.credentials
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self.life)
            text = json.dumps({"AccessKeyId": access, "SecretAccessKey": secret,
                               "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ")})
            self.given.append(access)
        body = text.encode()
        request.send_response(status)
        if 300 <= status < 400:
            request.send_header("Location", self.url)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)
