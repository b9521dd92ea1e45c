import { execa } from 'execa';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { makeProject, type Project } from './project.js';
import { REGISTRY } from './cluster.js';

/** Repository that no other test uses. */
export function uniqueRepository(): string {
  return `${REGISTRY}/e2e-${randomBytes(4).toString('hex')}`;
}

/** A local TCP port that is free right now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Serves /app over HTTP on port 8080 and logs each request; a few megabytes, so that building and pushing takes well under a second. */
export const WEB_DOCKERFILE = `FROM busybox:1
WORKDIR /app
COPY www /app
CMD ["sh", "-c", "echo started; exec httpd -f -vv -p 8080 -h /app 2>&1"]
`;

export interface DeploymentOptions {
  name?: string;
  image: string;
  /** Further lines of the container, indented by ten spaces. */
  container?: string;
  replicas?: number;
}

/** A Deployment whose pods end at once when they are deleted. */
export function deploymentManifest({
  name = 'web',
  image,
  container = '',
  replicas = 1,
}: DeploymentOptions): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: ${replicas}
  selector:
    matchLabels: { app: ${name} }
  strategy:
    type: Recreate
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: app
          image: ${image}
${container}`;
}

export interface WebProject extends Project {
  readonly repository: string;
  readonly port: number;
  readonly url: string;
}

export interface WebProjectOptions {
  /** Lines appended to the `dev:` section, indented by two spaces. */
  dev?: string;
  dockerfile?: string;
  container?: string;
  repository?: string;
}

/** A project with one image, one deployment, a forward of `port` to 8080 and a sync of `www` with /app. */
export async function makeWebProject(options: WebProjectOptions = {}): Promise<WebProject> {
  const repository = options.repository ?? uniqueRepository();
  const port = await freePort();
  const project = await makeProject({
    'devspace.yaml': `version: v1beta3
images:
  web:
    image: ${repository}
    createPullSecret: false
deployments:
  - name: web
    kubectl:
      manifests: [kube]
dev:
  ports:
    - imageName: web
      forward:
        - port: ${port}
          remotePort: 8080
  sync:
    - imageName: web
      localSubPath: ./www
      containerPath: /app
${options.dev ?? ''}`,
    Dockerfile: options.dockerfile ?? WEB_DOCKERFILE,
    'www/index.html': 'hello from the image\n',
    'kube/deployment.yaml': deploymentManifest({ image: repository, container: options.container ?? '' }),
  });
  return {
    ...project,
    repository,
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await project[Symbol.asyncDispose]();
      await removeImages(repository);
    },
  };
}

/** Takes what was built under that name out of the local docker; the registry keeps its copy. */
export async function removeImages(repository: string): Promise<void> {
  const { stdout } = await execa('docker', [
    'images',
    '--filter',
    `reference=${repository}`,
    '--format',
    '{{.Repository}}:{{.Tag}}',
  ]);
  const refs = stdout.split('\n').filter((ref) => ref !== '' && !ref.endsWith('<none>'));
  if (refs.length > 0) await execa('docker', ['rmi', '--force', ...refs], { reject: false });
}
