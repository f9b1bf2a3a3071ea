module example.com/m // c

go 1.21
toolchain go1.22.1

require (
	example.com/a v1.2.3
	gopkg.in/yaml.v2 v2.4.0 // indirect
)
replace example.com/a => ../a
replace example.com/b v1.0.0 => example.com/c v1.1.0
exclude example.com/a v1.2.2
retract [v1.0.0, v1.0.1] // why
godebug default=go1.21
tool example.com/a/cmd
ignore ./x
