// The model of kernels: what package resolve found, and emitters write.
package emit

type Kernel struct{}
type Part struct{}
