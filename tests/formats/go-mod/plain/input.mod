module example.org/harbor/desk // the desk

go 1.22

toolchain go1.22.1

require (
	example.org/harbor/ropes v1.2.3
	example.org/pier-kit v2.0.5+incompatible // indirect
	example.org/local v0.0.0
	torn
)

require example.org/single v0.1.0

replace example.org/pier-kit => example.org/fork/pier-kit v2.0.6

replace (
	example.org/local v0.0.0 => ../local
)

exclude example.org/bad v1.0.0
