# SPDX-License-Identifier: GPL-3.0-or-later
"""A Slurm cluster of one node for a test: munged, slurmctld, slurmd."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

CONF = """
ClusterName=latent
SlurmctldHost={host}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
SlurmctldPort={port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/ctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/ctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
BatchStartTimeout=10
RequeueExit=143
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Slurm:
    """sbatch, squeue and scancel of a cluster of its own."""

    def __init__(self, folder: Path) -> None:
        for program in ("munged", "slurmctld", "slurmd", "sbatch"):
            if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None:
                pytest.skip(f"{program} is not installed (Debian: slurm-wlm, munge)")
        if os.geteuid() != 0:
            pytest.skip("a Slurm cluster of one node is started by root only")
        self.folder = folder
        for name in ("munge", "state", "spool"):
            (folder / name).mkdir(parents=True)
        for parent in [folder, *folder.parents]:  # munged takes no folder that others cannot enter
            if parent.stat().st_uid == 0 and str(parent).startswith(("/tmp/", "/var/tmp/")):
                parent.chmod(parent.stat().st_mode | 0o755)
        host = socket.gethostname().split(".")[0]
        self.conf = folder / "slurm.conf"
        self.conf.write_text(CONF.format(
            host=host, folder=folder, port=free_port(), node_port=free_port(),
            cpus=os.cpu_count(),
        ))  # fmt: skip
        self.environment = {**os.environ, "SLURM_CONF": str(self.conf),
                            "PATH": f"{os.environ['PATH']}:/usr/sbin"}  # fmt: skip
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        munge = self.folder / "munge"
        (munge / "key").write_bytes(os.urandom(1024))
        (munge / "key").chmod(0o600)
        self._spawn("munged", "--foreground", "--force", f"--key-file={munge}/key",
                    f"--socket={munge}/socket", f"--pid-file={munge}/pid",
                    f"--log-file={munge}/log", f"--seed-file={munge}/seed")  # fmt: skip
        self._wait(lambda: (munge / "socket").exists())
        self._spawn("slurmctld", "-D")
        self._spawn("slurmd", "-D")
        self._wait(lambda: "idle" in self.run("sinfo", "-h", "-o", "%t", check=False))

    def _spawn(self, *command: str) -> None:
        with (self.folder / f"{command[0]}.out").open("wb") as out:
            self.processes.append(
                subprocess.Popen(command, env=self.environment, stdout=out, stderr=out)
            )

    def _wait(self, ready: object, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while not ready():  # type: ignore[operator]
            if time.monotonic() > deadline:
                logs = {path.name: path.read_text(errors="replace")[-2000:]
                        for path in self.folder.glob("*.log")}  # fmt: skip
                pytest.fail(f"Slurm does not start: {logs}")
            time.sleep(0.2)

    def run(self, *command: object, check: bool = True, **environment: str) -> str:
        done = subprocess.run(
            [str(each) for each in command], env={**self.environment, **environment},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait_for_all(self, seconds: float = 240.0) -> None:
        self._wait(lambda: self.run("squeue", "-h").strip() == "", seconds)

    def close(self) -> None:
        if len(self.processes) > 1:
            self.run("scancel", "--user=root", check=False)
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
