module typesdump

go 1.24
