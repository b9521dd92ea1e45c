import { describe, expect, it } from 'vitest';
import { findShell } from '../../src/proc/shell.js';
import { makeProject } from '../rig/project.js';

describe('findShell', () => {
  it('takes bash where there is one, else sh', async () => {
    await using project = await makeProject({});
    expect(await findShell({ PATH: project.dir })).toEqual({ file: '/bin/sh', kind: 'posix' });
    await project.write('bash', '#!/bin/sh\n', 0o755);
    expect(await findShell({ PATH: project.dir })).toEqual({ file: project.path('bash'), kind: 'posix' });
  });

  it('takes cmd.exe on Windows, unless there is the sh of Git', async () => {
    expect(await findShell({ ComSpec: String.raw`C:\Windows\system32\cmd.exe` }, 'win32')).toEqual({
      file: String.raw`C:\Windows\system32\cmd.exe`,
      kind: 'cmd',
    });
  });
});
