import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corePath } from '../../src/kube/api/api-paths.js';
import { followLogs } from '../../src/kube/logs/follow-log.js';
import { readLog, type LogOptions } from '../../src/kube/logs/logs.js';
import { deleteObject } from '../../src/kube/api/rest.js';
import { waitForTarget } from '../../src/kube/select/select.js';
import { kubeconfig, kubeRig, type KubeRig } from '../rig/kube-rig.js';

async function linesOf(log: AsyncIterable<Buffer>): Promise<string[]> {
  const pieces: Buffer[] = [];
  for await (const piece of log) pieces.push(piece);
  return Buffer.concat(pieces).toString().replace(/\n$/, '').split('\n');
}

describe.skipIf(!kubeconfig)('logs of a real container', () => {
  let rig: KubeRig;
  beforeAll(async () => {
    rig = await kubeRig();
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  const at = (pod: string) => ({ namespace: rig.namespace, pod, container: 'main' });
  const once = (pod: { spec: { restartPolicy?: string } }): void => {
    pod.spec.restartPolicy = 'Never';
  };
  const all = async (pod: string): Promise<string[]> => {
    return linesOf(followLogs(rig.kube, at(pod)));
  };
  const now = (options: LogOptions): Promise<string[]> => linesOf(readLog(rig.kube, options));

  it('follows from before the start to the end, then ends', async () => {
    await rig.pod(
      'short',
      ['sh', '-c', 'for i in 1 2 3; do echo line $i; sleep 0.2; done; echo -n no line end'],
      once,
    );
    expect(await all('short')).toEqual(['line 1', 'line 2', 'line 3', 'no line end']);
    expect(await now({ ...at('short'), tailLines: 1 })).toEqual(['no line end']);
  });

  it('keeps every one of 100,000 lines in order, long ones and characters of several bytes whole', async () => {
    const script = `i=0; while [ $i -lt 100000 ]; do echo "line $i äöü€"; i=$((i+1)); done; head -c 100000 /dev/zero | tr '\\0' x; echo`;
    await rig.pod('many', ['sh', '-c', script], once);
    const lines = await all('many');
    expect(lines).toHaveLength(100_001);
    expect(lines.slice(0, -1).every((line, index) => line === `line ${index} äöü€`)).toBe(true);
    expect(lines.at(-1)).toBe('x'.repeat(100_000));
  });

  it('goes on with the container that was started anew, and loses nothing of either', async () => {
    const script =
      'n=$(cat /data/n 2>/dev/null || echo 0); echo $((n+1)) > /data/n; for i in $(seq 200); do echo $n.$i; done; [ $n = 2 ] && sleep 1000; exit 1';
    await rig.pod('again', ['sh', '-c', script], (pod) => {
      pod.spec['volumes'] = [{ name: 'data', emptyDir: {} }];
      pod.spec.containers[0]!['volumeMounts'] = [{ name: 'data', mountPath: '/data' }];
    });
    const lines: string[] = [];
    const ends: (string | undefined)[] = [];
    const onRestart = (end: string | undefined) => {
      ends.push(end);
    };
    for await (const text of followLogs(rig.kube, { ...at('again'), onRestart })) {
      lines.push(...text.toString().trimEnd().split('\n'));
      if (lines.at(-1) === '2.200') break;
    }
    const expected = [0, 1, 2].flatMap((n) => Array.from({ length: 200 }, (_, index) => `${n}.${index + 1}`));
    expect(lines).toEqual(expected);
    expect(ends).toHaveLength(2);
    expect(ends).toContain('exit code 1');
  });

  it('ends when the pod is deleted', async () => {
    await rig.pod('gone', ['sh', '-c', 'echo here; sleep 1000']);
    const lines: string[] = [];
    for await (const text of followLogs(rig.kube, at('gone'))) {
      lines.push(text.toString());
      await deleteObject(rig.kube, corePath('pods', { namespace: rig.namespace, name: 'gone' }));
    }
    expect(lines).toEqual(['here\n']);
  });

  it('says why there is no log', async () => {
    await rig.pod('absent', ['true'], (pod) => {
      pod.spec.containers[0]!.image = '127.0.0.1:5000/no-such-image:1';
    });
    await expect(all('absent')).rejects.toMatchObject({
      code: 'LOGS_UNAVAILABLE',
      message: expect.stringMatching(/container "main" is in (ErrImagePull|ImagePullBackOff)/) as string,
    });
    await expect(now(at('absent'))).rejects.toMatchObject({
      code: 'LOGS_UNAVAILABLE',
      message: expect.stringContaining('is waiting to start') as string,
    });
    await expect(all('nobody')).rejects.toMatchObject({ code: 'KUBE_NOT_FOUND' });
  });

  it('stops with the reason of the signal', async () => {
    await rig.pod('quiet', ['sh', '-c', 'echo one; sleep 1000']);
    await waitForTarget(rig.kube, { namespace: rig.namespace, pod: 'quiet' });
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of followLogs(rig.kube, at('quiet'), stop.signal)) stop.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
  });
});
