"""Content types: which there are, and when one is a sub-type of another.

A type is a string; the empty one says nothing. Components are compared whole, so `user/a` holds
`user/a/b` but not `user/ab` (Rain compared prefixes).
After Rain's user guide, "Object content types".
"""

from flowlab.errors import ContentTypeError

PLAIN = frozenset({"pickle", "cloudpickle", "json", "cbor", "arrow", "text", "protobuf", "dir"})
FAMILIES = ("mime/", "user/", "protobuf/")
PICKLES = frozenset({"pickle", "cloudpickle"})


def check_content_type(content_type: str) -> str:
    """Give the type back, or raise ContentTypeError when it is none."""
    known = (
        not content_type
        or content_type in PLAIN
        or content_type.startswith("text-")
        or content_type.startswith(FAMILIES)
    )
    if not known:
        raise ContentTypeError(
            f"Content type {content_type!r} is not recognized; "
            f"use one of {', '.join(sorted(PLAIN))}, "
            "text-ENCODING, mime/..., user/... or protobuf/..."
        )
    return content_type


def is_subtype(content_type: str, declared: str) -> bool:
    """Whether data of `content_type` may stand where `declared` was promised."""
    if not declared or content_type == declared:
        return True
    if content_type in PICKLES and declared in PICKLES:
        return True
    if declared == "text":
        return content_type.startswith("text-")
    return content_type.startswith(f"{declared}/")


def merge_content_types(content_type: str, declared: str) -> str:
    """The narrower of the two; raises ContentTypeError when neither holds the other."""
    if {content_type, declared} <= PICKLES and content_type != declared:
        return "cloudpickle"
    if is_subtype(content_type, declared):
        return content_type
    if is_subtype(declared, content_type):
        return declared
    raise ContentTypeError(f"Incompatible content types: {declared!r} and {content_type!r}")


def text_encoding(content_type: str) -> str | None:
    """The encoding that a text type names, or None when the type is no text."""
    if content_type == "text":
        return "utf-8"
    return content_type[5:] if content_type.startswith("text-") else None
