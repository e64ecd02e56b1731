// Package tailored is the folder of the standard kernels: one importable
// package each, and a small main inside it. All of it is generated (go tool
// mage generate); the lists zdeps-*.txt tell what each program holds.
package tailored
