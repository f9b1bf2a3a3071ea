package main

type job struct {
	id   int
	done chan bool
}

func worker(jobs <-chan *job) {
	for j := range jobs {
		j.done <- j.id%2 == 0
	}
}

func main() {
	jobs := make(chan *job, 4)
	go worker(jobs)
	for i := 0; i < 3; i++ {
		j := &job{id: i, done: make(chan bool)}
		jobs <- j
		select {
		case ok := <-j.done:
			println(ok)
		}
	}
	close(jobs)
}
