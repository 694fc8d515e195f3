import os, signal, time
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import TimeoutError, get_context

TASKS, CULPRIT = 20, 9


def task(number):
    if number == CULPRIT:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.002)
    return number


def outcome(get):
    until = time.monotonic() + 0.5
    answered, failed, lost = 0, 0, 0
    for number in range(TASKS):
        try:
            assert get(number, max(0.01, until - time.monotonic())) == number
            answered += 1
        except BrokenProcessPool:
            failed += 1
        except TimeoutError:
            lost += 1
    return f"{answered},{failed},{lost}"


def once_more(run):
    try:
        return "done" if run() == 0 else "wrong"
    except BrokenProcessPool:
        return "refused"


context = get_context("fork")
executor = ProcessPoolExecutor(2, mp_context=context)
futures = []
for number in range(TASKS):
    try:
        futures.append(executor.submit(task, number))
    except BrokenProcessPool:
        break


def result(number, patience):
    if number >= len(futures):
        raise BrokenProcessPool
    return futures[number].result(patience)


counts = outcome(result)
print(f"ProcessPoolExecutor,{counts},{once_more(lambda: executor.submit(task, 0).result(5))}")

pool = context.Pool(2)
results = [pool.apply_async(task, (number,)) for number in range(TASKS)]
counts = outcome(lambda number, patience: results[number].get(patience))
print(f"multiprocessing.Pool,{counts},{once_more(lambda: pool.apply_async(task, (0,)).get(5))}")
# The ordinary end. Should it hang, then whoever reads this ends the group.
executor.shutdown()
pool.terminate()
pool.join()
print("end")
