import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Pool
# A function of a module, so that every start method finds it again.
from operator import neg
from time import perf_counter

if __name__ == "__main__":
    workers = int(sys.argv[1])
    with Pool(workers) as pool, ProcessPoolExecutor(workers) as executor:
        # Its processes are started with its first jobs.
        list(executor.map(neg, range(workers * 10)))
        for line in sys.stdin:
            which, jobs = line.split()
            items = range(int(jobs))
            began = perf_counter()
            if which == "Pool":
                answers = pool.map(neg, items, chunksize=1)
            else:
                answers = list(executor.map(neg, items))
            took = perf_counter() - began
            assert answers == [-item for item in items]
            print(took)
