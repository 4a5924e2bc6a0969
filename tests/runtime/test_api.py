"""The Python API, as a notebook uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mien
from mien.errors import NoticeError, SettingError, VideoError
from mien.expressions import EXPRESSIONS
from mien.journey.types import Context
from mien.store import Store
from support.new_store import ready_made

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="module")
def found() -> mien.Analysis:
    return mien.analyze(SAMPLES / "neutral_to_smiling.mp4")


def test_the_public_names_are_these_and_all_there():
    assert mien.__all__ == ["Analysis", "Face", "__version__", "analyze", "read_faces"]
    assert all(getattr(mien, name) is not None for name in mien.__all__)
    with pytest.raises(AttributeError, match="it has Analysis"):
        _ = mien.anything_else


def test_importing_loads_no_network_no_store_and_no_optional_library():
    code = (
        "import sys, mien; "
        "heavy = {'onnxruntime', 'cv2', 'av', 'altair', 'sqlalchemy', 'pyarrow', 'torch', 'scipy'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["mien.store", "mien.runtime.live.messages"])
def test_what_every_process_loads_is_without_the_statistics_of_reports(module):
    code = f"import sys, {module}; print('scipy.stats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_analysis_never_imports_torch():
    code = f"import sys, mien; mien.analyze({str(SAMPLES / 'no_face.mp4')!r}); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_interaction_answers_for_its_score(found):
    (interaction,) = found.interactions
    assert interaction.eps == interaction.score.eps
    assert interaction.outcome is interaction.score.outcome
    assert interaction.score.n <= interaction.readings
    assert found.complete
    assert found.reason is None
    assert sum(interaction.expressions) == pytest.approx(1.0)


def test_to_arrow_has_a_row_per_second(found):
    (interaction,) = found.interactions
    table = found.to_arrow()
    assert table.num_rows == len(interaction.seconds)
    assert set(EXPRESSIONS) <= set(table.column_names)
    assert sum(table["n"].to_pylist()) == interaction.score.n
    assert set(table["interaction"].to_pylist()) == {interaction.id}


def test_plot_draws_the_curve_with_its_band(found):
    spec = found.plot().to_dict()
    assert "low" in str(spec)
    assert "high" in str(spec)


def test_there_is_nothing_to_draw_without_a_face():
    empty = mien.analyze(SAMPLES / "no_face.mp4")
    with pytest.raises(SettingError, match="no face was found"):
        empty.plot()
    assert empty.to_arrow().num_rows == 0


def test_read_faces_finds_the_five_of_the_group():
    faces = mien.read_faces(SAMPLES / "multi_face.jpg")
    assert len(faces) == 5
    for face in faces:
        assert face.probabilities.shape == (8,)
        assert face.probabilities.sum() == pytest.approx(1.0)
        assert -1.0 <= face.valence <= 1.0
        assert face.valence_error > 0.0
    smiling = np.median([face.probabilities[EXPRESSIONS.index("happiness")] for face in faces])
    assert smiling > 0.5


def test_a_named_site_is_read_only_with_a_notice(tmp_path):
    clip, context = SAMPLES / "no_face.mp4", Context(site="Lyon 2")
    with pytest.raises(SettingError, match="store"):
        mien.analyze(clip, context=context)
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store, pytest.raises(NoticeError, match="Lyon 2"):
        mien.analyze(clip, context=context, store=store)


def test_bad_input_is_an_error_of_mien():
    with pytest.raises(VideoError, match="nowhere"):
        mien.analyze("nowhere.mp4")
    with pytest.raises(SettingError, match="rate"):
        mien.analyze(SAMPLES / "no_face.mp4", rate=0)
