"""Workers: what they refuse, and that what goes wrong in them stays there."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from oust import sandbox
from oust.fileview import FileView
from oust.sandbox import Failure, Limits, pool, worker
from oust.sandbox.limits import MIB

HERE = "oust.test_functions"


@pytest.fixture(autouse=True)
def own_functions(tmp_path, monkeypatch):
    """Workers that find the functions below as a module of oust's."""
    source = Path(__file__).with_name("sandbox_functions.py").read_text()
    package = tmp_path / "extra"
    package.mkdir()
    (package / "sitecustomize.py").write_text(
        "import sys, types\n"
        f"module = types.ModuleType({HERE!r})\n"
        f"exec({source!r}, module.__dict__)\n"
        f"sys.modules[{HERE!r}] = module\n"
    )
    sandbox.close()
    monkeypatch.setenv("PYTHONPATH", str(package))
    yield
    sandbox.close()


def call(name, data=b"", *arguments, **limits):
    return sandbox.call(f"{HERE}:{name}", data, *arguments, limits=Limits(**limits))


def test_content_goes_over_small_large_and_as_a_part_of_a_file(tmp_path):
    (tmp_path / "f").write_bytes(b"0123456789")
    view = FileView(tmp_path / "f")
    assert call("length", b"abc") == 3
    assert call("length", b"x" * 3_000_000) == 3_000_000
    assert call("same", view.part(2, 3)) == b"234"
    assert call("same", view) == b"0123456789"
    assert view[:2] == b"01"


@pytest.mark.parametrize("name", ["connect", "look_up", "write", "remove", "program", "fork_it"])
def test_what_a_parser_has_no_business_with_is_refused(name, tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("kept")
    answer = call(name, b"", str(victim))
    assert isinstance(answer, Failure)
    assert "PermissionError" in answer.reason
    assert victim.read_text() == "kept"


@pytest.mark.skipif(not Path("/proc/self/ns/net").exists(), reason="Linux only")
def test_native_code_is_refused_too_where_the_kernel_can(tmp_path):
    one = pool._pool.take(False)
    enforced = " ".join(one.enforced)
    pool._pool.give(one)
    victim = tmp_path / "victim"
    written, started, interfaces = call("natively", b"", str(victim))
    if "Landlock" in enforced:
        assert (written, started) == (False, False)
        assert not victim.exists()
    if "namespace" in enforced:
        assert interfaces == ["lo"]


@pytest.mark.parametrize(
    ("name", "limits", "words"),
    [
        ("crash", {}, "signal 11"),
        ("leave", {}, "exit code 3"),
        ("spin", {"cpu": 1, "wall": 30}, "processor time"),
        ("sleep", {"wall": 0.5}, "within 0.5 seconds"),
        ("greedy", {"memory": 1024 * MIB}, "memory"),
        ("babble", {"answer": 1000}, "bytes"),
        ("raise_it", {}, "ValueError: bad thing"),
        ("recurse", {}, "nested too deeply"),
        ("unreadable", {}, "cannot be read here"),
    ],
)
def test_what_goes_wrong_is_a_reason_and_the_next_call_works(name, limits, words):
    answer = call(name, b"x", **limits)
    assert isinstance(answer, Failure)
    assert words in answer.reason
    assert call("length", b"four") == 4


def test_a_crash_costs_one_of_many_its_answer():
    items = [(b"1", ()), (b"22", ()), (b"crash", ()), (b"4444", ()), (b"", ())]
    answers = sandbox.call_each(f"{HERE}:length_unless_crash", items)
    assert [a if isinstance(a, int) else "lost" for a in answers] == [1, 2, "lost", 4, 0]


def test_pieces_come_before_the_end_of_a_crash():
    pieces = list(sandbox.stream(f"{HERE}:count_then_crash", b"", 3))
    assert pieces[:3] == [0, 1, 2]
    assert isinstance(pieces[3], Failure)


def test_a_stream_left_early_ends_its_worker():
    pieces = sandbox.stream(f"{HERE}:count_forever", b"")
    assert next(pieces) == 0
    one = pieces.gi_frame.f_locals["worker"]
    pieces.close()
    assert one._process.returncode is not None
    assert not one.folder.exists()


def test_work_is_spread_over_workers():
    began = time.monotonic()
    futures = [
        sandbox.submit(f"{HERE}:process_after_sleep", [(b"", (0.5,))]) for _ in range(pool.WORKERS)
    ]
    processes = {future.result()[0] for future in futures}
    assert len(processes) == pool.WORKERS
    assert os.getpid() not in processes
    assert time.monotonic() > began


def test_only_oust_functions_are_called():
    assert "is no function of oust" in sandbox.call("os:getcwd", b"").reason


def test_a_nonsense_answer_is_a_failure():
    one = pool._pool.take(False)
    ours, theirs = socket.socketpair()
    one._channel.close()
    one._channel = ours
    theirs.sendall(b"\0\0\0\0\x05\0\0\0\0\0\0\0hello")
    with pytest.raises(pool.Gone, match="none"):
        list(one.run(f"{HERE}:length", [(b"", ())], Limits()))
    theirs.close()
    one.close()


def _open_files():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_nothing_stays_open_and_no_process_remains():
    before = _open_files()
    for _ in range(3):
        call("crash")
        call("length", b"x" * 1_000_000)
    sandbox.close()
    assert _open_files() <= before
    assert pool._pool._idle == []


def test_a_worker_ends_when_its_channel_does(tmp_path):
    ours, theirs = socket.socketpair()
    done = subprocess.Popen(
        [
            os.sys.executable,
            "-m",
            "oust.sandbox.worker",
            str(theirs.fileno()),
            str(tmp_path),
            "none",
        ],
        pass_fds=[theirs.fileno()],
    )
    theirs.close()
    ours.close()
    assert done.wait(30) == 0 or done.returncode == 1


def test_item_data_is_resolved():
    assert worker._data(worker.Item([], content=b"x"), []) == b"x"
