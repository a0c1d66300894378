"""Values and counters."""

import threading

from flowlab.shared.values import Counter, Value


def test_a_value_is_got_and_set():
    value = Value(3)
    value.set(4)
    assert (value.get(), value.value) == (4, 4)


def test_a_type_code_is_taken_as_multiprocessing_has_it():
    assert Value("i", 5).get() == 5
    assert Value().get() is None


def test_a_counter_counts_in_one_step():
    counter = Counter()
    threads = [
        threading.Thread(target=lambda: [counter.increment() for _ in range(1000)])
        for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert counter.get() == 4000
    assert counter.add(0.5) == 4000.5
    assert counter.decrement() == 3999.5
