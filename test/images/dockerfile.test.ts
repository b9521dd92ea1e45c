import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { overrideStart, overridesStart, readDockerfile } from '../../src/images/dockerfile.js';

describe('overrideStart', () => {
  const two = 'FROM a AS build\nRUN x\nFROM b as Run\nCMD ["y"]\n';

  it.each([
    ['nothing to do', 'FROM a\n', {}, 'FROM a\n'],
    ['an empty list alone', 'FROM a\n', { cmd: [] }, 'FROM a\n'],
    ['entrypoint', 'FROM a\n', { entrypoint: ['a', 'b'] }, 'FROM a\nENTRYPOINT ["a","b"]\n'],
    ['no newline at the end', 'FROM a', { cmd: ['x'] }, 'FROM a\nCMD ["x"]\n'],
    [
      'an empty list beside',
      'FROM a\n',
      { entrypoint: [], cmd: ['x'] },
      'FROM a\nENTRYPOINT []\nCMD ["x"]\n',
    ],
    [
      'quotes and backslashes',
      'FROM a\n',
      { entrypoint: ['sh', '-c', 'echo "a\\b"\n$HOME'] },
      'FROM a\nENTRYPOINT ["sh","-c","echo \\"a\\\\b\\"\\n$HOME"]\n',
    ],
    [
      'a stage by name',
      two,
      { cmd: ['x'], target: 'BUILD' },
      'FROM a AS build\nRUN x\nCMD ["x"]\nFROM b as Run\nCMD ["y"]\n',
    ],
    ['the last stage by name', two, { cmd: ['x'], target: 'run' }, `${two}CMD ["x"]\n`],
    [
      'a stage by number',
      two,
      { cmd: ['x'], target: '0' },
      'FROM a AS build\nRUN x\nCMD ["x"]\nFROM b as Run\nCMD ["y"]\n',
    ],
    [
      'a FROM that is none',
      'FROM a AS one\nRUN x \\\n  # c\n  FROM b\nRUN <<EOF\nFROM c\nEOF\nFROM --platform=$P d AS two\n',
      { cmd: ['x'], target: 'one' },
      'FROM a AS one\nRUN x \\\n  # c\n  FROM b\nRUN <<EOF\nFROM c\nEOF\nCMD ["x"]\nFROM --platform=$P d AS two\n',
    ],
    [
      'another escape character',
      '# escape=`\nFROM a AS one\nRUN x `\nFROM b\nCOPY a c:\\\nFROM c AS two\n',
      { cmd: ['x'], target: 'one' },
      '# escape=`\nFROM a AS one\nRUN x `\nFROM b\nCOPY a c:\\\nCMD ["x"]\nFROM c AS two\n',
    ],
  ])('%s', (_, before, override, after) => {
    expect(overrideStart(before, override)).toBe(after);
  });

  it('names the known stages', () => {
    expect(() => overrideStart(two, { cmd: ['x'], target: 'test' })).toThrow(
      expect.objectContaining({ code: 'DOCKERFILE_TARGET_MISSING', hint: 'Its stages are: build, run' }),
    );
  });

  it.each([
    [{}, false],
    [{ entrypoint: [] }, false],
    [{ entrypoint: [], cmd: ['a'] }, true],
  ])('%j overrides: %s', (override, expected) => {
    expect(overridesStart(override)).toBe(expected);
  });
});

describe('readDockerfile', () => {
  it('says which file is missing and where to set it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'devspace-dockerfile-'));
    try {
      writeFileSync(join(dir, 'Dockerfile'), 'FROM a\n');
      mkdirSync(join(dir, 'folder'));
      expect(readDockerfile(join(dir, 'Dockerfile'), 'app', dir)).toBe('FROM a\n');
      for (const name of ['none', 'folder', 'Dockerfile/x'])
        expect(() => readDockerfile(join(dir, name), 'app', dir)).toThrow(
          expect.objectContaining({
            code: 'DOCKERFILE_MISSING',
            subject: join(dir, name),
            hint: expect.stringContaining('images.app.dockerfile') as string,
          }),
        );
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
