"""Folders, CSV files and arrays become the same kind of set; what cannot be understood is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from mien.errors import ImageError, InputError, SettingError
from mien.evaluation.sets import check_split, open_set, select, truths
from mien.evaluation.table import Columns
from mien.evaluation.types import Lost

if TYPE_CHECKING:
    from pathlib import Path

ALL = tuple(range(8))


def table(folder: Path, *lines: str) -> Path:
    path = folder / "set.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def arrays(folder: Path, **more: object) -> Path:
    path = folder / "set.npz"
    np.savez(path, **{"images": np.zeros((4, 20, 20), np.uint8), **more})
    return path


def test_a_folder_gives_every_picture_the_class_of_its_sub_folder(class_folder: Path) -> None:
    faces = open_set(class_folder)
    assert sorted(faces.labels.tolist()) == [0] * 10 + [1] * 16
    assert faces.kind == "folder"
    assert faces.remarks == ("1 files in it are no pictures and were not looked at.",)
    assert faces.pictures.open(0).shape == (96, 96, 3)
    assert not faces.pictures.crops


def test_a_folder_of_splits_says_which_to_name(tmp_path: Path) -> None:
    for name in ("train", "test"):
        (tmp_path / name / "happy").mkdir(parents=True)
    with pytest.raises(InputError, match="holds splits, not classes"):
        open_set(tmp_path)


def test_a_folder_with_numbers_needs_their_order(tmp_path: Path) -> None:
    for name in ("1", "4"):
        (tmp_path / name).mkdir()
        cv2.imwrite(str(tmp_path / name / "a.png"), np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(InputError, match="--numbers"):
        open_set(tmp_path)
    assert open_set(tmp_path, "rafdb").labels.tolist() == [2, 1]


def test_a_table_has_labels_boxes_persons_splits_and_further_columns(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "image;emotion;subject;split;age;x;y;w;h",
        "a.jpg;joy;p1;train;20-39;10;20;30;40",
        "b.jpg;sad;p2;PublicTest;60+;;;;",
    )
    faces = open_set(path)
    assert faces.labels.tolist() == [1, 3]
    assert faces.person is not None
    assert faces.person.tolist() == ["p1", "p2"]
    assert faces.usage is not None
    assert faces.usage.tolist() == [0, 1]
    assert faces.columns["age"].tolist() == ["20-39", "60+"]
    assert "subject" not in faces.columns
    first, second = faces.pictures.box(0), faces.pictures.box(1)
    assert first is not None
    assert first.tolist() == [10, 20, 40, 60]
    assert second is None


def test_columns_named_by_expressions_are_votes(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "path,neutral,happy,Angry,unknown,NF",
        "a.jpg,1,8,0,1,0",
        "b.jpg,0,2,7,0,1",
        "c.jpg,5,5,0,0,0",
    )
    votes = open_set(path).votes
    assert votes is not None
    assert votes.tolist() == [
        [1, 8, 0, 0, 0, 0, 0, 0, 1, 0], [0, 2, 0, 0, 7, 0, 0, 0, 0, 1], [5, 5, 0, 0, 0, 0, 0, 0, 0, 0]
    ]  # fmt: skip
    truth, voted = truths(votes)
    assert truth.tolist() == [1, 4, -1]
    assert voted.all()


def test_columns_can_be_named(tmp_path: Path) -> None:
    path = table(tmp_path, "where,shown,who", "a.jpg,happy,x", "b.jpg,sad,y")
    faces = open_set(path, columns=Columns("where", "shown", "who"))
    assert faces.labels.tolist() == [1, 3]
    assert faces.person is not None
    with pytest.raises(InputError, match="--path"):
        open_set(path)
    with pytest.raises(InputError, match="--label"):
        open_set(path, columns=Columns(path="where"))
    with pytest.raises(InputError, match="no column 'nobody'; it has where, shown, who"):
        open_set(path, columns=Columns("where", "shown", "nobody"))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["path,label"], "no lines below its heading"),
        (["path,label", "a.jpg"], "Line 2 of .* has 1 cells, its heading has 2"),
        (["path,label", "a.jpg,grumpy"], "'grumpy' in column 'label'"),
        (["path,happiness,sadness", "a.jpg,0.8,0.2"], "votes, whole numbers"),
        (["path,label,x1,y1,x2,y2", "a.jpg,happy,9,9,5,20"], "Line 2 .* without width or height"),
        (["path,label,x1,y1,x2,y2", "a.jpg,happy,left,9,5,20"], "must be pixels"),
        (["path,label,split", "a.jpg,happy,later"], "must say train, validation or test"),
    ],
)
def test_a_table_that_cannot_be_understood_is_one_sentence(
    tmp_path: Path, lines: list[str], words: str
) -> None:
    with pytest.raises(InputError, match=words) as refused:
        open_set(table(tmp_path, *lines))
    assert "\n" not in str(refused.value)


def test_arrays_have_votes_or_labels_and_anything_else_as_columns(tmp_path: Path) -> None:
    faces = open_set(
        arrays(
            tmp_path,
            label=np.array([0, 1, 1, 3]),
            person=np.array([5, 5, 6, 7]),
            age=np.array(["a", "b", "a", "b"]),
        ),
        "ferplus",
    )
    assert faces.labels.tolist() == [0, 1, 1, 3]
    assert faces.person is not None
    assert faces.person.tolist() == ["5", "5", "6", "7"]
    assert set(faces.columns) == {"label", "age"}
    assert faces.pictures.crops
    colour = open_set(
        arrays(tmp_path, images=np.full((4, 20, 30, 3), (255, 0, 0), np.uint8), votes=np.eye(4, 8, dtype=int))
    )
    assert colour.pictures.open(0)[0, 0].tolist() == [0, 0, 255]
    assert colour.votes is not None
    assert colour.votes.shape == (4, 10)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "no 'ferplus' votes and no 'label'"),
        ({"label": np.array([0, 1, 1, 3])}, "--numbers"),
        ({"label": np.zeros(3)}, r"label in .* must be \(4,\)"),
        ({"ferplus": np.zeros((4, 9), int)}, "whole numbers"),
        ({"ferplus": np.full((4, 10), -1)}, "run from -1"),
        ({"images": np.zeros((4, 20, 20))}, "uint8"),
    ],
)
def test_arrays_that_do_not_fit_are_one_sentence(tmp_path: Path, more: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        open_set(arrays(tmp_path, **more))


def test_what_is_no_set_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "set.npz").write_text("x")
    (tmp_path / "empty").mkdir()
    for name, words in (
        ("nowhere", "There is no set"), ("notes.txt", "no set that Mien knows"), ("set.npz", "cannot be read"),
        ("empty", "no sub-folders"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=words):
            open_set(tmp_path / name)


def test_a_split_set_is_evaluated_on_validation_unless_asked(tmp_path: Path) -> None:
    usage = np.array([0, 1, 1, 2])
    faces = open_set(arrays(tmp_path, label=np.array([0, 0, 1, 1]), usage=usage), "ferplus")
    chosen = select(faces, None, ALL)
    assert (chosen.split, chosen.rows.tolist()) == ("validation", [1, 2])
    assert select(faces, check_split("all"), ALL).available == 4
    with pytest.raises(InputError, match=r"the test split of .* has 1 pictures of 1 expressions"):
        select(faces, check_split("test"), ALL)
    with pytest.raises(SettingError, match="choose one of train, validation, test, all"):
        check_split("dev")
    unsplit = open_set(arrays(tmp_path, label=np.array([0, 0, 1, 1])), "ferplus")
    assert select(unsplit, None, ALL).split is None
    with pytest.raises(SettingError, match="not divided into splits"):
        select(unsplit, check_split("test"), ALL)


def test_what_is_not_asked_for_or_has_no_name_is_counted(tmp_path: Path) -> None:
    faces = open_set(arrays(tmp_path, label=np.array(["happy", "sad", "unknown", "fear"])))
    chosen = select(faces, None, (1, 3))
    assert chosen.rows.tolist() == [0, 1]
    assert chosen.lost == {Lost.OTHER_CLASS: 1, Lost.NO_LABEL: 1}
    assert chosen.classes == (1, 3)


def test_a_sample_is_the_same_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    path = tmp_path / "set.npz"
    np.savez(path, images=np.zeros((200, 20, 20), np.uint8), label=np.arange(200) % 4)
    faces = open_set(path, "ferplus")
    one, same, other = (select(faces, None, ALL, 50, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.rows, same.rows)
    assert len(set(one.rows) - set(other.rows)) > 20
    assert (one.available, one.limit) == (200, 50)
    assert select(faces, None, ALL, 500).limit is None


def test_a_file_that_is_no_picture_or_missing_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"nothing")
    faces = open_set(table(tmp_path, "path,label", "a.jpg,happy", "b.jpg,sad"))
    with pytest.raises(ImageError, match="not a picture"):
        faces.pictures.open(0)
    with pytest.raises(FileNotFoundError):
        faces.pictures.open(1)
