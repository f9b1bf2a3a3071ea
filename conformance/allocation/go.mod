module allocation

go 1.24
