import signal
import stat
import subprocess
from pathlib import Path

import httpx2
from served import COMMAND, Served


def test_serving_tells_where_the_study_is_and_where_the_admin_token_lies(folder: Path) -> None:
    with Served.start(folder) as served:
        assert httpx2.get(f"{served.url}/healthz").text == "ok\n"
        assert f"{served.url}/admin" in served.said
        assert str(folder / "secrets.json") in served.said
        secrets = folder / "secrets.json"
        assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
        assert not any(key in served.said for key in secrets.read_text().split('"')[3::4])


def test_a_second_server_at_the_same_port_says_what_to_do(folder: Path) -> None:
    with Served.start(folder) as served:
        port = served.url.rpartition(":")[2]
        second = subprocess.run(
            [*COMMAND, folder, "--port", port], capture_output=True, text=True, check=False
        )
    assert second.returncode == 2
    assert second.stderr.startswith("tintype: cannot listen") and second.stderr.count("\n") == 1


def test_a_folder_that_is_no_study_is_one_line(tmp_path: Path) -> None:
    ended = subprocess.run([*COMMAND, tmp_path], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "tintype study create" in ended.stderr and ended.stderr.count("\n") == 1


def test_ctrl_c_ends_the_server_in_peace(folder: Path) -> None:
    with Served.start(folder) as served:
        assert httpx2.get(f"{served.url}/healthz").status_code == 200
        served.process.send_signal(signal.SIGINT)
        assert served.process.stderr
        assert served.process.stderr.read() == "tintype: stopped\n"
        served.close()
    assert served.process.returncode == 130
