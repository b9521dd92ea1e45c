import { randomInt } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { Failure } from '../../base/failure.js';
import { predefinedOf, type Predefined } from '../../config/vars/predefined.js';
import { findTool } from '../../proc/find-tool.js';
import { run } from '../../proc/run.js';
import type { Invocation } from '../command.js';

declare const DEVSPACE_VERSION: string | undefined;

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/**
 * The variables that devspace knows itself, each found out when it is used, once. Failures: GIT_NOT_FOUND, TOOL_NOT_FOUND, and those of the kubeconfig for namespace
 * and context.
 */
export function predefinedValues(
  invocation: Pick<Invocation, 'env' | 'flags' | 'signal'>,
  root: string,
  { name: projectName, profiles }: { name: string; profiles: readonly string[] },
): (name: string) => Promise<string | undefined> {
  const found = new Map<Predefined, Promise<string>>();
  return async (name) => {
    const which = predefinedOf(name);
    if (which === undefined) return undefined;
    const value = found.get(which) ?? find(which);
    found.set(which, value);
    return value;
  };

  async function find(which: Predefined): Promise<string> {
    switch (which) {
      case 'random':
        return Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
      case 'timestamp':
        return String(Math.floor(Date.now() / 1000));
      case 'git-commit':
        return (await git(['rev-parse', 'HEAD'], 'DEVSPACE_GIT_COMMIT')).slice(0, 8);
      case 'git-branch':
        // Of a detached HEAD this is the word HEAD.
        return git(['rev-parse', '--abbrev-ref', 'HEAD'], 'DEVSPACE_GIT_BRANCH');
      case 'namespace':
      case 'context': {
        // Hardly any config asks for these, and the way to a cluster takes long to load.
        const { openKube } = await import('../open-kube.js');
        using kube = await openKube(invocation);
        return kube[which];
      }
      case 'profile':
        return profiles.at(-1) ?? '';
      case 'profiles':
        return profiles.join(' ');
      case 'user-home':
        return invocation.env['HOME'] ?? invocation.env['USERPROFILE'] ?? homedir();
      case 'version':
        return typeof DEVSPACE_VERSION === 'undefined' ? '' : DEVSPACE_VERSION;
      case 'name':
        return projectName;
      case 'executable':
        // What a shell can start: on Windows that is no script, but what npm has made of it.
        return process.platform === 'win32' ? 'devspace' : (process.argv[1] ?? 'devspace');
      case 'kubectl-executable':
        return findTool('kubectl', {
          neededFor: 'for ${DEVSPACE_KUBECTL_EXECUTABLE}',
          hint: 'install kubectl, or set it: --var DEVSPACE_KUBECTL_EXECUTABLE=PATH',
          env: invocation.env,
        });
      default:
        return tmpdir();
    }
  }

  async function git(args: readonly string[], variable: string): Promise<string> {
    const { env, signal } = invocation;
    const tool = await findTool('git', {
      neededFor: `for \${${variable}}`,
      hint: `install git, or set it: --var ${variable}=VALUE`,
      env,
    });
    const { exitCode, stdout, tail } = await run(tool, args, { cwd: root, captureStdout: true, signal });
    const value = stdout.trim();
    if (exitCode === 0 && value !== '') return value;
    throw new Failure({
      code: 'GIT_NOT_FOUND',
      message: `\${${variable}} is used, and ${root} is in no git repository with a commit`,
      subject: root,
      details: tail,
      hint: `commit first, or set it: --var ${variable}=VALUE`,
    });
  }
}
