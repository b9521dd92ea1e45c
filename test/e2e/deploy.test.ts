import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/base/failure.js';
import type { DeploymentConfig } from '../../src/config/schema.js';
import { deployAll } from '../../src/deploy/deploy-all.js';
import type { AppliedObject, DeployTarget } from '../../src/deploy/deployer.js';
import { purgeAll } from '../../src/deploy/purge.js';
import type { Event } from '../../src/report/events.js';
import { openDeployed } from '../../src/state/deployed.js';
import { kubectl, makeNamespace, type Namespace } from '../rig/cluster.js';

let root = '';
let namespace: Namespace;
let events: Event[] = [];
let target: DeployTarget;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'devspace-deploy-'));
  namespace = await makeNamespace();
  events = [];
  target = {
    root,
    context: await kubectl(['config', 'current-context']),
    namespace: namespace.name,
    built: [{ repository: 'me/web', tag: 'abc' }],
    cache: await openDeployed<AppliedObject>(root),
    env: {},
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
  };
});
afterEach(async () => {
  rmSync(root, { recursive: true });
  await namespace[Symbol.asyncDispose]();
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const one = (manifests: string[], more: Partial<DeploymentConfig['kubectl']> = {}): DeploymentConfig[] => [
  { name: 'app', kubectl: { manifests, ...more } },
];
const configMap = (name: string, data = 'a: b'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { ${data} }\n`;
const deployment = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 0
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers: [{ name: main, image: me/web }]
      volumes: [{ name: v, configMap: { name: c, defaultMode: 0644 } }]
`;
const existing = async (kinds: string): Promise<string[]> => {
  const text = await namespace.kubectl(['get', kinds, '--output', 'name']);
  return text.split('\n').filter((name) => name !== '' && !name.includes('kube-root-ca'));
};
const failureOf = async (work: Promise<void>): Promise<Failure> =>
  await work.then(
    () => expect.fail('succeeded'),
    (error: unknown) => error as Failure,
  );

describe('deployAll and purgeAll on a real cluster', () => {
  it('applies all manifests with the built tag, again and again, and purges just these', async () => {
    write({
      'kube/a.yaml': deployment('web'),
      'kube/b.json': `{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "from-json"}\n}\n`,
      'kube/c.yml': `${configMap('one', 'flag: "yes"')}---\n${configMap('two')}`,
    });
    await namespace.kubectl(['create', 'configmap', 'foreign']);
    const deployments = one(['kube']);
    await deployAll({ deployments, target });
    const pod = [
      'get',
      'deployment',
      'web',
      '--output',
      'jsonpath={.spec.template.spec..image} {.spec.template.spec..defaultMode}',
    ];
    expect(await namespace.kubectl(pod)).toBe('me/web:abc 420');
    const lines = (): string[] => events.flatMap((event) => (event.type === 'output' ? [event.line] : []));
    expect(lines()).toContain('deployment.apps/web created');

    events = [];
    await deployAll({ deployments, target });
    expect(lines()).toEqual([
      'deployment.apps/web unchanged',
      'configmap/from-json unchanged',
      'configmap/one unchanged',
      'configmap/two unchanged',
    ]);

    // What left the manifests meanwhile is purged as well.
    write({ 'kube/c.yml': configMap('one') });
    await deployAll({ deployments, target });
    await purgeAll({ deployments, target, options: { keepVolumes: true } });
    expect(await existing('deployments,configmaps')).toEqual(['configmap/foreign']);
    expect(target.cache.get('app')).toEqual([]);
    await purgeAll({ deployments, target, options: { keepVolumes: true } });
  });

  it('deploys in order, only what is asked for, and purges backwards', async () => {
    write({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    const deployments = ['b', 'a'].map((name) => ({ name, kubectl: { manifests: [`${name}.yaml`] } }));
    await deployAll({ deployments, only: ['a'], target });
    expect(await existing('configmaps')).toEqual(['configmap/a']);
    await deployAll({ deployments, target });
    await purgeAll({ deployments, target, options: { keepVolumes: true } });
    const order = events.flatMap((event) =>
      event.type === 'deployment' && !event.state.endsWith('ing') ? [`${event.name} ${event.state}`] : [],
    );
    expect(order).toEqual(['a deployed', 'b deployed', 'a deployed', 'a purged', 'b purged']);
    expect(await failureOf(deployAll({ deployments, only: ['a', 'x'], target }))).toMatchObject({
      code: 'DEPLOYMENT_UNKNOWN',
      subject: 'x',
      hint: 'The deployments are: b, a',
    });
  });

  it('renders a kustomization', async () => {
    write({
      'base/kustomization.yaml': 'namePrefix: my-\nresources: [web.yaml]\n',
      'base/web.yaml': deployment('web'),
    });
    const deployments = one(['base'], { kustomize: true });
    await deployAll({ deployments, target });
    expect(await namespace.kubectl(['get', 'deployment', 'my-web', '--output', 'jsonpath={..image}'])).toBe(
      'me/web:abc',
    );
    await purgeAll({ deployments, target, options: { keepVolumes: true } });
    expect(await existing('deployments')).toEqual([]);
    write({ 'base/kustomization.yaml': 'resources: [missing.yaml]\n' });
    expect(await failureOf(deployAll({ deployments, target }))).toMatchObject({
      code: 'MANIFEST_RENDER_FAILED',
      subject: 'base',
    });
  });

  it('takes a manifest from a URL', async () => {
    const pages: Record<string, string> = { '/a.yaml': `${deployment('web')}---\n${configMap('b')}` };
    const server = createServer((request, response) => {
      const text = pages[request.url ?? ''];
      response.writeHead(text === undefined ? 404 : 200).end(text);
    });
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const deployments = one([`${url}/a.yaml`]);
      await deployAll({ deployments, target });
      expect(await namespace.kubectl(['get', 'deployment', 'web', '--output', 'jsonpath={..image}'])).toBe(
        'me/web:abc',
      );
      await purgeAll({ deployments, target, options: { keepVolumes: true } });
      expect(await existing('deployments,configmaps')).toEqual([]);
      expect(await failureOf(deployAll({ deployments: one([`${url}/none.yaml`]), target }))).toMatchObject({
        code: 'MANIFEST_RENDER_FAILED',
        subject: `${url}/none.yaml`,
      });
    } finally {
      server.close();
    }
  });

  it('keeps claims and namespaces unless told otherwise', async () => {
    const claim = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
`;
    const space = `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${namespace.name} }\n`;
    write({ 'a.yaml': `${space}---\n${claim}---\n${configMap('a')}` });
    const deployments = one(['a.yaml']);
    await deployAll({ deployments, target });
    await purgeAll({ deployments, target, options: { keepVolumes: true } });
    expect(await existing('configmaps,pvc')).toEqual(['persistentvolumeclaim/data']);
    expect(events.flatMap((event) => (event.type === 'note' ? [event.text] : []))).toEqual([
      expect.stringContaining('Kept PersistentVolumeClaim data'),
      expect.stringContaining(`Kept Namespace ${namespace.name}`),
    ]);
    write({ 'a.yaml': claim });
    await target.cache.set('app', []);
    await purgeAll({ deployments, target, options: { keepVolumes: false } });
    expect(await existing('pvc')).toEqual([]);
  });

  it('sends nothing when one manifest is wrong', async () => {
    write({ 'a.yaml': configMap('a'), 'b.yaml': 'apiVersion: v1\nkind: ConfigMap\n  metadata: x\n' });
    expect(await failureOf(deployAll({ deployments: one(['a.yaml', 'b.yaml']), target }))).toMatchObject({
      code: 'MANIFEST_INVALID',
      subject: 'b.yaml:2:7',
    });
    expect(await existing('configmaps')).toEqual([]);
  });

  it('names the object that the server refuses, with its file and line', async () => {
    write({
      'kube/a.yaml': configMap('fine'),
      'kube/b.yaml': `# web\n${deployment('web').replace('replicas: 0', 'replicas: x')}`,
    });
    const failure = await failureOf(deployAll({ deployments: one(['kube']), target }));
    expect(failure).toMatchObject({
      code: 'DEPLOY_FAILED',
      message: 'Deployment "app" failed at Deployment/web (kube/b.yaml:2)',
    });
    expect(failure.details.join('\n')).toMatch(/replicas/);
    expect(failure.details.join('\n')).not.toContain('STDIN');
    // The rest was applied, and a purge knows it.
    expect(await existing('configmaps')).toEqual(['configmap/fine']);
    await purgeAll({ deployments: one(['kube']), target, options: { keepVolumes: true } });
    expect(await existing('configmaps')).toEqual([]);
  });

  it('purges by the record when the manifests are gone, and objects whose kind is gone', async () => {
    write({ 'a.yaml': configMap('a') });
    await deployAll({ deployments: one(['a.yaml']), target });
    rmSync(join(root, 'a.yaml'));
    const here = { context: target.context, namespace: target.namespace };
    const unknown = { ...here, apiVersion: 'example.com/v1', kind: 'Gone', name: 'x' };
    const elsewhere = {
      ...here,
      namespace: 'default',
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'kube-root-ca.crt',
    };
    await target.cache.set('app', [...target.cache.get('app'), unknown, elsewhere]);
    await purgeAll({ deployments: one(['a.yaml']), target, options: { keepVolumes: true } });
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'MANIFEST_NOT_FOUND' }));
    expect(await existing('configmaps')).toEqual([]);
    expect(target.cache.get('app')).toEqual([elsewhere]);
  });

  it('reports a purge that failed, after the other deployments', async () => {
    write({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
    const deployments = ['a', 'b'].map((name) => ({ name, kubectl: { manifests: [`${name}.yaml`] } }));
    await deployAll({ deployments, target });
    const denied = join(root, 'denied-kubectl');
    writeFileSync(
      denied,
      '#!/bin/sh\necho \'Error from server (Forbidden): configmaps "b" is forbidden\' >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const broken = [deployments[0]!, { name: 'b', kubectl: { manifests: ['b.yaml'], cmdPath: denied } }];
    expect(
      await failureOf(purgeAll({ deployments: broken, target, options: { keepVolumes: true } })),
    ).toMatchObject({
      code: 'PURGE_FAILED',
      subject: 'b',
      exitCode: 1,
      details: [expect.stringContaining('forbidden')],
    });
    expect(await existing('configmaps')).toEqual(['configmap/b']);
    expect(target.cache.get('b')).toHaveLength(1);
  });

  it('says when there is no kubectl, no such context, no cluster', async () => {
    write({ 'a.yaml': configMap('a') });
    const fail = async (change: Partial<DeployTarget>): Promise<Failure> =>
      await failureOf(deployAll({ deployments: one(['a.yaml']), target: { ...target, ...change } }));
    expect(await fail({ env: { PATH: '/nowhere' } })).toMatchObject({
      code: 'TOOL_NOT_FOUND',
      subject: 'kubectl',
    });
    expect(await fail({ context: 'nope' })).toMatchObject({
      code: 'DEPLOY_FAILED',
      hint: 'kubectl config get-contexts',
    });
    write({
      config:
        'apiVersion: v1\nkind: Config\nclusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]\ncontexts: [{name: c, context: {cluster: c}}]\n',
    });
    expect(await fail({ context: 'c', env: { KUBECONFIG: join(root, 'config') } })).toMatchObject({
      code: 'DEPLOY_FAILED',
      hint: 'The cluster does not answer: kubectl --context c version',
    });
  });

  it('warns where a manifest insists on a tag of its own', async () => {
    write({ 'a.yaml': deployment('web').replace('me/web', 'me/web:latest') });
    await deployAll({ deployments: one(['a.yaml']), target });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'IMAGE_TAG_KEPT', subject: 'a.yaml' }),
    );
  });
});
