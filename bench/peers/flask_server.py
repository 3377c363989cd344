"""The endpoints of the integration guide as a Flask application, as in server.py, which Sluice
replaces. Runs under gunicorn; MEDIA_ROOT and JWT_SECRET come from the environment."""

import functools
import os
import time
import urllib.parse
import uuid

import flask
import jwt

MEDIA_ROOT = os.environ["MEDIA_ROOT"]
SECRET = os.environ["JWT_SECRET"]

app = flask.Flask(__name__)


def token_required_download(view):
    """Accepts a request with a valid bearer token for exactly this path."""

    @functools.wraps(view)
    def checked(rel, filename):
        scheme, _, token = flask.request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return flask.jsonify(error="token missing"), 401
        try:
            claims = jwt.decode(token, SECRET, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return flask.jsonify(error="token invalid"), 401
        wanted = ("lesson", rel, filename)
        if tuple(claims.get(name) for name in ("type", "rel", "filename")) != wanted:
            return flask.jsonify(error="token is for another file"), 403
        return view(rel, filename)

    return checked


def generate_download_token_v2(user_id, dtype, filename, duration, rel):
    now = int(time.time())
    claims = {
        "type": dtype,
        "filename": filename,
        "rel": rel,
        "user_id": user_id,
        "iat": now,
        "exp": now + duration,
        "jti": uuid.uuid4().hex,
    }
    return jwt.encode(claims, SECRET, algorithm="HS256")


@app.get("/api/get-download-token/v2")
def issue():
    query = flask.request.args
    if query.get("type") != "lesson" or not query.get("filename"):
        return flask.jsonify(error="type and filename are needed"), 400
    rel, filename = query["rel"], query["filename"]
    if query["user_id"] != rel.split("/")[0]:
        return flask.jsonify(error="not yours"), 403
    if not os.path.isfile(os.path.join(MEDIA_ROOT, rel, filename)):
        return flask.jsonify(error="no such file"), 404
    ttl = int(query.get("ttl", 900))
    token = generate_download_token_v2(query["user_id"], "lesson", filename, ttl, rel)
    path = urllib.parse.quote(f"/download2/{rel}/{filename}")
    return flask.jsonify(
        token=token, expires_in=ttl, download_url=flask.request.host_url.rstrip("/") + path
    )


@app.get("/download2/<path:rel>/<filename>")
@token_required_download
def download(rel, filename):
    folder = os.path.join(MEDIA_ROOT, rel)
    return flask.send_from_directory(folder, filename, as_attachment=True)
