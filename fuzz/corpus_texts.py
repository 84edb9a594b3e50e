# SPDX-License-Identifier: GPL-3.0-or-later
"""Seeds for make_corpus.py that are packages, networks and their texts."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
from minisign import make_pair
from picture_parts import xmp
from tiny_packages import make_denoiser, make_raw_denoiser, make_upscaler, model

Seeds = dict[str, bytes]

INDEX = {
    "latent_index": 1,
    "name": "n",
    "serial": 3,
    "date": "2026",
    "models": {
        "tiny": {
            "name": "Tiny", "task": "denoise", "version": "1.10", "description": "d",
            "url": "tiny.dtmodel", "sha256": "a" * 64, "size": 12,
            "licence": {"weights": "MIT", "data": "CC0-1.0"},
            "openness": {"osaid": "Open Weights", "mof": "Class II"}, "data": "ours",
        }
    },
}  # fmt: skip
VERSIONS = {
    "schema": 1,
    "models": [{"id": "m", "name": "M", "task": "denoise", "version": "1.0",
                "asset": "m.dtmodel", "sha256": "b" * 64, "license": "MIT"}],
}  # fmt: skip
STATE = {
    "state_version": 1,
    "enabled": {"denoise": "tiny"},
    "pinned": ["tiny"],
    "origins": {"tiny": {"kind": "file", "source": "s", "version": "1.0", "sha256": "c" * 64,
                         "when": "2026-05-01T12:00:00Z", "bytes": 1, "mtime_ns": 2, "inode": 3}},
    "repositories": [{"name": "r", "url": "https://r.invalid", "key": "", "serial": 0,
                      "index_sha256": ""}],
}  # fmt: skip
POLICY = b'licences = ["MIT", "CC0-1.0"]\nmof = "class-2"\nundisclosed-data = "refuse"\n'
VERDICTS = {
    "format": 2,
    "verdicts": {"key": {"passed": True, "problem": "", "worst": 0.1, "rms": 0.01,
                         "rms_expected": 0.02, "seconds_per_megapixel": 1.5}},
    "blobs": {"key": "d" * 64},
}  # fmt: skip
HEAD = (
    b"HTTP/1.1 302 Found\r\nLocation: https://x.invalid\r\n\r\nHTTP/2 206\r\ncontent-length: 90\r\n"
    b'content-range: bytes 10-99/100\r\netag: "a1"\r\nlast-modified: Tue, 15 Nov 1994\r\n'
)


def dumped(value: object) -> bytes:
    return json.dumps(value).encode()


def packages() -> tuple[Seeds, Seeds]:
    """Three small packages, and their config.json."""
    archives: Seeds = {}
    manifests: Seeds = {}
    with tempfile.TemporaryDirectory() as folder:
        made = [
            make_denoiser(Path(folder), "rgb_v1"),
            make_upscaler(Path(folder), "rgb_v1"),
            make_raw_denoiser(Path(folder), {"value_min": -0.5, "value_max": 1.5}),
        ]
        for path in made:
            with zipfile.ZipFile(path) as archive:
                entry = next(n for n in archive.namelist() if n.endswith("config.json"))
                config = archive.read(entry)
            manifests[path.stem] = config
            small = io.BytesIO()
            with zipfile.ZipFile(small, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in (("config.json", config), ("model.onnx", b"never run")):
                    entry_of = zipfile.ZipInfo(f"{path.stem}/{name}")  # always of the same date
                    archive.writestr(entry_of, content, zipfile.ZIP_DEFLATED)
            archives[path.stem] = small.getvalue()
    return archives, manifests


def darktable_paths() -> Seeds:
    """A byte for the version of masks, the text of a path, a line feed, that of a group."""
    corners = [(0.2, 0.2), (0.8, 0.3), (0.6, 0.9)]
    path = b"".join(struct.pack("<8fi", *corner * 3, 0.1, 0.1, 2) for corner in corners)
    six = struct.pack("<3if", 1, 2, 3, 1) + struct.pack("<3if", 1, 2, 35, 0.5)
    marker = struct.pack("<3if", 0, 2, 1 << 18 | 1 << 16, 1) + bytes(156) + struct.pack("<f", 0.5)
    seven = marker.ljust(240, b"\0") + struct.pack("<3if", 1, 2, 1 << 20 | 3, 1).ljust(240, b"\0")
    packed = b"gz02" + base64.b64encode(zlib.compress(path))
    return {
        "hex": b"\x06" + path.hex().encode() + b"\n" + six.hex().encode(),
        "gz": b"\x06" + packed + b"\n" + six.hex().encode(),
        "seven": b"\x07" + packed + b"\ngz02" + base64.b64encode(zlib.compress(seven)),
    }


def darktable_edits() -> Seeds:
    def edit(inside: str, end: str = "1") -> bytes:
        return (
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/'
            '22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:darktable="http://darktable.sf'
            f'.net/" darktable:history_end="{end}">{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
        ).encode()

    step = '<darktable:history><rdf:Seq><rdf:li darktable:num="0"/></rdf:Seq></darktable:history>'
    mask = (
        '<darktable:masks_history><rdf:Seq><rdf:li darktable:mask_num="0" darktable:mask_id="5" '
        'darktable:mask_type="2" darktable:mask_name="n" darktable:mask_version="6" '
        'darktable:mask_points="00" darktable:mask_nb="1" darktable:mask_src="00"/></rdf:Seq>'
        "</darktable:masks_history>"
    )
    return {
        "history": edit(step),
        "masks": edit(mask + step),
        "empty": edit("<darktable:masks_history><rdf:Seq/></darktable:masks_history>" + step),
        "new": edit("", "0"),
    }


def dtdata() -> Seeds:
    """A sidecar with a grey PNG of 2 x 1, stored and packed."""
    rows = zlib.compress(b"\0\x40\xff")
    png = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">2I5B", 2, 1, 8, 0, 0, 0, 0)
    for kind, content in ((b"IHDR", header), (b"IDAT", rows), (b"IEND", b"")):
        checked = kind + content
        png += struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
    made: Seeds = {}
    for name, method in (("stored", zipfile.ZIP_STORED), ("packed", zipfile.ZIP_DEFLATED)):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", method) as archive:
            entry = f"mask-{hashlib.sha1(png, usedforsecurity=False).hexdigest()}.png"
            for inside, content in (("version", b"1"), (entry, png)):
                archive.writestr(zipfile.ZipInfo(inside), content, method)  # always of one date
        made[name] = stream.getvalue()
    return made


def local_int8() -> bytes:
    """What `latent models quantise` leaves: a line, a list, the networks."""
    network = b"eight bits"
    facts = {
        "file": "model.onnx", "f32_sha256": "e" * 64, "size": len(network),
        "sha256": hashlib.sha256(network).hexdigest(), "most_from_f32": 0.02,
        "rms_from_f32": 0.002, "loss_db": 0.02, "losses": {"sigma 5": 0.02},
        "memory_bytes_per_px": 300.5, "memory_bytes_per_px_bf16": 300.5,
    }  # fmt: skip
    listed = {"id": "tiny", "when": "2026-05-01T12:00:00Z", "program": "latent 0.1.0",
              "pictures": 3, "networks": [facts]}  # fmt: skip
    text = dumped(listed)
    return b"latent_local_int8 1 %d\n%b%b" % (len(text), text, network)


def npy(array: np.ndarray, version: tuple[int, int] = (1, 0)) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


def seeds() -> dict[str, Seeds]:
    archives, manifests = packages()
    pair = make_pair(9)
    packet = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>' + xmp(6) + b'<?xpacket end="w"?>'
    weights = np.ones((1, 1, 1, 1), np.float32)
    floats = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)
    card = b"MIT\nCC0-1.0\nphotographs of ours\nOpen Source AI\nClass II\n(MIT OR GPL-3.0)\nMIT"
    words = {
        "open": b"CC BY-SA 4.0, or GPL-3.0-or-later",
        "closed": b"CC BY-NC 4.0, for academic use; not under MIT",
        "unknown": b"undisclosed, private",
    }
    return {
        "app_batch_journal": {
            "done": b'{"item": "00000000deadbeef", "result": "done", "source": "a.png", '
            b'"output": "a_denoise.png", "bytes": 9, "seconds": 0.5, "attempt": 1}',
            "failed": b'{"item": "0123456789abcdef", "result": "failed", "source": "b", '
            b'"code": "io", "message": "full", "attempt": 2, "seconds": 1e-3}',
        },
        "app_job": {
            "denoise": b'{"latent_job": 1, "task": "denoise", "sources": ["a"], "settings": {}}',
            "erase": b'{"latent_job": 1, "task": "erase", "sources": ["a"], "settings": '
            b'{"clicks": ["1,2", "50%,40%"], "boxes": ["0,0,9,9"], "mask": "m.png"}}',
            "depth": b'{"latent_job": 1, "task": "depth", "sources": ["a"], "settings": '
            b'{"near": 10, "far": "auto", "point": "5,5"}}',
            "mask": b'{"latent_job": 1, "task": "mask", "sources": ["a"], "settings": '
            b'{"prompts": "beside", "clicks": ["50%,50%"], "auto": "none", "refine": "hair"}, '
            b'"output": {"edits": "replace", "format": "xmp"}}',
            "upscale": b'{"latent_job": 1, "task": "upscale", "sources": ["a.tif"], "model": "m"}',
        },
        "app_mask_prompts": {
            "all": b'{"latent_prompts": 1, "source": {"sha256": "", "width": 9, "height": 6}, '
            b'"objects": [{"prompts": [{"click": [0.5, 0.25], "on_object": true}, '
            b'{"box": [[0.1, 0.1], [0.9, 1]]}]}]}',
            "strokes": b'[{"stroke": [[0, 0.5], [1, 0.5]], "radius": 0.01, "on_object": false}]',
        },
        "app_model_policy": {"policy": POLICY, "any": b'licences = "any"\naction = "hide"\n'},
        "app_npy_file": {
            f"type_{kind}": npy(np.array([0, 1, 1, 0], kind))
            for kind in ("f4", "f8", "f2", "i8", "u1", "bool")
        },
        "app_user_limits": {"all": b"# mine\nlimit-megapixels = 200\nlimit-memory = 4000\n"},
        "fill_spot_list": {
            "two": b'{"latent_spots": 1, "width": 600, "height": 400, "spots": '
            b'[{"x": 10.5, "y": 20, "radius": 6, "depth": 0.05}, {"x": 1, "y": 2, "radius": 3}]}',
            "none": b'{"latent_spots": 1, "width": 6, "height": 4, "spots": []}',
        },
        "infer_blob_cache": {"damaged": b"LTBLOB01" + b"0" * 64 + bytes(16) + b"one"},
        "infer_onnx_edit": {"tiny": model("n", weights)},
        "infer_onnx_graph": {"tiny": model("n", weights)},
        "infer_onnx_limits": {"tiny": model("n", weights)},
        "infer_verdict_cache": {"one": dumped(VERDICTS)},
        "mask_darktable_path": darktable_paths(),
        "mask_svg_read": {
            "path": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 32"><path '
            b'fill-rule="evenodd" d="M1 1H40V30H1Z m3 3c9 0 9 9 0 9s1 1 2 2q3 3 4 0t1 1a5 4 30 1 0 '
            b'9 9z"/></svg>',
            "shapes": b'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><g '
            b'transform="translate(3 4) rotate(10) scale(.5)" style="fill:#fff"><rect x="1" '
            b'width="9" height="9"/><circle r="4"/><ellipse rx="3" ry="2"/><polygon points="0,0 '
            b'9,0 9 9"/></g></svg>',
        },
        "metadata_darktable_edit": darktable_edits(),
        "metadata_extended_xmp": {"packet": packet},
        "metadata_provenance": {"packet": packet + b"\0Firmware 1.0"},
        "models_answer_head": {"redirected": HEAD},
        "models_darktable_index": {
            "versions": dumped(VERSIONS),
            "releases": b'{"schema":1,"compatible_releases":{"5.6.0":"release-5.6.0"}}',
        },
        "models_facts": {"empty": b'{"format": 1, "packages": {}}'},
        "models_json": {"index": dumped(INDEX), "escapes": b'["\\u00e4\\n", -1.5e3, null, true]'},
        "models_latent_index": {"index": dumped(INDEX)},
        "models_licence_words": words,
        "models_local_int8": {"one": local_int8()},
        "models_manifest": manifests,
        "models_minisign": {"key": pair.public_line.encode(), "signature": pair.sign(b"content")},
        "models_minisign_secret": {"plain": pair.secret_file()},
        "models_npy": {"v1": npy(floats), "v3": npy(floats, (3, 0))},
        "models_package": archives,
        "models_resolve_url": {"whole": b"https://x.invalid/a?b#c", "beside": b"../m.dtmodel"},
        "models_store_state": {"state": dumped(STATE)},
        "models_trust": {"card": card},
        "read_dtdata": dtdata(),
        "read_pfm": {
            "little": b"Pf\n2 1\n-1.0\n" + struct.pack("<2f", 0.5, 2),
            "big": b"PF 1 2 1\n" + struct.pack(">6f", 0, 0.5, 1, -1, 2, float("nan")),
        },
    }
