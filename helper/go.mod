module devspace-helper

go 1.19
