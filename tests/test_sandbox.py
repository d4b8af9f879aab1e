"""Workers: what they refuse, and that what goes wrong in them stays there."""

import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from oust import sandbox
from oust.fileview import FileView
from oust.sandbox import Failure, Limits, folders, pool, worker
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


def test_folders_of_killed_processes_are_removed_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setattr(folders.tempfile, "tempdir", str(tmp_path))
    mine, held = folders.private()
    left, given_up = folders.private()
    os.close(given_up)  # as the system does for a process that was killed
    (left / "big").write_bytes(b"x")
    new, of_another = folders.private()
    os.close(of_another)
    other = tmp_path / "oust-notes"
    other.mkdir()
    link = tmp_path / f"{folders.PREFIX}link"
    link.symlink_to(other)
    for one in (mine, left, other):
        os.utime(one, (1, 1))
    folders.sweep()
    assert not left.exists()
    assert all(one.exists() for one in (mine, new, other, link))
    folders.remove(mine, held)
    assert not mine.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_in_the_middle_leaves_no_process_and_the_next_run_goes_on(tmp_path, number):
    """The reader is stopped while a worker is busy with a container."""
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    rows = "".join(f"row {n}\n" for n in range(2000))
    for n in range(40):
        with zipfile.ZipFile(evidence / f"{n:02}.zip", "w") as out:
            for name in range(10):
                out.writestr(f"{name}.txt", f"{n} {name}\n{rows}")
    (tmp_path / "temp").mkdir()
    environment = os.environ | {"TMPDIR": str(tmp_path / "temp")}
    environment["PYTHONPATH"] = str(Path(sandbox.__file__).parents[2])
    words = [sys.executable, "-m", "oust", "trace", str(evidence), "--case", str(tmp_path / "case")]

    def begin():
        return subprocess.Popen(
            words, env=environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    first = begin()
    deadline = time.monotonic() + 60
    while not list((tmp_path / "temp").glob(f"{folders.PREFIX}*")) and first.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    first.send_signal(number)
    _, told = first.communicate(timeout=60)
    if number != signal.SIGKILL:
        assert first.returncode == 130
        assert "interrupted" in told
        assert not list((tmp_path / "temp").iterdir())
    for _ in range(500):  # workers of a killed process notice by themselves
        try:
            os.killpg(first.pid, 0)
        except ProcessLookupError:
            break
        time.sleep(0.02)
    else:
        pytest.fail("a worker is left")
    again = begin()
    shown, told = again.communicate(timeout=120)
    assert again.returncode == 0, told
    assert "400" in shown  # members, of forty archives
