import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corePath } from '../../src/kube/api/api-paths.js';
import { ensureNamespace } from '../../src/kube/api/namespace.js';
import { deleteObject, patchObject } from '../../src/kube/api/rest.js';
import { candidates, listPods, waitForTarget } from '../../src/kube/select/select.js';
import { serverVersion } from '../../src/kube/api/version.js';
import { kubeconfig, kubeRig, testImage, type KubeRig } from '../rig/kube-rig.js';

describe.skipIf(!kubeconfig)('selecting a real pod', () => {
  let rig: KubeRig;
  beforeAll(async () => {
    rig = await kubeRig();
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  const wait = (app: string, options: Parameters<typeof waitForTarget>[2] = {}) =>
    waitForTarget(rig.kube, { namespace: rig.namespace, labelSelector: { app } }, options);

  it('knows the server', async () => {
    expect(await serverVersion(rig.kube)).toMatchObject({
      major: 1,
      text: expect.stringMatching(/^v1\./) as string,
    });
  });

  it('waits for a pod that does not exist yet, saying for what', async () => {
    const texts: string[] = [];
    const waiting = wait('later', {
      onWaiting: (text) => {
        texts.push(text);
        if (texts.length === 1) void rig.pod('later', ['sleep', '1000']);
      },
    });
    expect(await waiting).toMatchObject({ pod: 'later', container: 'main', namespace: rig.namespace });
    expect(texts[0]).toBe(`no pod with the labels app=later in namespace ${rig.namespace} yet`);
    expect(texts.at(-1)).toMatch(/^pod later is (Pending|ContainerCreating)$/);
  });

  it('finds by image and by name, and lists for a picker', async () => {
    const image = testImage('busybox:1');
    expect((await waitForTarget(rig.kube, { namespace: rig.namespace, image })).pod).toBe('later');
    expect((await waitForTarget(rig.kube, { namespace: rig.namespace, pod: 'later' })).uid).toMatch(
      /^[0-9a-f-]{36}$/,
    );
    const found = candidates(await listPods(rig.kube, { namespace: rig.namespace }));
    expect(found.find(({ pod }) => pod === 'later')).toMatchObject({
      namespace: rig.namespace,
      container: 'main',
      status: 'Running',
      running: true,
      init: false,
    });
  });

  it('tolerates early restarts', async () => {
    const script = '[ -e /data/n ] && exec sleep 1000; touch /data/n; exit 1';
    await rig.pod('early', ['sh', '-c', script], (pod) => {
      pod.spec['volumes'] = [{ name: 'data', emptyDir: {} }];
      pod.spec.containers[0]!['volumeMounts'] = [{ name: 'data', mountPath: '/data' }];
    });
    // Wherever the first look falls: in the end the container that stays is the one.
    const target = await wait('early');
    expect(target.pod).toBe('early');
  });

  it('gives up on a pod that keeps crashing, with cause, events and log', async () => {
    await rig.pod('crash', ['sh', '-c', 'echo cannot open the database >&2; exit 3'], (pod) => {
      // A container that never comes to run for long: without this, the first look may find it alive.
      pod.spec.containers[0]!['lifecycle'] = { postStart: { exec: { command: ['sleep', '0.5'] } } };
    });
    const failure: unknown = await wait('crash', { patienceMs: 3000 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'POD_FAILED',
      subject: 'crash',
      hint: expect.stringContaining('devspace logs --pod crash') as string,
    });
    const { message, details } = failure as { message: string; details: string[] };
    expect(message).toMatch(/container "main" is in /);
    expect(details).toContain('  cannot open the database');
    expect(details).toContain('Events:');
  });

  it('gives up on an image that cannot be pulled', async () => {
    await rig.pod('unpullable', ['true'], (pod) => {
      pod.spec.containers[0]!.image = '127.0.0.1:5000/no-such-image:1';
    });
    await expect(wait('unpullable', { patienceMs: 2000 })).rejects.toMatchObject({
      code: 'POD_FAILED',
      message: expect.stringMatching(/ImagePull/) as string,
    });
  });

  it('does not wait for an image name that is no name', async () => {
    await rig.pod('misnamed', ['true'], (pod) => {
      pod.spec.containers[0]!.image = 'UPPER/case:1';
    });
    const started = Date.now();
    await expect(wait('misnamed')).rejects.toMatchObject({ code: 'POD_FAILED' });
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  it('says what is missing', async () => {
    const selector = { namespace: rig.namespace };
    await expect(waitForTarget(rig.kube, { ...selector, pod: 'nobody' })).rejects.toMatchObject({
      code: 'POD_NOT_FOUND',
    });
    await expect(
      waitForTarget(rig.kube, { ...selector, pod: 'later', container: 'x' }),
    ).rejects.toMatchObject({
      code: 'CONTAINER_NOT_FOUND',
    });
    await expect(wait('nobody', { timeoutMs: 300 })).rejects.toMatchObject({ code: 'POD_NOT_FOUND' });
  });

  it('creates a namespace once', async () => {
    const name = `${rig.namespace}-more`;
    expect(await ensureNamespace(rig.kube, name)).toBe(true);
    expect(await ensureNamespace(rig.kube, name)).toBe(false);
    const labelled = await patchObject<{ metadata: { labels: Record<string, string> } }>(
      rig.kube,
      corePath('namespaces', { name }),
      'merge',
      { metadata: { labels: { from: 'test' } } },
    );
    expect(labelled.metadata.labels['from']).toBe('test');
    await deleteObject(rig.kube, corePath('namespaces', { name }));
  });
});
