import { describe, expect, it } from 'vitest';
import { chooseProxy } from '../../../src/kube/proxy/choose.js';

const shown = (server: string, env: NodeJS.ProcessEnv, proxyUrl?: string): string | undefined =>
  chooseProxy(new URL(server), proxyUrl, env)?.shown;

describe('chooseProxy', () => {
  it.each<[string, string, NodeJS.ProcessEnv, string | undefined]>([
    ['nothing is set', 'https://a.example', {}, undefined],
    ['https', 'https://a.example', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1 (HTTPS_PROXY)'],
    ['lower case', 'https://a.example', { https_proxy: 'http://p:1' }, 'http://p:1 (https_proxy)'],
    [
      'upper case first',
      'https://a.example',
      { https_proxy: 'http://q', HTTPS_PROXY: 'http://p' },
      'http://p (HTTPS_PROXY)',
    ],
    ['an empty one', 'https://a.example', { HTTPS_PROXY: '', https_proxy: '' }, undefined],
    ['no scheme', 'https://a.example', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128 (HTTPS_PROXY)'],
    ['the other scheme', 'https://a.example', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http', 'http://a.example', { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'x' }, 'http://p:1 (HTTP_PROXY)'],
    ['http inside CGI', 'http://a.example', { HTTP_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' }, undefined],
    [
      'https inside CGI',
      'https://a.example',
      { HTTPS_PROXY: 'http://p:1', REQUEST_METHOD: 'GET' },
      'http://p:1 (HTTPS_PROXY)',
    ],
    ['socks5', 'https://a.example', { HTTPS_PROXY: 'socks5://p:1' }, 'socks5://p:1 (HTTPS_PROXY)'],
    ['socks5h', 'https://a.example', { HTTPS_PROXY: 'socks5h://p' }, 'socks5h://p (HTTPS_PROXY)'],
    [
      'credentials',
      'https://a.example',
      { HTTPS_PROXY: 'http://me:secret@p:1' },
      'http://***@p:1 (HTTPS_PROXY)',
    ],
    ['excluded', 'https://a.example', { HTTPS_PROXY: 'http://p', NO_PROXY: 'a.example' }, undefined],
    ['excluded in lower case', 'https://a.example', { HTTPS_PROXY: 'http://p', no_proxy: '*' }, undefined],
    [
      'the default port',
      'https://a.example',
      { HTTPS_PROXY: 'http://p', NO_PROXY: 'a.example:443' },
      undefined,
    ],
  ])('%s', (_name, server, env, expected) => {
    expect(shown(server, env)).toBe(expected);
  });

  it('takes the one in the kubeconfig first, and then NO_PROXY does not count, not even for localhost', () => {
    const env = { HTTPS_PROXY: 'http://q', NO_PROXY: '*' };
    expect(shown('https://localhost:6443', env, 'http://p:1')).toBe('http://p:1 (the kubeconfig)');
  });

  it.each(['ftp://me:secret@p', 'http://', 'http://me:secret@:1:2'])(
    'says that %s is none, without repeating it',
    (text) => {
      const attempt = (): unknown =>
        chooseProxy(new URL('https://a.example'), undefined, { HTTPS_PROXY: text });
      expect(attempt).toThrow('The proxy in HTTPS_PROXY cannot be used');
      expect(attempt).not.toThrow('secret');
    },
  );
});
