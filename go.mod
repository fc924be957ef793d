module parodywave

go 1.26
