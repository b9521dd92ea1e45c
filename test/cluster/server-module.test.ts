import { expect, test } from 'vitest';
import { serverModule } from './server-module.js';

test('replaces every staging module by its release', () => {
  const published = `module k8s.io/kubernetes

go 1.25.0

godebug default=go1.25

require (
	k8s.io/api v0.0.0
	k8s.io/klog/v2 v2.130.1
)

replace (
	k8s.io/api => ./staging/src/k8s.io/api
	k8s.io/client-go => ./staging/src/k8s.io/client-go
)
`;
  expect(serverModule(published, '1.35.4')).toBe(`module devspace-test-cluster
go 1.25.0
godebug default=go1.25
require k8s.io/kubernetes v1.35.4
replace (
	k8s.io/api => k8s.io/api v0.35.4
	k8s.io/client-go => k8s.io/client-go v0.35.4
)
`);
});
