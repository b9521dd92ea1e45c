import { describe, expect, it } from 'vitest';
import { bypassesProxy } from '../../../src/kube/proxy/no-proxy.js';

// The cases of https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
describe('bypassesProxy', () => {
  it.each<[string, string, boolean]>([
    ['', 'a.example:443', false],
    ['', 'localhost:443', true],
    ['', '127.0.0.1:443', true],
    ['', '127.9.9.9:443', true],
    ['', '::1:443', true],
    ['', '[::1]:6443', true],
    ['*', 'a.example:443', true],
    [' x , * ', '10.0.0.1:443', true],
    ['a.example', 'a.example:443', true],
    ['A.Example', 'a.eXample:443', true],
    ['a.example', 'b.a.example:443', true],
    ['a.example', 'ba.example:443', false],
    ['.a.example', 'a.example:443', false],
    ['.a.example', 'b.a.example:443', true],
    ['*.a.example', 'a.example:443', false],
    ['*.a.example', 'c.b.a.example:443', true],
    ['a.example:443', 'a.example:443', true],
    ['a.example:443', 'a.example:6443', false],
    ['10.0.0.1', '10.0.0.1:443', true],
    ['10.0.0.1', '10.0.0.11:443', false],
    ['10.0.0.1:6443', '10.0.0.1:6443', true],
    ['10.0.0.1:6443', '10.0.0.1:443', false],
    ['10.0.0.0/8', '10.200.3.4:443', true],
    ['10.0.0.0/8', '11.0.0.1:443', false],
    ['10.0.0.0/33', '10.0.0.1:443', false],
    ['10.0.0.0/8', 'ten.example:443', false],
    ['fd00::/8', '[fd12::1]:443', true],
    ['fd00::1', '[fd00:0:0::1]:443', true],
    ['[fd00::1]:443', '[fd00::1]:443', true],
    ['[fd00::1]:443', '[fd00::1]:6443', false],
    ['fd00::1', '[fd00::2]:443', false],
    [',, :80,', 'a.example:80', false],
    ['x,b.example', 'b.example:80', true],
  ])('NO_PROXY=%s and %s: %s', (noProxy, address, expected) => {
    const [, host, port] = /^(.*):(\d+)$/.exec(address)!;
    expect(bypassesProxy(noProxy, host!.replace(/^\[|\]$/g, ''), port!)).toBe(expected);
  });
});
