import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { runCli, startCli, type CliResult } from '../rig/cli.js';
import { makeProject, type Project } from '../rig/project.js';
import { until } from '../rig/until.js';

const TOKEN = 'secret-token-value';

function kubeconfig(server: string, { current = 'test', cluster = '' } = {}): string {
  return `apiVersion: v1
kind: Config
current-context: ${current}
clusters: [{ name: c, cluster: { server: "${server}"${cluster} } }]
users: [{ name: u, user: { token: ${TOKEN} } }]
contexts: [{ name: test, context: { cluster: c, user: u, namespace: shop } }]
`;
}

/** A project whose kubeconfig is this one, and a home folder without another one. */
async function withKubeconfig(config: string): Promise<Project> {
  return makeProject({ 'app/devspace.yaml': 'version: v1beta3\n', config, 'home/file': '' });
}

async function run(project: Project, args: readonly string[], env = {}): Promise<CliResult> {
  const HOME = project.path('home');
  return runCli(args, {
    cwd: project.path('app'),
    env: { KUBECONFIG: project.path('config'), HOME, USERPROFILE: HOME, ...env },
  });
}

/** Listens on a free port of this machine until disposed. */
async function listening(server: Server | ReturnType<typeof createTcpServer>) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const close = async (): Promise<void> => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port: typeof address === 'object' && address ? address.port : 0, [Symbol.asyncDispose]: close };
}

/** A port that nothing listens on: it was free a moment ago. */
async function closedPort(): Promise<number> {
  await using server = await listening(createTcpServer());
  return server.port;
}

describe('without a usable kubeconfig', () => {
  it.each(['dev', 'deploy', 'purge', 'enter', 'logs', 'sync'])(
    '%s says that there is none',
    async (command) => {
      await using project = await withKubeconfig('');
      const { code, stdout, stderr } = await run(project, [command], { KUBECONFIG: undefined });
      expect(stderr)
        .toBe(`error KUBE_CONFIG_NOT_FOUND: There is no kubeconfig: ${project.path('home/.kube/config')} does not exist
  hint: Set KUBECONFIG to the file of your cluster, then check with: kubectl config get-contexts
`);
      expect(stdout).toBe('');
      expect(code).toBe(1);
    },
  );

  it('says that there is no current context, and which there are', async () => {
    await using project = await withKubeconfig(kubeconfig('https://127.0.0.1:1', { current: '""' }));
    const { code, stderr } = await run(project, ['dev']);
    expect(stderr)
      .toBe(`error KUBE_CONFIG_NOT_FOUND: The kubeconfig ${project.path('config')} has no current context
  Known contexts:
    test
  hint: Choose one with --kube-context or: kubectl config use-context NAME
`);
    expect(code).toBe(1);
  });

  it('names the contexts there are when an unknown one is asked for', async () => {
    await using project = await withKubeconfig(kubeconfig('https://127.0.0.1:1'));
    const { code, stderr } = await run(project, ['dev', '--kube-context', 'prod']);
    expect(stderr).toMatch(/^error KUBE_CONTEXT_UNKNOWN: .*"prod" in /m);
    expect(stderr).toMatch(/^ {4}test$/m);
    expect(code).toBe(1);
  });

  it('says which file is broken, and where, without showing what is in it', async () => {
    await using project = await withKubeconfig(`users: [{ user: { token: ${TOKEN} }\nclusters: []\n`);
    const { code, stdout, stderr } = await run(project, ['logs', '--debug', '--output', 'json']);
    expect(stderr).toMatch(/^error KUBE_CONFIG_INVALID: .*config/m);
    expect(stdout + stderr).not.toContain(TOKEN);
    expect(code).toBe(1);
  });
});

describe('an API server that cannot be used', () => {
  /** All that `devspace` says of it, in every mode that says more; the token must not be in it. */
  async function told(config: string, code: string): Promise<string> {
    await using project = await withKubeconfig(config);
    const [plain, debug, json] = await Promise.all(
      [['deploy'], ['logs', '--debug'], ['deploy', '--output', 'json', '--debug']].map((args) =>
        run(project, args),
      ),
    );
    for (const result of [plain, debug, json]) {
      expect(result?.stderr).toContain(`error ${code}: `);
      expect(`${result?.stdout}${result?.stderr}`).not.toContain(TOKEN);
      expect(result?.code).toBe(1);
    }
    expect(debug?.stderr).toMatch(/^ +at /m);
    expect(JSON.parse(json?.stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'failed',
      code,
    });
    return plain?.stderr ?? '';
  }

  it('because nothing listens there', async () => {
    const server = `https://127.0.0.1:${await closedPort()}`;
    expect(await told(kubeconfig(server), 'KUBE_UNREACHABLE')).toBe(`info Using context test, namespace shop
error KUBE_UNREACHABLE: The API server ${server} (context "test") refuses connections: is the cluster running?
  hint: kubectl --context test cluster-info
`);
  });

  it('because its name has no address', async () => {
    const text = await told(kubeconfig('https://cluster.invalid'), 'KUBE_UNREACHABLE');
    expect(text).toContain('cannot be found: the name cluster.invalid has no address');
  });

  it('because it speaks no TLS', async () => {
    await using server = await listening(createHttpServer((_, response) => response.end()));
    const text = await told(kubeconfig(`https://127.0.0.1:${server.port}`), 'KUBE_UNREACHABLE');
    expect(text).toContain('does not speak TLS on this port: should it be http:// or another port?');
    expect(text).toContain('hint: kubectl --context test config view --minify');
  });

  it('because it wants TLS and is asked without', async () => {
    await using files = await makeProject({});
    await using server = await listening(createHttpsServer(certificate(files)));
    const text = await told(kubeconfig(`http://127.0.0.1:${server.port}`), 'KUBE_UNREACHABLE');
    expect(text).toContain('closed the connection before it answered');
  });

  it('because another authority signed its certificate', async () => {
    await using files = await makeProject({});
    await using server = await listening(createHttpsServer(certificate(files)));
    const text = await told(kubeconfig(`https://127.0.0.1:${server.port}`), 'KUBE_UNREACHABLE');
    expect(text).toContain("has a certificate that the kubeconfig's certificate authority did not sign");
  });

  it('because it does not accept the credentials', async () => {
    await using server = await listening(
      createHttpServer((request, response) => {
        const body = { kind: 'Status', status: 'Failure', code: 401, message: 'Unauthorized' };
        response.writeHead(request.headers.authorization === `Bearer ${TOKEN}` ? 401 : 500);
        response.end(JSON.stringify(body));
      }),
    );
    const text = await told(kubeconfig(`http://127.0.0.1:${server.port}`), 'KUBE_UNAUTHORIZED');
    expect(text).toMatch(/\(context "test"\) does not accept your credentials: Unauthorized$/m);
  });

  it('because it is no API server at all', async () => {
    await using server = await listening(
      createHttpServer((_, response) => response.end('<html>Please log in</html>')),
    );
    const text = await told(kubeconfig(`http://127.0.0.1:${server.port}`), 'KUBE_API_ERROR');
    expect(text).toContain('with something that is not JSON');
  });
});

/** A certificate for 127.0.0.1 that only vouches for itself. */
function certificate(files: Project): { key: Buffer; cert: Buffer } {
  const [key, cert] = [files.path('key.pem'), files.path('cert.pem')];
  const subject = ['-subj', '/CN=other', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert, ...subject], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

describe.skipIf(process.platform === 'win32')('a credential plugin that waits', () => {
  it('ends with Ctrl-C', async () => {
    const config = kubeconfig('https://127.0.0.1:1').replace(
      `token: ${TOKEN}`,
      `exec: { apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never }`,
    );
    await using project = await withKubeconfig(config);
    const pidFile = project.path('pid');
    writeFileSync(
      project.path('plugin'),
      `#!/bin/sh\necho $$ > ${pidFile}.new\nmv ${pidFile}.new ${pidFile}\nexec sleep 1000\n`,
      {
        mode: 0o755,
      },
    );
    await using cli = startCli(['enter', '--pod', 'x', '--', 'true'], {
      cwd: project.path('app'),
      env: { KUBECONFIG: project.path('config') },
    });
    const plugin = await until('the plugin runs', () =>
      existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : undefined,
    );
    cli.child.kill('SIGINT');
    expect((await cli.exited).code).toBe(130);
    await until('the plugin is gone', () => !isRunning(plugin));
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
