import { describe, expect, it } from 'vitest';
import { isFailure, type Failure } from '../../src/base/failure.js';
import { parseManifest } from '../../src/deploy/manifest.js';

function failureOf(text: string, origin = 'kube/a.yaml'): Failure {
  try {
    parseManifest(origin, text);
  } catch (error) {
    if (isFailure(error, 'MANIFEST_INVALID')) return error;
    throw error;
  }
  throw new Error('parsed');
}

describe('parseManifest', () => {
  it('finds every object with its place', () => {
    const text = `# first
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: other }
---
---
# only a comment
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata:
      name: "svc"
  - &second
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: &n conf
`;
    const { objects } = parseManifest('kube/a.yaml', text);
    expect(objects).toEqual([
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'other', place: 'kube/a.yaml:2' },
      { apiVersion: 'v1', kind: 'Service', name: 'svc', namespace: undefined, place: 'kube/a.yaml:12' },
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'conf', namespace: undefined, place: 'kube/a.yaml:17' },
    ]);
  });

  it('takes an empty file as no objects', () => {
    expect(parseManifest('a.yaml', '').objects).toEqual([]);
    expect(parseManifest('a.yaml', '# nothing\n---\n').objects).toEqual([]);
  });

  it('keeps the text, and only makes JSON fit for YAML', () => {
    const yaml = 'apiVersion: v1\r\nkind: A\r\nmetadata: {name: a}\r\nspec: {mode: 0644, on: yes}\r\n';
    expect(parseManifest('a.yaml', yaml).text).toBe(yaml);
    const json = '\uFEFF{\n\t"apiVersion": "v1",\n\t"kind": "A",\n\t"metadata": {"name": "a\\tb"}\n}\n';
    expect(parseManifest('a.json', json)).toMatchObject({
      text: '{\n "apiVersion": "v1",\n "kind": "A",\n "metadata": {"name": "a\\tb"}\n}\n',
      objects: [{ name: 'a\tb' }],
    });
  });

  it('accepts what kubectl accepts: a bracket closed at the level of its key', () => {
    const text = 'apiVersion: v1\nkind: A\nmetadata:\n  name: a\nspec:\n  args: [\n    "x"\n  ]\n';
    expect(parseManifest('a.yaml', text).objects).toHaveLength(1);
  });

  it.each([
    ['apiVersion: v1\nkind: A\n  metadata: x\n', 'kube/a.yaml:2:7', /mapping|indent/i],
    ['apiVersion: v1\nkind: A\nmetadata:\n  name: a\nkind: B\n', 'kube/a.yaml:5:1', /unique/],
    ['apiVersion: v1\nmetadata:\n  name: a\n', 'kube/a.yaml:1:1', /no kind/],
    ['kind: A\nmetadata:\n  name: a\n', 'kube/a.yaml:1:1', /no apiVersion/],
    ['a: 1\n---\nkind: A\n', 'kube/a.yaml:1:1', /no apiVersion/],
    ['apiVersion: v1\nkind: A\n', 'kube/a.yaml:1:1', /no metadata\.name/],
    ['\n- a\n', 'kube/a.yaml:2:1', /is a mapping/],
    ['hello\n', 'kube/a.yaml:1:1', /is a mapping/],
    ['apiVersion: v1\nkind: List\nitems:\n  - kind: A\n', 'kube/a.yaml:4:5', /no apiVersion/],
    ['apiVersion: v1\nkind: A\nmetadata: {name: {{ .Name }}}\n', 'kube/a.yaml:3:19', /template/],
    ['apiVersion: v1\nkind: A\nmetadata:\n\tname: a\n', 'kube/a.yaml:4:1', /./i],
  ])('%j at %s', (text, place, message) => {
    const failure = failureOf(text);
    expect(failure.subject).toBe(place);
    expect(failure.message).toMatch(message);
    expect(failure.message.startsWith(`${place}: `)).toBe(true);
  });

  it('shows the line with a pointer', () => {
    expect(failureOf('apiVersion: v1\nkind: A\n  metadata: x\n')).toMatchObject({
      details: [expect.stringContaining('kind: A') as string, expect.stringMatching(/^\s+\^/) as string],
    });
  });

  it('sees a kustomization that is not treated as one', () => {
    const text = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n';
    expect(failureOf(text).hint).toContain('kustomize: true');
  });
});
