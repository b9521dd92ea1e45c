import { describe, expect, it } from 'vitest';
import { load, messages, shown } from './problems.js';

const withEntry = (entry: string, image = '{image: r/web}') =>
  `version: v1beta3\nimages: {web: ${image}}\ndev: {sync: [{imageName: web, ${entry}}]}\n`;
const prefix = 'dev.sync[0].';

describe('an entry of dev.sync', () => {
  it.each([
    [
      'disableUpload: true, disableDownload: true',
      'disableDownload: cannot be used together with disableUpload: true',
    ],
    [
      'initialSync: mirrorRemote, disableDownload: true',
      'initialSync: mirrorRemote cannot be used together with disableDownload: true',
    ],
    [
      'initialSync: preferRemote, disableDownload: true',
      'initialSync: preferRemote cannot be used together with disableDownload: true',
    ],
    [
      'initialSync: mirrorLocal, disableUpload: true',
      'initialSync: mirrorLocal cannot be used together with disableUpload: true',
    ],
    [
      'initialSync: keepAll, downloadOnInitialSync: false',
      'downloadOnInitialSync: cannot be used together with initialSync',
    ],
    [
      'downloadOnInitialSync: true, disableDownload: true',
      'downloadOnInitialSync: cannot be used together with disableDownload: true',
    ],
    [
      'syncReplicas: true, disableUpload: true',
      'syncReplicas: cannot be used together with disableUpload: true',
    ],
    ['syncReplicas: true, noWatch: true', 'syncReplicas: cannot be used together with noWatch: true'],
    [
      'disableUpload: true, onUpload: {exec: [{command: a}]}',
      'onUpload: cannot be used together with disableUpload: true',
    ],
    [
      'disableDownload: true, onDownload: {execLocal: {command: a}}',
      'onDownload: cannot be used together with disableDownload: true',
    ],
    [
      'onUpload: {exec: [{command: a, once: true, onChange: [b]}]}',
      'onUpload.exec[0].onChange: cannot be used together with once: true',
    ],
    [
      'onUpload: {execRemote: {command: a, onFileChange: {command: b}}}',
      'onUpload.execRemote.onFileChange: cannot be used together with command',
    ],
    ['onUpload: {execRemote: {args: [a]}}', 'onUpload.execRemote.args: needs command'],
    [
      'onUpload: {restartContainer: true}',
      'onUpload.restartContainer: needs injectRestartHelper: true of the image "web"',
    ],
  ])('%s', (entry, message) => {
    expect(messages(withEntry(entry))).toEqual([prefix + message]);
  });

  it.each([
    'disableUpload: false, disableDownload: true, initialSync: mirrorLocal',
    'disableUpload: true, initialSync: keepAll',
    'noWatch: true, initialSync: disabled, gitIgnore: true, polling: true',
    'downloadOnInitialSync: false, excludeFile: .dockerignore, uploadExcludeFile: a, downloadExcludeFile: b',
    'syncReplicas: true, disableDownload: true',
    'onUpload: {exec: [{command: npm install, onChange: [package.json], name: install, failOnError: true}]}',
    'onUpload: {execRemote: {onFileChange: {command: chmod, args: [+x, "{}"]}, onDirCreate: {command: a}, onBatch: {command: b, args: [c]}}}',
    'onDownload: {execLocal: {command: touch, args: ["{}"]}}',
  ])('may say %s', (entry) => {
    expect(shown(withEntry(entry))).toBe('no problems');
  });

  it('may restart what was built for it', () => {
    const restart = 'onUpload: {restartContainer: true}';
    expect(messages(withEntry(restart, '{image: r/web, injectRestartHelper: true}'))).toEqual([]);
    const byLabels = (image: string) =>
      messages(
        `version: v1beta3\nimages: {web: ${image}}\ndev: {sync: [{labelSelector: {a: b}, ${restart}}]}\n`,
      );
    expect(byLabels('{image: r/web, injectRestartHelper: true}')).toEqual([]);
    expect(byLabels('{image: r/web}')).toEqual([
      `${prefix}onUpload.restartContainer: needs injectRestartHelper: true of an image`,
    ]);
  });

  it.each(['build: {disabled: true}', 'build: {kaniko: {}}', 'build: {custom: {command: a}}'])(
    'no restart helper gets into an image with %s',
    (build) => {
      expect(
        messages(`version: v1beta3\nimages: {web: {image: r/web, injectRestartHelper: true, ${build}}}\n`),
      ).toEqual([
        `images.web.injectRestartHelper: cannot be used together with build.${/\w+/.exec(build.slice(7))?.[0]}`,
      ]);
    },
  );

  it('tells the values that initialSync may have', () => {
    expect(shown(withEntry('initialSync: mirorLocal'))).toMatch(/mirorLocal.*mirrorLocal/s);
    expect(load(withEntry('initialSync: mirrorLocal')).config.dev?.sync?.[0]?.initialSync).toBe(
      'mirrorLocal',
    );
  });
});
