import { describe, expect, it } from 'vitest';
import { forwardText, mappingsOf, planPorts, reverseText } from '../../../src/dev/ports/port-plan.js';

const web = { imageName: 'web' };
const bind = '127.0.0.1';

describe('what is started for dev.ports', () => {
  it('is a forward for each entry, and a helper for each selector that needs one', () => {
    const groups = planPorts([
      {
        ...web,
        forward: [
          { port: 8080, remotePort: 80 },
          { port: 53, protocol: 'udp' },
        ],
        reverseForward: [{ port: 9229 }],
      },
      { ...web, forward: [{ port: 3306, viaHelper: true, bindAddress: '[::1]' }] },
      { labelSelector: { app: 'x' }, reverseForward: [{ port: 1, remotePort: 2, bindAddress: '0.0.0.0' }] },
      { ...web, reverseForward: [{ port: 514, protocol: 'udp' }] },
      { ...web, forward: [{ port: 8081 }] },
    ]);
    expect(groups.map(({ forward, kind, reverse }) => ({ kind, forward, reverse }))).toEqual([
      { kind: 'port-forward', forward: [{ port: 8080, remotePort: 80, bindAddress: bind }], reverse: [] },
      {
        kind: 'helper',
        forward: [
          { port: 53, remotePort: 53, bindAddress: bind, protocol: 'udp' },
          { port: 3306, remotePort: 3306, bindAddress: '::1' },
        ],
        reverse: [],
      },
      {
        kind: 'reverse',
        forward: [],
        reverse: [
          { port: 9229, remotePort: 9229, bindAddress: bind, protocol: 'tcp' },
          { port: 514, remotePort: 514, bindAddress: bind, protocol: 'udp' },
        ],
      },
      {
        kind: 'reverse',
        forward: [],
        reverse: [{ port: 1, remotePort: 2, bindAddress: '0.0.0.0', protocol: 'tcp' }],
      },
      { kind: 'port-forward', forward: [{ port: 8081, remotePort: 8081, bindAddress: bind }], reverse: [] },
    ]);
    expect(groups[3]?.entry.labelSelector).toEqual({ app: 'x' });
  });

  it('has a text for people', () => {
    expect(
      mappingsOf({
        forward: [
          { port: 8080, remotePort: 80 },
          { port: 53, protocol: 'udp' },
        ],
      }).map(forwardText),
    ).toEqual(['127.0.0.1:8080 -> 80', '127.0.0.1:53 -> 53/udp']);
    const mapping = { port: 9229, remotePort: 9230, bindAddress: '::1', protocol: 'tcp' } as const;
    expect(reverseText(mapping)).toBe('reverse [::1]:9230 -> 9229');
  });
});
