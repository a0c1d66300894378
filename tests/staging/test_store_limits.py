"""What happens when the store of a host is full."""
# mirrors: limits and spill of staging/store, area, account and pool together

import pytest

from flowlab.errors import StoreError
from flowlab.model.ids import HostId, ObjectId, SessionId, join_id
from flowlab.model.limits import MIB
from flowlab.staging.store import (
    HostStore,
    StoreSettings,
    private_directory,
    read_settings,
    write_settings,
)

ONE = SessionId(1)
A = ObjectId(join_id(ONE, 10))
C = ObjectId(join_id(SessionId(2), 10))


@pytest.fixture
def limited(tmp_path):
    """A store of 3 MiB with 2 MiB on a disk."""
    directory, spill = private_directory(tmp_path, "store"), private_directory(tmp_path, "spill")
    write_settings(directory, StoreSettings(3 * MIB, str(spill), 2 * MIB))
    return HostStore(directory, HostId("here"))


def numbered(count):
    return [ObjectId(join_id(ONE, 10 + number)) for number in range(count)]


def test_what_has_no_room_in_memory_goes_to_the_disk(limited, tmp_path):
    values = {one: limited.put(one, bytes([one % 251]) * MIB) for one in numbered(5)}
    on_disk = [value for value in values.values() if value.path.startswith(str(tmp_path / "spill"))]
    assert len(on_disk) == 2
    for one, value in values.items():
        assert limited.open(value) == bytes([one % 251]) * MIB
    assert limited.contents() == dict.fromkeys(values, MIB)
    limited.drop(values)
    assert limited.contents() == {}


def test_a_full_store_names_what_fills_it_and_loses_nothing(limited):
    values = {one: limited.put(one, b"x" * MIB, f"part {one % 100}") for one in numbered(5)}
    with pytest.raises(StoreError) as caught:
        limited.put(C, b"y" * (MIB + 1))
    for words in (
        "no room in this host's store for object 2/10 of 1.0 MiB",
        "3.0 MiB of 3.0 MiB",
        "2.0 MiB of 2.0 MiB",
        f"1/10 (part {A % 100}) with 1.0 MiB",
        "Client(store_size=…, spill=DIRECTORY)",
    ):
        assert words in str(caught.value)
    assert limited.contents() == dict.fromkeys(values, MIB)
    assert all(limited.open(value) == b"x" * MIB for value in values.values())
    limited.drop([A])
    limited.put(C, b"y" * MIB)


def test_un_needed_files_make_room_before_the_disk_is_used(limited, tmp_path):
    first, second, third, *_ = numbered(3)
    limited.put(first, b"x" * MIB)
    limited.drop([first])
    limited.put(second, b"x" * (MIB // 3))  # too small for the file that waits
    value = limited.put(third, b"x" * (5 * MIB // 2))
    assert value.path.startswith(str(tmp_path / "store"))


def test_settings_are_those_of_who_made_the_store(tmp_path):
    assert read_settings(tmp_path).size > 0
    write_settings(tmp_path, StoreSettings(7))
    assert read_settings(tmp_path) == StoreSettings(7)
    assert read_settings(tmp_path / "absent") == StoreSettings(0)
    with pytest.raises(FileExistsError):
        write_settings(tmp_path, StoreSettings(8))
