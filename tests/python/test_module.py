# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python module: arrays in and out, jobs with the bytes of the program, Ctrl-C, the wheel."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from latent_reference import make_dng
from PIL import Image

Script = Callable[..., subprocess.CompletedProcess[str]]


def said(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def noisy_png(path: Path, width: int = 128, height: int = 96) -> Path:
    random = np.random.default_rng(4)
    samples = np.clip(128 + random.normal(0, 12, (height, width, 3)), 0, 255).astype(np.uint8)
    Image.fromarray(samples).save(path)
    return path


def program(binary: Path, environment: dict[str, str], *words: object) -> None:
    subprocess.run(
        [binary, *map(str, words)], check=True, env=environment, timeout=300, capture_output=True
    )


# ---- arrays ----


def test_a_noisy_picture_in_a_clean_one_out(script: Script) -> None:
    said(
        script(
            "noisy = np.clip(128 + random.normal(0, 12, (120, 160, 3)), 0, 255).astype(np.uint8)\n"
            "clean = library.denoise(noisy)\n"
            "assert clean.shape == noisy.shape and clean.dtype == noisy.dtype\n"
            "assert clean.std() < 0.4 * noisy.std(), (clean.std(), noisy.std())\n"
            "assert (library.denoise(noisy, strength=0) == noisy).all()\n"
            "half = library.denoise(noisy[::-1, ::2], latent.Denoise(strength=50))\n"
            "assert half.shape == (120, 80, 3)\n"
            "for kind in (np.uint16, np.float32):\n"
            "    wide = (noisy / 255 * (65535 if kind is np.uint16 else 1)).astype(kind)\n"
            "    result = library.denoise(wide)\n"
            "    assert result.dtype == kind\n"
            "    assert result.std() < 0.4 * wide.std()\n"
            "grey = library.denoise(noisy[..., 0])\n"
            "assert grey.shape == (120, 160)\n"
        )
    )


def test_a_picture_gives_the_pixels_of_its_file(
    script: Script, latent_bin: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    source = noisy_png(tmp_path / "a.png")
    program(
        *(latent_bin, environment, "denoise", source, "-o", tmp_path / "b.png"),
        *("--bit-depth", "8", "--strength", "70", "--precision", "f32", "--profile", "srgb"),
    )
    program(
        *(latent_bin, environment, "upscale", source, "-o", tmp_path / "c.png", "--scale", "2"),
        *("--bit-depth", "8", "--precision", "f32", "--profile", "srgb"),
    )
    np.save(tmp_path / "a.npy", np.asarray(Image.open(source)))
    said(
        script(
            "a = np.load('a.npy')\n"
            "np.save('b.npy', library.denoise(a, strength=70))\n"
            "np.save('c.npy', library.upscale(a, scale=2))\n"
        )
    )
    for name in ("b", "c"):
        by_program = np.asarray(Image.open(tmp_path / f"{name}.png"))
        assert (np.load(tmp_path / f"{name}.npy") == by_program).all()


def test_a_mosaic_gives_the_counts_of_its_file(
    script: Script, latent_bin: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    import tifffile

    source = tmp_path / "raw.dng"
    make_dng.main([str(source), "--size", "192x128", "--noise", "2e-4,1e-6"])
    program(
        *(latent_bin, environment, "rawdenoise", source, "-o", tmp_path / "clean.dng"),
        *("--compression", "none", "--precision", "f32", "--noise", "2e-4,1e-6"),
    )
    info = json.loads(
        subprocess.run(
            [latent_bin, "info", "--json", source], check=True, capture_output=True, env=environment
        ).stdout
    )

    def raw(path: Path) -> tuple[np.ndarray, float, float]:
        with tifffile.TiffFile(path) as file:
            pages = [file.pages[0], *(file.pages[0].pages or [])]
            (page,) = (p for p in pages if p.tags["PhotometricInterpretation"].value == 32803)
            black = np.ravel(page.tags["BlackLevel"].value)
            white = np.ravel(page.tags["WhiteLevel"].value)
            # rationals are read as pairs
            level = black[0] / black[1] if black.size % 2 == 0 and black.size > 1 else black[0]
            return page.asarray(), float(level), float(white[0])

    samples, black, white = raw(source)
    np.save(tmp_path / "raw.npy", samples)
    balance = info["as_shot_wb"]
    said(
        script(
            f"clean = library.denoise_mosaic(np.load('raw.npy'), cfa={info['cfa']!r},\n"
            f"    black={info['black'][0]}, white={info['white'][1]}, white_balance={balance},\n"
            "    noise=((2e-4,) * 3, (1e-6,) * 3))\n"
            "np.save('clean.npy', clean)\n"
        )
    )
    stored, stored_black, stored_white = raw(tmp_path / "clean.dng")
    scale = (stored_white - stored_black) / (white - black)
    assert scale == 2 ** round(np.log2(scale))
    counts = np.load(tmp_path / "clean.npy")
    expected = (counts.astype(np.float64) - black) * scale + stored_black
    assert counts.dtype == np.float32
    assert (np.abs(stored - expected) <= 0.5).all()
    assert (samples != np.round(counts)).any()


def test_what_does_not_fit_is_one_sentence(script: Script) -> None:
    said(
        script(
            "def refused(work, code):\n"
            "    try:\n"
            "        work()\n"
            "    except latent.Error as error:\n"
            "        assert error.code == code, (error, error.code)\n"
            "        assert str(error)\n"
            "    else:\n"
            "        raise AssertionError('nothing was refused')\n"
            "picture = np.zeros((32, 32, 3), np.uint8)\n"
            "refused(lambda: library.denoise(picture.astype(np.float64)), 'usage')\n"
            "refused(lambda: library.denoise(picture[..., :0]), 'usage')\n"
            "refused(lambda: library.denoise(picture, strength=140), 'usage')\n"
            "refused(lambda: library.denoise(picture, profile='none such'), 'not_found')\n"
            "refused(lambda: library.denoise(picture, model='none-such'), 'not_found')\n"
            "mosaic = np.zeros((32, 32), np.uint16)\n"
            "refused(lambda: library.denoise_mosaic(mosaic, cfa='RGGX', white=100), 'usage')\n"
            "refused(lambda: library.info('absent.jpg'), 'not_found')\n"
            "refused(lambda: latent.Job.from_json('{}'), 'usage')\n"
        )
    )


# ---- jobs ----


def test_one_job_gives_the_same_bytes_through_program_and_python(
    script: Script, latent_bin: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    noisy_png(tmp_path / "a.png")
    make_dng.main([str(tmp_path / "r.dng"), "--size", "160x128"])
    done = script(
        "F = latent.Precision.F32\n"
        "jobs = [latent.Job.make(latent.Denoise(strength=60, luma=80), ['a.png'],\n"
        "                        latent.Output(file='a.tif'), latent.Engine(precision=F)),\n"
        "        latent.Job.make(latent.RawDenoise(strength=90), ['r.dng'],\n"
        "                        latent.Output(file='s.dng'), latent.Engine(precision=F))]\n"
        "for i, job in enumerate(jobs):\n"
        "    result = library.run(job)\n"
        "    assert result.done == 1, result.files[0].error\n"
        "    Path(f'{i}.job.json').write_text(job.to_json())\n"
        "    print(result.files[0].output)\n"
    )
    outputs = [Path(line) for line in said(done).splitlines()]
    by_python = [path.read_bytes() for path in outputs]
    for path in outputs:
        path.unlink()
    program(latent_bin, environment, "run", tmp_path / "0.job.json", tmp_path / "1.job.json", "-q")
    assert [path.read_bytes() for path in outputs] == by_python


def test_noise_is_a_word_or_numbers(script: Script) -> None:
    said(
        script(
            "import json\n"
            "def noise(**settings):\n"
            "    job = latent.Job.make(latent.RawDenoise(**settings), ['r.dng'])\n"
            "    return json.loads(job.to_json())['settings'].get('noise', 'auto')\n"
            "assert noise() == noise(noise='auto') == 'auto'\n"
            "assert noise(noise='camera') == 'camera'\n"
            "assert noise(noise=((1e-3,) * 3, (1e-6,) * 3))['a'] == [1e-3] * 3\n"
            "try:\n"
            "    latent.RawDenoise(noise='camara')\n"
            "except ValueError as error:\n"
            "    assert 'camera' in str(error)\n"
            "else:\n"
            "    raise AssertionError\n"
        )
    )


def test_erase_fills_a_box_and_leaves_every_other_sample(script: Script, tmp_path: Path) -> None:
    samples = np.full((96, 128, 3), 90, np.uint8)
    samples += np.random.default_rng(3).integers(0, 9, samples.shape).astype(np.uint8)
    samples[32:56, 48:80] = (220, 190, 40)
    Image.fromarray(samples).save(tmp_path / "a.png")
    said(
        script(
            "task = latent.Erase(boxes=[(0.3, 0.25, 0.7, 0.7)], dilate=2)\n"
            "job = latent.Job.make(task, ['a.png'], latent.Output(file='b.png', bit_depth=8))\n"
            "result = library.run(job)\n"
            "assert result.done == 1, result.files[0].error\n"
            "try:\n"
            "    latent.Job.make(latent.Depth(near=101), ['a.png'])\n"
            "    raise AssertionError('taken')\n"
            "except latent.Error as refused:\n"
            "    assert 'near' in str(refused)\n"
        )
    )
    after = np.asarray(Image.open(tmp_path / "b.png"))
    changed = (after != samples).any(axis=2)
    assert changed[34:54, 50:78].all()
    assert after[32:56, 48:80].max() < 130
    outside = np.ones(changed.shape, bool)
    outside[20:68, 36:92] = False
    assert not changed[outside].any()


def test_a_batch_tells_how_it_goes_on(script: Script, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        noisy_png(tmp_path / name)
    (tmp_path / "c.png").write_bytes(b"no picture")
    said(
        script(
            "told = []\n"
            "job = latent.Job.make(latent.Denoise(), ['a.png', 'b.png', 'c.png'])\n"
            "result = library.run(job, lambda *words: told.append(words))\n"
            "assert (result.done, result.failed) == (2, 1)\n"
            "assert result.files[2].error_code in ('unsupported', 'corrupt')\n"
            "ends = [words for words in told if words[4] is not None]\n"
            "assert [words[1] for words in ends] == [0, 1, 2]\n"
            "assert ends[0][4].output.exists() and ends[0][4].model == 'latent-denoise'\n"
            "assert all(words[2] == 3 and 0 <= words[3] <= 1 for words in told)\n"
        )
    )


def test_what_a_progress_function_raises_ends_the_batch(script: Script, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        noisy_png(tmp_path / name)
    said(
        script(
            "def stop(source, index, count, fraction, result):\n"
            "    if result is not None: raise ValueError('enough')\n"
            "try:\n"
            "    library.run(latent.Job.make(latent.Denoise(), ['a.png', 'b.png']), stop)\n"
            "except ValueError as error:\n"
            "    assert str(error) == 'enough'\n"
            "else:\n"
            "    raise AssertionError\n"
            "assert Path('a_denoise.tif').exists() and not Path('b_denoise.tif').exists()\n"
        )
    )


def test_ctrl_c_ends_a_batch_and_leaves_no_file(
    environment: dict[str, str], tmp_path: Path
) -> None:
    noisy_png(tmp_path / "large.png", 3000, 2400)
    before = set(tmp_path.iterdir())
    text = (
        "import latent, signal\n"
        # a shell's background job begins with this signal ignored
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "library = latent.Library()\n"
        "job = latent.Job.make(latent.Denoise(), ['large.png'])\n"
        "def tell(source, index, count, fraction, result):\n"
        "    print('working' if fraction > 0 else 'begun', flush=True)\n"
        "try:\n"
        "    library.run(job, tell)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", text],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line == "working\n":
            break
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    rest = process.stdout.read()
    assert process.wait(60) == 0
    assert rest.splitlines()[-1] == "interrupted"
    assert time.monotonic() - begun < 30
    assert set(tmp_path.iterdir()) == before


def test_other_threads_of_python_go_on(script: Script) -> None:
    said(
        script(
            "import threading, time\n"
            "ticks = 0\n"
            "done = threading.Event()\n"
            "def tick():\n"
            "    global ticks\n"
            "    while not done.is_set():\n"
            "        ticks += 1\n"
            "        time.sleep(0.001)\n"
            "thread = threading.Thread(target=tick)\n"
            "thread.start()\n"
            "noisy = random.integers(0, 255, (600, 800, 3)).astype(np.uint8)\n"
            "library.denoise(noisy)\n"
            "done.set()\n"
            "thread.join()\n"
            "assert ticks > 20, ticks\n"
        )
    )


# ---- previews, models ----


def test_parts_are_shown_under_changing_settings(script: Script, tmp_path: Path) -> None:
    noisy_png(tmp_path / "a.png")
    make_dng.main([str(tmp_path / "r.dng"), "--size", "256x192"])
    said(
        script(
            "preview = library.preview('a.png', latent.Denoise())\n"
            "assert preview.size == (128, 96) and preview.level > 1\n"
            "part = (8, 8, 64, 48)\n"
            "before, after = preview.show(part, latent.Denoise())\n"
            "assert before.shape == after.shape == (48, 64, 3)\n"
            "assert after.std() < before.std()\n"
            "same, none = preview.show(part, latent.Denoise(strength=0))\n"
            "assert (same == none).all() and (same == before).all()\n"
            "raw = library.preview('r.dng', latent.RawDenoise())\n"
            "assert raw.counts(part, latent.RawDenoise()).shape == (48, 64)\n"
            "large = library.preview('a.png', latent.Upscale(scale=2))\n"
            "assert large.show(part, latent.Upscale(scale=2))[1].shape == (96, 128, 3)\n"
        )
    )


def test_models_and_devices_are_told(script: Script, repository: Path, tmp_path: Path) -> None:
    package = repository / "weights" / "latent-raw-fast.dtmodel"
    said(
        script(
            "import sys\n"
            "ids = {model.id: model for model in library.models()}\n"
            "assert ids['latent-raw'].enabled and ids['latent-raw'].built_in\n"
            "assert ids['latent-raw'].licences.weights\n"
            "assert library.default_model('denoise').id == 'latent-denoise'\n"
            "assert any(device.device == 'cpu' for device in latent.devices())\n"
            "own = latent.Library(data_folder='models')\n"
            "asked = []\n"
            "model = own.install_model(sys.argv[1], lambda model: asked.append(model) or True)\n"
            "assert model.id == asked[0].id == 'latent-raw-fast' and not model.built_in\n"
            "own.enable_model('latent-raw-fast')\n"
            "assert own.default_model('rawdenoise').id == 'latent-raw-fast'\n"
            "own.remove_model('latent-raw-fast')\n"
            "try:\n"
            "    own.install_model(sys.argv[1], lambda model: False)\n"
            "except latent.Error as error:\n"
            "    assert error.code == 'cancelled'\n",
            package,
        )
    )


def test_plug_ins_are_named_listed_and_used(script: Script, latent_bin: Path) -> None:
    plugins = latent_bin.parent.parent / "tests/plugins"
    fine = plugins / "latent-test-plugin-None.so"
    empty = plugins / "latent-test-plugin-NoDevice.so"
    wrong = plugins / "latent-test-plugin-WrongNumbers.so"
    if not fine.is_file():
        pytest.skip(f"{fine} is not built")
    said(
        script(
            "import sys, warnings\n"
            "fine, empty, wrong = map(Path, sys.argv[1:])\n"
            "engine = latent.Engine(onnxruntime_plugins=[fine, str(empty)])\n"
            "words = [device.device for device in latent.devices(engine)]\n"
            "assert 'latenttest.cpu' in words and 'cpu' in words, words\n"
            "assert 'latenttest.cpu' not in [d.device for d in latent.devices()]\n"
            "told = latent.plugins(engine)\n"
            "assert [plugin.file for plugin in told] == [fine, empty]\n"
            "assert [plugin.usable for plugin in told] == [True, False]\n"
            "assert told[0].problem == '' and 'found no device' in told[1].problem\n"
            "picture = np.full((64, 64, 3), 100, np.uint8)\n"
            "lying = latent.Engine(onnxruntime_plugins=[wrong])\n"
            "with warnings.catch_warnings(record=True) as heard:\n"
            "    warnings.simplefilter('always')\n"
            "    latent.Library(engine=lying).denoise(picture)\n"
            "said = [str(warning.message) for warning in heard]\n"
            "assert any('latenttest.cpu in f32 is not used' in words for words in said), said\n",
            fine,
            empty,
            wrong,
        )
    )


# ---- the wheel ----


def test_the_wheel_has_library_engine_models_and_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"latent/py.typed", "latent/_latent.pyi", "latent/lib/liblatent.so.0"} <= names
    assert "latent/share/latent/weights/latent-raw.dtmodel" in names
    assert any(name.startswith("latent/lib/latent/libopenvino.so") for name in names)
    assert not any(name.endswith((".h", "bin/latent")) for name in names)


def test_an_empty_environment_imports_it(
    wheel: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    import numpy

    venv.create(tmp_path / "empty", with_pip=True)
    python = tmp_path / "empty" / "bin" / "python"
    plain = {key: value for key, value in environment.items() if key != "PYTHONPATH"}
    install = [
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(install, check=True, env=plain, timeout=300)
    # numpy alone from here, so that the test needs no network
    numpy_folder = Path(numpy.__file__).parent
    (site,) = (tmp_path / "empty" / "lib").glob("python3*/site-packages")
    for part in (numpy_folder, numpy_folder.parent / "numpy.libs"):
        if part.exists():
            (site / part.name).symlink_to(part)
    text = (
        "import latent, numpy\n"
        "clean = latent.Library().denoise(numpy.full((64, 64, 3), 100, numpy.uint8))\n"
        "print(latent.__file__, clean.shape)\n"
    )
    done = subprocess.run(
        [python, "-c", text], check=False, env=plain, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout
    assert "(64, 64, 3)" in done.stdout


def test_the_stubs_say_what_is_bound(module_folder: Path, environment: dict[str, str]) -> None:
    pytest.importorskip("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "latent", "--concise"],
        cwd=module_folder,
        env={**environment, "MYPYPATH": str(module_folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    # What nanobind makes is of types of its own, which stubtest takes for no functions; the names
    # are what it can judge.
    assert "latent._latent.Library" in done.stdout, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    faults = [line for line in lines if "is not present at runtime" in line]
    faults += [line for line in lines if "is not present in stub" in line and "__" not in line]
    assert not faults, "\n".join(faults)
