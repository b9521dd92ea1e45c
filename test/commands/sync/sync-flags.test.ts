import { describe, expect, it } from 'vitest';
import { entryFromFlags } from '../../../src/commands/sync/sync-flags.js';

const given = (flags: Record<string, unknown>) => entryFromFlags({ exclude: [], ...flags });

describe('the flags of devspace sync', () => {
  it('ask for nothing special by default', () => {
    const { localSubPath, containerPath, excludePaths, ...rest } = given({});
    expect([localSubPath, containerPath, excludePaths]).toEqual(['.', undefined, []]);
    expect(Object.values(rest).filter((value) => value !== undefined && value !== false)).toEqual([]);
  });

  it.each([
    [{ initialSync: 'MirrorLocal' }, { initialSync: 'mirrorLocal' }],
    [{ uploadOnly: true }, { disableDownload: true, disableUpload: false }],
    [
      { downloadOnly: true, initialSync: 'preferRemote' },
      { disableUpload: true, initialSync: 'preferRemote' },
    ],
    [
      { watch: false, polling: true },
      { noWatch: true, polling: true },
    ],
    [{ downloadOnInitialSync: true }, { downloadOnInitialSync: undefined }],
    [{ downloadOnInitialSync: false }, { downloadOnInitialSync: false }],
    [
      { exclude: ['a'], excludeFile: '.x', gitIgnore: true },
      { excludePaths: ['a'], excludeFile: '.x', gitIgnore: true },
    ],
    [{ syncReplicas: true, labelSelector: 'a=b' }, { syncReplicas: true }],
    [
      { localPath: 'a', containerPath: '/b' },
      { localSubPath: 'a', containerPath: '/b' },
    ],
    [{ path: 'src:/app/src' }, { localSubPath: 'src', containerPath: '/app/src' }],
    [{ path: 'src' }, { localSubPath: 'src', containerPath: 'src' }],
    [{ path: '.' }, { localSubPath: '.', containerPath: '.' }],
    [{ path: '../up' }, { localSubPath: '../up', containerPath: undefined }],
    [{ path: '/home/me' }, { localSubPath: '/home/me', containerPath: undefined }],
    [{ path: 'C:\\code:/app' }, { localSubPath: 'C:\\code', containerPath: '/app' }],
    [{ path: 'ab:/b:c' }, { localSubPath: 'ab', containerPath: '/b:c' }],
  ])('%j', (flags, entry) => {
    expect(given(flags)).toMatchObject(entry);
  });

  it.each([
    [{ initialSync: 'mirrorRemote', uploadOnly: true }, 'use --initial-sync mirrorLocal'],
    [{ initialSync: 'preferLocal', downloadOnly: true }, 'use --initial-sync preferRemote'],
    [{ initialSync: 'keepAll', downloadOnInitialSync: false }, 'leave out --no-download-on-initial-sync'],
    [{ path: 'a:b', localPath: 'a' }, 'give --path alone'],
    [{ path: 'a:' }, 'write it as --path src:/app/src, or --path . for both'],
    [{ syncReplicas: true, watch: false, labelSelector: 'a=b' }, 'give one of the two'],
    [{ syncReplicas: true, downloadOnly: true, labelSelector: 'a=b' }, 'give one of the two'],
  ])('%j is refused', (flags, hint) => {
    expect(() => given(flags)).toThrow(expect.objectContaining({ code: 'USAGE', hint }) as Error);
  });
});
