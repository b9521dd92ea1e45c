import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../src/deploy/manifest.js';
import { replaceImages } from '../../src/deploy/replace-images.js';

const built = [
  { repository: '127.0.0.1:5000/app', tag: 'abc1234' },
  { repository: 'me/web', tag: 'XYZ' },
  { repository: 'docker.io/library/node', tag: 'mine' },
];
const head = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n';
const replace = (text: string, origin = 'a.yaml') => replaceImages(parseManifest(origin, text), built);

describe('replaceImages', () => {
  it.each([
    ['plain', 'image: 127.0.0.1:5000/app # c', 'image: 127.0.0.1:5000/app:abc1234 # c'],
    ['double quotes', 'image: "me/web"', 'image: "me/web:XYZ"'],
    ['single quotes', "image:   'me/web'", "image:   'me/web:XYZ'"],
    ['another spelling of the same repository', 'image: docker.io/me/web', 'image: docker.io/me/web:XYZ'],
    ['a Hub name', 'image: node', 'image: node:mine'],
    ['flow style', 'containers: [{name: a, image: me/web}]', 'containers: [{name: a, image: me/web:XYZ}]'],
    ['JSON style', '"containers": [{"image":"me/web"}]', '"containers": [{"image":"me/web:XYZ"}]'],
    ['folded', 'image: >-\n  me/web\nother: 1', 'image: me/web:XYZ\nother: 1'],
    ['literal', 'image: |-\n  me/web\nother: 1', 'image: me/web:XYZ\nother: 1'],
    ['an anchor', 'image: &i me/web\nb: {image: *i}', 'image: &i me/web:XYZ\nb: {image: me/web:XYZ}'],
    ['an anchor elsewhere', 'x: &i me/web\nb: {image: *i }', 'x: &i me/web\nb: {image: me/web:XYZ }'],
    [
      'init containers',
      'initContainers:\n- image: me/web\n  name: x',
      'initContainers:\n- image: me/web:XYZ\n  name: x',
    ],
    [
      'a custom resource',
      'spec: {deep: [{runner: {image: me/web}}]}',
      'spec: {deep: [{runner: {image: me/web:XYZ}}]}',
    ],
    ['CRLF', 'image: me/web\r\nb: 1\r\n', 'image: me/web:XYZ\r\nb: 1\r\n'],
  ])('completes: %s', (_, before, after) => {
    expect(replace(`${head}spec:\n${indent(before)}\n`).text).toBe(`${head}spec:\n${indent(after)}\n`);
  });

  it.each([
    ['a tag', 'image: me/web:1.0'],
    ['latest', 'image: me/web:latest'],
    ['a digest', `image: me/web@sha256:${'0'.repeat(64)}`],
    ['another repository', 'image: me/website'],
    ['another registry', 'image: gcr.io/me/web'],
    ['another key', 'imageName: me/web\nimages: [me/web]\nrepository: me/web'],
    ['a value that is no text', 'image: 5'],
    ['an image that is a mapping', 'image: {repository: me/web}'],
    [
      'a label',
      'template: {metadata: {labels: {image: me/web}}}\nselector: {image: me/web}\nnodeSelector: {image: me/web}',
    ],
    ['text', 'args: ["image: me/web"]\nscript: |\n  image: me/web\n'],
    ['a comment', 'a: 1 # image: me/web'],
    ['YAML 1.1 values', 'a: yes\nb: on\nmode: 0644\nc: 1_000\nd: !!str 5\ne: 012:30'],
  ])('leaves alone: %s', (_, text) => {
    const whole = `${head}spec:\n${indent(text)}\n`;
    expect(replace(whole).text).toBe(whole);
  });

  it('leaves the data of a ConfigMap alone, also in a list', () => {
    const text = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: a}
  data: {image: me/web}
- apiVersion: v1
  kind: Pod
  metadata: {name: b}
  spec: {containers: [{image: me/web}]}
`;
    expect(replace(text).text).toBe(text.replace('[{image: me/web}]', '[{image: me/web:XYZ}]'));
  });

  it('goes through all documents and says what it did', () => {
    const one = `${head}spec: {containers: [{image: me/web}, {image: 'me/web:1'}]}\n`;
    const result = replace(`${one}---\n${one}`);
    expect(result.text.match(/me\/web:XYZ/g)).toHaveLength(2);
    expect(result.completed).toEqual(['me/web:XYZ', 'me/web:XYZ']);
    expect(result.kept).toEqual(['me/web:1', 'me/web:1']);
  });
});

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
