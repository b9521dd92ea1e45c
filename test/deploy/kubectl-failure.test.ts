import { describe, expect, it } from 'vitest';
import { applyFailure, cleanKubectlLines, gone } from '../../src/deploy/kubectl-failure.js';
import type { ManifestObject } from '../../src/deploy/manifest.js';

const where = { deployment: 'app', context: 'dev', namespace: 'ns' };
const object = (kind: string, name: string, line: number): ManifestObject => ({
  apiVersion: 'v1',
  kind,
  name,
  namespace: undefined,
  place: `kube/a.yaml:${line}`,
});
const web = object('Deployment', 'web', 1);
const objects = [web, object('ConfigMap', 'web', 9), object('Foo', 'web', 20)];

// As kubectl 1.32 wrote them against servers 1.20 and 1.35.
describe('applyFailure', () => {
  it.each<[string, string[], string, RegExp, string[]?]>([
    [
      'an invalid object',
      [
        'The Deployment "web" is invalid: spec.template.metadata.labels: Invalid value: {"a":"c"}: `selector` does not match',
      ],
      'Deployment/web (kube/a.yaml:1)',
      /Correct the manifest/,
    ],
    [
      'an unknown field, without a name',
      [
        'Error from server (BadRequest): error when creating "STDIN": Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo"',
      ],
      'Deployment/web (kube/a.yaml:1)',
      /Correct the manifest/,
      [
        'Error from server (BadRequest): Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.foo"',
      ],
    ],
    [
      'an unknown kind',
      [
        'error: resource mapping not found for name: "web" namespace: "" from "STDIN": no matches for kind "Foo" in version "foo/v1"',
        'ensure CRDs are installed first',
      ],
      'Foo/web (kube/a.yaml:20)',
      /does not know Foo/,
      ['error: no matches for kind "Foo" in version "foo/v1"', 'ensure CRDs are installed first'],
    ],
    [
      'a missing namespace',
      ['Error from server (NotFound): error when creating "STDIN": namespaces "nope" not found'],
      '',
      /kubectl create namespace nope/,
      ['Error from server (NotFound): namespaces "nope" not found'],
    ],
    [
      'another namespace in the manifest',
      [
        'error: the namespace from the provided object "default" does not match the namespace "tt". You must pass \'--namespace=default\' to perform this operation.',
      ],
      '',
      /deployment "app"/,
    ],
    [
      'an immutable field',
      ['The Secret "s" is invalid: data: Forbidden: field is immutable when `immutable` is set'],
      '',
      /devspace purge -d app/,
    ],
    [
      'no right',
      [
        'Error from server (Forbidden): error when retrieving current configuration of:',
        'Resource: "apps/v1, Resource=deployments", GroupVersionKind: "apps/v1, Kind=Deployment"',
        'Name: "web", Namespace: "ns"',
        'from server for: "STDIN": deployments.apps "web" is forbidden: User "me" cannot get resource "deployments"',
      ],
      'Deployment/web (kube/a.yaml:1)',
      /kubectl auth can-i --list --namespace ns/,
      ['deployments.apps "web" is forbidden: User "me" cannot get resource "deployments"'],
    ],
    [
      'a failed patch, without showing the object',
      [
        'Error from server (Invalid): error when applying patch:',
        '{"data":{"password":"aHVudGVyMg=="}}',
        'to:',
        'Resource: "/v1, Resource=configmaps", GroupVersionKind: "/v1, Kind=ConfigMap"',
        'Name: "web", Namespace: "ns"',
        'for: "STDIN": error when patching "STDIN": configmaps "web" is invalid',
      ],
      'ConfigMap/web (kube/a.yaml:9)',
      /Correct the manifest/,
      ['configmaps "web" is invalid'],
    ],
    [
      'a cluster that does not answer',
      [
        'E1121 08:23:31.709360    5652 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list"',
        'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
      ],
      '',
      /kubectl --context dev version/,
      ['The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?'],
    ],
    ['a context that is not there', ['error: context "nope" does not exist'], '', /get-contexts/],
  ])('%s', (_, stderr, guilty, hint, details = stderr) => {
    const failure = applyFailure(where, stderr, objects);
    expect(failure.code).toBe('DEPLOY_FAILED');
    expect(failure.message).toBe(`Deployment "app" failed${guilty ? ` at ${guilty}` : ''}`);
    expect(failure.hint).toMatch(hint);
    expect(failure.details).toEqual(details);
  });

  it('blames nobody when a kind alone does not tell which', () => {
    const line = 'Deployment in version "v1" cannot be handled as a Deployment';
    expect(applyFailure(where, [line], [web, object('Deployment', 'api', 30)]).message).toBe(
      'Deployment "app" failed',
    );
  });
});

it('says a line once', () => {
  expect(cleanKubectlLines(['a', 'Warning: old', '', 'a'])).toEqual(['a']);
});

it.each([
  ['error: no matches for kind "Foo" in version "foo/v1"', true],
  ['ensure CRDs are installed first', true],
  ['Error from server (Forbidden): x', false],
])('%s: gone %s', (line, expected) => {
  expect(gone(line)).toBe(expected);
});
