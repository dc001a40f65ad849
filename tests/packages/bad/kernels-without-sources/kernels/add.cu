__global__ void unused() {}
