import { describe, expect, it } from 'vitest';
import { isLocalContext, planDelivery } from '../../src/images/local-cluster.js';

const cases: [string | undefined, string, { skip?: boolean; prefer?: boolean; tools?: string[] }, string][] =
  [
    ['prod', 'me/app', {}, 'push by default'],
    [undefined, 'me/app', {}, 'push by default'],
    ['prod', 'me/app', { skip: true }, 'none by default'],
    ['minikube', 'me/app', {}, 'none by minikube'],
    ['minikube', 'me/app', { prefer: false }, 'push by default'],
    ['minikube', 'me/app', { tools: [] }, 'push by default'],
    ['minikube', 'me/app', { tools: [], skip: true }, 'none by default'],
    ['docker-desktop', 'me/app', {}, 'none by default'],
    ['docker-for-desktop', 'me/app', {}, 'none by default'],
    ['docker-desktop', 'me/app', { prefer: false }, 'push by default'],
    ['kind-dev', 'me/app', {}, 'load kind dev'],
    ['kind-dev', 'me/app', { skip: true }, 'load kind dev'],
    ['kind-dev', 'me/app', { prefer: false }, 'push by default'],
    ['kind-dev', 'me/app', { tools: ['k3d'] }, 'push by default'],
    ['kind-dev', 'localhost:5001/app', {}, 'push by default'],
    ['kind-dev', '127.0.0.1:5000/app', {}, 'push by default'],
    ['k3d-a-b', 'me/app', {}, 'load k3d a-b'],
    ['k3d-a', 'k3d-registry.localhost:5000/app', {}, 'push by default'],
    ['k3d-a', 'registry.localhost/app', {}, 'push by default'],
    ['kind-', 'me/app', {}, 'push by default'],
  ];

describe('planDelivery', () => {
  it.each(cases)('%s %s %j: %s', (context, image, { skip = false, prefer = true, tools }, expected) => {
    const has = (tool: string): boolean => (tools ?? ['minikube', 'kind', 'k3d']).includes(tool);
    const plan = planDelivery({ context, image, skipPush: skip, preferMinikube: prefer, has });
    expect(
      plan.kind === 'load' ? `load ${plan.tool} ${plan.cluster}` : `${plan.kind} by ${plan.daemon}`,
    ).toBe(expected);
  });
});

describe('isLocalContext', () => {
  it.each([
    ['minikube', true],
    ['docker-desktop', true],
    ['kind-x', true],
    ['k3d-x', true],
    ['prod', false],
    ['mykind-x', false],
  ])('%s: %s', (context, expected) => {
    expect(isLocalContext(context)).toBe(expected);
  });
});
