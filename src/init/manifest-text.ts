/** A small Deployment, and a Service where there is a port. `image` without a tag gets that of each build. */
export function manifestTexts(
  name: string,
  image: string,
  port: number | undefined,
  built: boolean,
): { deployment: string; service: string | undefined } {
  const ports =
    port === undefined
      ? ''
      : `
          ports:
            - containerPort: ${port}
          readinessProbe:
            tcpSocket:
              port: ${port}
            periodSeconds: 2`;
  const note = built ? '          # Without a tag: devspace puts in the one that it built.\n' : '';
  return {
    deployment: `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  labels:
    app: ${name}
spec:
  replicas: 1
  strategy:
    type: Recreate
  selector:
    matchLabels:
      app: ${name}
  template:
    metadata:
      labels:
        app: ${name}
    spec:
      containers:
        - name: ${name}
${note}          image: ${image}${ports}
`,
    service:
      port === undefined
        ? undefined
        : `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  labels:
    app: ${name}
spec:
  selector:
    app: ${name}
  ports:
    - port: ${port}
`,
  };
}
