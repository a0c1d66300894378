"""The table of limits: everything that grows is bounded, and what is dropped is counted.

One place, so that the documentation and the errors cannot disagree.
"""

KIB = 1024
MIB = 1024 * KIB

INLINE_OBJECT = 64 * KIB  # bytes; above, an object lies in the host's store
PACKED_BUFFER = 4 * KIB  # bytes of a buffer, from which a large pickle leaves it outside
POOL = 1024 * MIB  # bytes of files without an object whose pages a store keeps for new ones
POOLED_FILE = 256 * KIB  # bytes of a file, from which its pages are worth it
POOLED_FILES = 64  # files without an object that a store keeps
MESSAGE = 4 * MIB  # bytes of inline values in one message
PIECE = 4 * MIB  # bytes of a large object that go to another host in one message
UNDER_WAY = 2  # pieces between being asked for and being written, for each engine that takes some
ARCHIVE_MEMBERS = 1_000_000  # files and directories in one directory's archive
CAPTURED_VALUE = 256 * KIB  # bytes of a notebook value or an argument pickled into a task
SOURCE_TEXT = 64 * KIB  # characters of a cell or function that the journal keeps for people
TRACE_TEXT = 64 * KIB  # bytes of one trace; the middle of a longer one is left out
TRACE_TASK = 1 * MIB  # bytes of traces one task may send; what is above is counted, not sent
LOG_AHEAD = 512 * KIB  # bytes of log records an engine keeps until they are safe; then tasks wait
LOG_WINDOW = 2 * MIB  # bytes of log records on the way to a session's handlers; then tasks wait
LOG_FOUND = 10_000  # rows of log a search pattern keeps, the newest
ERROR_TEXT = 32 * KIB  # bytes of an error's message with its traceback
AHEAD = 256 * KIB  # bytes of values that come along with one that is fetched
JOURNAL = 256 * MIB  # bytes of facts and verdicts; then the journal says that it is full
TRACES = 64 * MIB  # bytes of traces; then the older half is dropped
STREAM_TRACES = 20_000  # traces a stream keeps in memory for readers that come later
STREAM_TEXT = 32 * MIB  # bytes of their text; more than is on the way to a kernel that went away
ENGINE_VALUES = 256 * MIB  # bytes of values an engine keeps for later tasks; then the oldest go
FRAME_TEXT = 128 * KIB  # characters of output in one frame for a browser; of more the newest
SNAPSHOT_TEXT = 1 * MIB  # characters of output that a browser gets when it comes
ENTRY_ROWS = 4_000  # rows of entries in one message to a kernel, which is still while it reads it
FRAME_ROWS = 10_000  # tasks and objects in what waits for a browser; then it starts anew
BATCH_TASKS = 2_048  # tasks in one batch
UNKNOWN_TASKS = 32  # tasks of a function nobody has timed yet, given to one engine
BATCH_SECONDS = 0.05  # s of expected work in one batch
BUDGET_SECONDS = 0.1  # s a running task may take before the untouched tail goes back
REPORT_SECONDS = 0.05  # s between streamed reports of one engine
URGENT_SECONDS = 0.005  # s between reports that others wait for while the engine goes on
BEAT_SECONDS = 1.0  # s between signs of life of an engine
KILLED_ENGINES = 3  # engines that a task may take down before it fails
CANCEL_GRACE = 2.0  # s a task has to end when interrupted; then its engine is killed
DEBUG_TEXT = 1 * MIB  # bytes of ctx.debug kept in a task's info
