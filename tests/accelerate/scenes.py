"""What takes more than one expression: callbacks, threads, signals, counts of references.

A scene is a function of the package. What it returns or raises is compared like any other call;
what has to be so on either path is asserted. Runs on every Python from 3.9.
"""

from __future__ import annotations

import contextlib
import gc
import operator
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import given
import numpy as np

Action = Callable[[], Any]
SCENES: list[Callable[[Any], Any]] = []
LONG = 20_000
"""Milliseconds that nothing here takes, unless it hangs."""
ROUGHLY = 100
"""By how much the references to what everything refers to may change."""


class OwnError(Exception):
    """An error that C++ does not know."""


def scene(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Let a function be played."""
    SCENES.append(function)
    return function


def said_by(action: Action) -> str:
    """Return the error of an action, or its value."""
    try:
        return f"value {action()!r}"
    except BaseException as error:  # noqa: BLE001 - all of them are looked at
        return f"{type(error).__name__}: {error}"


# --------------------------------------------------------------------------------- callbacks


def fail_with(error: BaseException) -> Callable[..., Any]:
    """Return a function that raises an error."""

    def fail(*_arguments: Any) -> Any:
        raise error

    return fail


def give(value: Any, _: Any) -> Any:
    """Return a value, whatever is handed in."""
    return value


@scene
def callback_returns(p: Any) -> list[str]:
    results = [1, 2.5, "text", "x" * 100, b"bytes", None, True, [1, 2], {"a": 1}, len, 2**70]
    return [said_by(partial(p.call, partial(give, one), 0)) for one in results]


@scene
def callback_gets(p: Any) -> list[str]:
    got: list[Any] = []
    for value in (1, 2.5, "text", "x" * 100, b"bytes", None, True, 2**62):
        p.call(got.append, value)
    return [f"{type(one).__name__} {one!r}" for one in got]


@scene
def callback_raises_value_error(p: Any) -> Any:
    return p.call(fail_with(ValueError("from Python")), 1)


@scene
def callback_raises_own_error(p: Any) -> Any:
    return p.call(fail_with(OwnError("from Python", 5)), 1)


@scene
def callback_raises_key_error(p: Any) -> Any:
    return p.call(fail_with(KeyError("key")), 1)


@scene
def callback_raises_unicode_error(p: Any) -> Any:
    return p.call(lambda _: "\ud800".encode(), 1)


@scene
def callback_raises_stop_iteration(p: Any) -> Any:
    return p.call(lambda _: next(iter([])), 1)


@scene
def callback_raises_keyboard_interrupt(p: Any) -> Any:
    return p.call(fail_with(KeyboardInterrupt("pressed")), 1)


@scene
def callback_raises_system_exit(p: Any) -> Any:
    return p.call(fail_with(SystemExit(3)), 1)


@scene
def callback_raises_from_another(p: Any) -> Any:
    def chained(_: Any) -> None:
        try:
            fail_with(OwnError("inner"))()
        except OwnError as error:
            raise ValueError("outer") from error

    return p.call(chained, 1)


@scene
def callback_returns_the_wrong_type(p: Any) -> Any:
    return p.call_typed(lambda *_: "no number", 1)


@scene
def callback_takes_too_few(p: Any) -> Any:
    return p.call_typed(lambda x: x, 1)


@scene
def callback_errors_are_caught_in_cxx(p: Any) -> Any:
    caught = [p.call_catching(fail_with(error)) for error in (ValueError("a"), OwnError("b"))]
    return caught, p.call_catching(lambda: 5), p.add(1, 2)


@scene
def callback_from_another_thread(p: Any) -> Any:
    seen: list[bool] = []

    def note(x: int) -> int:
        seen.append(threading.current_thread() is threading.main_thread())
        return x + 1

    return p.call_from_thread(note, 1), p.call_from_thread(fail_with(ValueError("x")), 1), seen


@scene
def callbacks_call_each_other(p: Any) -> Any:
    def descend(depth: int) -> Any:
        return p.call(descend, depth - 1) + 1 if depth else 0

    return p.call(descend, 60)


@scene
def callbacks_fail_deep_inside(p: Any) -> Any:
    def descend(depth: int) -> Any:
        return p.call(descend, depth - 1) if depth else p.divide(1, 0)

    return said_by(lambda: p.call(descend, 20)), p.add(1, 2)


@scene
def callbacks_are_the_packages_own(p: Any) -> Any:
    return p.call(p.same_text, "text"), p.call_times(p.same_int, 100), p.call(p.adder(2), 3)


@scene
def callback_changes_its_caller(p: Any) -> Any:
    arguments = {"x": [1, 2, 3]}

    def clear(_: Any) -> int:
        arguments.clear()
        gc.collect()
        return 0

    first = p.call(clear, "some text that is long enough for the heap" * 10)
    return first, arguments


@scene
def an_error_during_an_error(p: Any) -> Any:
    try:
        p.fail("key")
    except KeyError:
        p.fail("value")


@scene
def an_error_in_finally(p: Any) -> Any:
    steps: list[str] = []
    with contextlib.suppress(ValueError):
        try:
            p.fail("value")
        finally:
            steps.append(str(p.add(1, 2)))
    return steps


# ------------------------------------------------------------------------- arguments that act


@scene
def arguments_that_call_back(p: Any) -> Any:
    class Calls:
        def __index__(self) -> int:
            return p.add(1, 2)  # type: ignore[no-any-return]

    return said_by(lambda: p.same_int(Calls()))


@scene
def keywords_that_act(p: Any) -> Any:
    class Key(str):
        __slots__ = ()

        def __eq__(self, other: object) -> bool:
            raise OwnError("compared")

        def __hash__(self) -> int:
            return hash("y")

    return said_by(lambda: p.add(1, **{Key("y"): 2}))


@scene
def arrays_are_changed_in_place(p: Any) -> Any:
    array = np.arange(6.0).reshape(2, 3)
    same = np.frombuffer(bytearray(24))
    p.increment(array)
    p.increment(array[:, :])
    p.increment(same)
    return array.tolist(), same.tolist()


@scene
def arrays_stay_while_they_are_used(p: Any) -> Any:
    buffer = bytearray(b"\0" * 80)
    array = np.frombuffer(buffer)
    before = sys.getrefcount(array)
    for _ in range(50):
        p.sum(array)
        p.describe(array)
    with contextlib.suppress(Exception):
        p.describe(array, 5)
    del _
    assert sys.getrefcount(array) == before
    del array
    gc.collect()
    buffer.extend(b"1")  # a BufferError while somebody holds it
    return len(buffer)


@scene
def results_outlive_their_arguments(p: Any) -> Any:
    made = [p.same_text("text " * 50 + str(i)) for i in range(50)]
    points = [p.some_point(i) for i in range(20, 70)]
    functions = [p.adder(i) for i in range(50)]
    gc.collect()
    total = sum(one.x for one in points) + sum(one(1) for one in functions)
    return hash(tuple(made)) == hash(tuple("text " * 50 + str(i) for i in range(50))), total


@scene
def values_are_not_shared(p: Any) -> Any:
    point = p.Point(1)
    other = p.same_point(point)
    other.x = 7
    return point.x, point.same_as(other), point is other


# --------------------------------------------------------------------------------- references


def change_of_counts(values: list[Any], action: Callable[[Any], Any]) -> list[int]:
    """Return by how much the references to values change in a hundred calls with each."""
    before = [sys.getrefcount(one) for one in values]
    for i in range(len(values)):
        for _ in range(100):
            with contextlib.suppress(Exception):
                action(values[i])
    gc.collect()
    after = [sys.getrefcount(one) for one in values]
    return [after[i] - before[i] for i in range(len(values))]


@scene
def references_are_given_back(p: Any) -> Any:
    values = [
        10**6,
        2**80,
        1.25,
        "text" * 20,
        "\ud800",
        b"bytes" * 20,
        object(),
        [1],
        {"a": 1},
        given.IntLike(3),
        given.TextLike("text"),
        lambda x: x,
        np.zeros(3),
        p.Point(1),
        OwnError(),
    ]
    functions = [p.same_any, p.same_int, p.same_text, p.same_float, p.sum, p.same_object, p.call]
    functions += [p.count, p.same_list, p.ignore, p.same_function, p.point_x, p.Point, p.fail]
    found = {one.__name__: change_of_counts(values, one) for one in functions}
    assert not any(change for changes in found.values() for change in changes), found


@scene
def references_are_given_back_by_name(p: Any) -> Any:
    values = [10**6, "text" * 20, b"bytes" * 20, object(), [1], given.TextLike("y"), 1.5]
    found = [
        change_of_counts(values, lambda one: p.defaults(1, c=one)),
        change_of_counts(values, lambda one: p.defaults(1, d=one)),
        change_of_counts(values, lambda one: p.keyword_only(1, mode=one)),
        change_of_counts(values, lambda one: p.all_defaults(limit=one, mode=one)),
        change_of_counts(values, lambda one: p.add(1, **{str(one): one})),
        change_of_counts(values, lambda one: p.add(one, x=one)),
        change_of_counts(values, lambda one: p.twenty(one, one, one, t=one)),
    ]
    assert not any(change for changes in found for change in changes), found


@scene
def singletons_keep_their_counts(p: Any) -> Any:
    actions: list[Action] = [p.nothing, lambda: p.same_bool(1), lambda: p.same_any(None)]
    actions += [lambda: p.several(0), lambda: p.several(17), lambda: p.same_bool(0)]
    singles = (None, True, False, (), "", b"")
    before = [sys.getrefcount(one) for one in singles]
    for action in actions:
        for _ in range(1000):
            action()
    after = [sys.getrefcount(one) for one in singles]
    lost = [i for i in range(len(singles)) if abs(after[i] - before[i]) > ROUGHLY]
    assert not lost, lost


@scene
def errors_do_not_keep_arguments(p: Any) -> Any:
    class Watched:
        """An object whose end is seen."""

        gone = 0

        def __del__(self) -> None:
            Watched.gone += 1

    for _ in range(20):
        with contextlib.suppress(Exception):
            p.same_int(Watched())
        with contextlib.suppress(Exception):
            p.add(1, z=Watched())
        with contextlib.suppress(Exception):
            p.same_text(Watched(), 1)
    gc.collect()
    assert Watched.gone == 60


# ------------------------------------------------------------------------------------ threads


def in_threads(count: int, action: Callable[[int], Any]) -> list[Any]:
    """Run an action in several threads at once, and return what became of each."""
    results: list[Any] = [None] * count

    def work(number: int) -> None:
        results[number] = said_by(lambda: action(number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@scene
def threads_are_in_cxx_together(p: Any) -> Any:
    p.part()
    met = in_threads(3, lambda _: p.meet(3))
    p.part()
    assert met == ["value True"] * 3, "the GIL is released during a call"
    return met


@scene
def threads_do_not_mix_up_results(p: Any) -> Any:
    def work(number: int) -> str:
        seen: Counter[str] = Counter()
        for i in range(400):
            seen[f"sum {p.add(i, number) - i - number}"] += 1
            seen[f"text {p.same_text(f'{number} ' * 30) == f'{number} ' * 30}"] += 1
            seen[f"object {p.some_point(number + 20).x - number}"] += 1
            seen[said_by(lambda: p.fail("value"))] += 1
            seen[said_by(lambda: p.same_int("x"))] += 1
            seen[f"callback {p.call(partial(operator.add, number), i) - i - number}"] += 1
            seen[f"list {list(p.same_list([i, number])) == [i, number]}"] += 1
        return str(sorted(seen.items()))

    return in_threads(8, work)


@scene
def errors_stay_in_their_threads(p: Any) -> Any:
    kinds = ("value", "type", "index", "key", "attribute", "zero", "runtime", "own")
    return in_threads(8, lambda number: [said_by(lambda: p.fail(kinds[number]))] * 3)


@scene
def threads_end_while_others_call(p: Any) -> Any:
    for _ in range(50):
        in_threads(4, lambda number: p.same_text("x" * (100 + number)))
    return p.add(1, 2)


@scene
def the_processor_is_free_during_a_call(p: Any) -> Any:
    done = threading.Event()
    counted = 0

    def sleep() -> None:
        p.sleep(200)
        done.set()

    thread = threading.Thread(target=sleep)
    thread.start()
    while not done.is_set():
        counted += 1
        time.sleep(0.001)
    thread.join()
    assert counted > 5, "Python ran while C++ slept"


@scene
def a_fork_can_call(p: Any) -> Any:
    child = os.fork()
    if not child:
        os._exit(p.add(40, 2))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# ------------------------------------------------------------------------------------ signals


@contextlib.contextmanager
def handler(number: int, act: Callable[..., Any]) -> Iterator[None]:
    """Have a handler for a signal, for a while."""
    before = signal.signal(number, act)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(number, before)


@scene
def ctrl_c_ends_a_kernel(p: Any) -> Any:
    started = time.monotonic()
    with handler(signal.SIGINT, signal.default_int_handler):
        said = said_by(lambda: p.signal_itself(int(signal.SIGINT), LONG))
    assert time.monotonic() - started < LONG / 2000
    assert said.startswith("KeyboardInterrupt"), said
    return said, p.add(1, 2)


@scene
def a_handlers_own_error_ends_a_kernel(p: Any) -> Any:
    def act(*_: Any) -> None:
        raise OwnError("from the handler")

    with handler(signal.SIGALRM, act):
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        said = said_by(lambda: p.work(LONG))
    assert "from the handler" in said, said
    return said, p.add(1, 2)


@scene
def a_quiet_handler_ends_nothing(p: Any) -> Any:
    seen: list[int] = []
    with handler(signal.SIGALRM, lambda number, _: seen.append(number)):
        said = said_by(lambda: p.signal_itself(int(signal.SIGALRM), 30))
    return said, seen


@scene
def a_handler_calls_the_package(p: Any) -> Any:
    seen: list[Any] = []
    with handler(signal.SIGALRM, lambda *_: seen.append(p.add(1, 2))):
        said = said_by(lambda: p.signal_itself(int(signal.SIGALRM), 30))
    return said, seen


@scene
def ctrl_c_waits_for_what_does_not_look(p: Any) -> Any:
    def sleep() -> str:
        p.sleep(60)
        time.sleep(0.2)
        return "reached"

    with handler(signal.SIGALRM, signal.default_int_handler):
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        said = said_by(sleep)
    return said, p.add(1, 2)


@scene
def other_threads_hear_no_signals(p: Any) -> Any:
    seen: list[int] = []
    with handler(signal.SIGALRM, lambda number, _: seen.append(number)):
        said = in_threads(1, lambda _: p.signal_itself(int(signal.SIGALRM), 30))
    return said, seen


@scene
def ctrl_c_in_a_callback(p: Any) -> Any:
    with handler(signal.SIGINT, signal.default_int_handler):
        said = said_by(lambda: p.call(lambda _: p.signal_itself(int(signal.SIGINT), LONG), 1))
    return said, p.add(1, 2)
