"""The yardstick: a bare Flask view that says hello, under the same server as what is measured beside it."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    return "hello"
