"""Random graphs of tasks, each with the results that plain Python gives."""

import random

from flowlab import remote

REACH = 150  # how far back an input may lie, as a rule: so graphs are neither chains nor bushes


def make_shape(seed, number):
    """Inputs of each node, all of them earlier ones; a tenth of the nodes have none."""
    rng = random.Random(seed)
    shape = []
    for node in range(number):
        first = 0 if rng.random() < 0.02 else max(0, node - REACH)
        choices = range(first, node)
        count = 0 if rng.random() < 0.1 else rng.randint(1, 3)
        shape.append(tuple(rng.sample(choices, min(count, len(choices)))))
    return shape


def make_mix():
    """What a node computes; made anew, so that it travels to an engine by value."""

    def mix(number, values):
        """A number that depends on every input, in order; each 50th with 100 kB behind it."""
        total = number * 2_654_435_761 + 97
        for value in values:
            total = (total * 1_000_003 ^ value[0]) % (2**61 - 1)
        return total, bytes(100_000) if number % 50 == 7 else b""

    return mix


def evaluate(shape):
    """The numbers of all nodes, one after the other."""
    mix, values = make_mix(), []
    for number, inputs in enumerate(shape):
        values.append(mix(number, [values[each] for each in inputs]))
    return [value[0] for value in values]


def declare(shape, seconds=0.0):
    """A task for each node, in the active session; each sleeps for `seconds`."""
    mix = make_mix()

    @remote(auto_load=True, auto_encode="pickle")
    def node(ctx, number, *inputs):
        import time

        if seconds:
            time.sleep(seconds)
        return mix(number, inputs)

    tasks = []
    for number, inputs in enumerate(shape):
        tasks.append(node(number, *(tasks[each].output for each in inputs)))
    return tasks
