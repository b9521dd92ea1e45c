export const message = 'Hello from Kubernetes';
