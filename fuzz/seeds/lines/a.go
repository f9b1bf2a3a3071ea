package p
//line a.go:10
var a = 1
//line :3:4
var b /*line c.go:7*/ = /*line d.go:1:1*/ 2
//line /abs/e.go:99999999

//line C:\\w.go:5
//line bad
//line x:0
