// What it costs to give way, in Go, on one thread of the operating system: nanoseconds each.
//
//	go run yields.go 1000 1000
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"
)

func main() {
	threads, _ := strconv.Atoi(os.Args[1])
	rounds, _ := strconv.Atoi(os.Args[2])
	runtime.GOMAXPROCS(1)
	// The fastest of three: whatever else runs only makes them slower.
	best := time.Hour
	for i := 0; i < 3; i++ {
		if took := once(threads, rounds); took < best {
			best = took
		}
	}
	fmt.Println("Go", float64(best.Nanoseconds())/float64(threads*rounds))
}

func once(threads, rounds int) time.Duration {
	var all sync.WaitGroup
	all.Add(threads)
	start := time.Now()
	for i := 0; i < threads; i++ {
		go func() {
			for i := 0; i < rounds; i++ {
				runtime.Gosched()
			}
			all.Done()
		}()
	}
	all.Wait()
	return time.Since(start)
}
