"""A run that must prove something may not leave a test out: with `CI=true` or `--no-skips`, a skipped or an
expectedly failing test, or a whole file that skips itself, fails the run. The tests' `conftest.py` loads this."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--no-skips",
        action="store_true",
        default=os.environ.get("CI") == "true",
        help="fail if a test is skipped or marked as expected to fail (the default when CI=true)",
    )


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")  # of pytest-xdist: its reports reach the controller too
    if config.getoption("no_skips") and not is_worker:
        config.pluginmanager.register(NoSkips(), "no-skips")


class NoSkips:
    def __init__(self) -> None:
        self.left_out: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped or hasattr(report, "wasxfail"):
            self.left_out[report.nodeid] = _reason(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self.left_out[report.nodeid] = _reason(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.left_out and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.left_out:
            terminalreporter.section("left out, which fails this run", red=True)
            for name, reason in self.left_out.items():
                terminalreporter.line(f"{name}: {reason}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    expected = getattr(report, "wasxfail", None)
    if expected is not None:
        return f"marked as expected to fail {expected}".rstrip()
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
