"""What is said of a full store."""

from flowlab.model.ids import ObjectId, SessionId, join_id
from flowlab.staging.largest import describe_largest, in_units, note_label, read_labels

A, B = (ObjectId(join_id(SessionId(1), number)) for number in (10, 11))


def test_labels_are_noted_and_found(tmp_path):
    path = tmp_path / "labels"
    assert read_labels(path) == {}
    note_label(path, A, "raw\n☃")
    note_label(path, B, "x" * 10_000)
    note_label(path, A, "raw again")
    labels = read_labels(path)
    assert labels[A] == "raw again"
    assert len(labels[B]) == 100


def test_half_a_line_of_a_writer_that_was_killed_is_passed_over(tmp_path):
    note_label(tmp_path / "labels", A, "raw")
    with (tmp_path / "labels").open("ab") as file:
        file.write(b'[42949, "ha')
    assert read_labels(tmp_path / "labels") == {A: "raw"}


def test_the_largest_come_first():
    sizes = [(A, 3 << 20), (B, 5 << 20)]
    assert describe_largest(sizes, {A: "raw"}) == (
        "the largest of its objects are 1/11 with 5.0 MiB, 1/10 (raw) with 3.0 MiB"
    )
    many = [(ObjectId(A + number), number) for number in range(9)]
    assert describe_largest(many, {}).endswith("1/14 with 4 bytes and 4 more")
    assert describe_largest([], {}) == "no object lies there"


def test_units():
    assert [in_units(size) for size in (7, 2048, 3 << 30)] == ["7 bytes", "2.0 KiB", "3072.0 MiB"]
