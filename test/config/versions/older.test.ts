import { describe, expect, it } from 'vitest';
import { load, messages, shown, warnings } from '../problems.js';

/** What every file of DevSpace 3 gets. */
const interactive = { interactive: { defaultEnabled: true } };

describe('v1alpha1', () => {
  it('is read', () => {
    const { config } = load(`version: v1alpha1
devSpace:
  terminal: {disabled: true, service: default, command: [sh, -l]}
  autoReload: {paths: [./Makefile]}
  services:
  - {name: default, resourceType: pod, labelSelector: {app: web}, containerName: web, namespace: apps}
  deployments:
  - name: web
    helm: {chartPath: ./chart, override: ./chart/dev.yaml, overrideValues: {a: 1}}
  - name: db
    autoReload: {disabled: true}
    kubectl: {cmdPath: kubectl1, manifests: [kube/]}
  ports:
  - {service: default, portMappings: [{localPort: 8080, remotePort: 80}]}
  sync:
  - {service: default, localSubPath: ./, containerPath: /app, excludePaths: [node_modules/]}
images:
  web: {name: team/web, registry: own, createPullSecret: true, build: {dockerfilePath: ./d, contextPath: ./c}}
  job: {name: team/job, autoReload: {disabled: true}, skipPush: true}
registries: {own: {url: registry.local:5000}}
tiller: {namespace: tiller}
`);
    expect(config).toEqual({
      version: 'v1beta3',
      images: {
        web: {
          image: 'registry.local:5000/team/web',
          createPullSecret: true,
          dockerfile: './d',
          context: './c',
          build: {},
        },
        job: { image: 'team/job', createPullSecret: false, build: { docker: { skipPush: true } } },
      },
      deployments: [
        {
          name: 'web',
          helm: {
            chart: { name: './chart' },
            valuesFiles: ['./chart/dev.yaml'],
            values: { a: 1 },
            tillerNamespace: 'tiller',
          },
        },
        { name: 'db', kubectl: { cmdPath: 'kubectl1', manifests: ['kube/'] } },
      ],
      dev: {
        interactive: {
          defaultEnabled: false,
          terminal: {
            labelSelector: { app: 'web' },
            containerName: 'web',
            namespace: 'apps',
            command: ['sh', '-l'],
          },
        },
        autoReload: { paths: ['./Makefile'], deployments: ['web'], images: ['web'] },
        ports: [
          {
            labelSelector: { app: 'web' },
            namespace: 'apps',
            forward: [{ port: 8080, remotePort: 80 }],
          },
        ],
        sync: [
          {
            labelSelector: { app: 'web' },
            namespace: 'apps',
            containerName: 'web',
            localSubPath: './',
            containerPath: '/app',
            excludePaths: ['node_modules/'],
          },
        ],
      },
    });
  });

  it('says what is gone, and what does not fit', () => {
    const text = `version: v1alpha1
internalRegistry: {deploy: true}
registries: {own: {url: r, auth: {username: a, password: b}}}
images: {a: {name: x, registry: oen}}
`;
    expect(messages(text)).toEqual([
      'images.a.registry: there is no registry "oen" with a url in registries',
    ]);
    expect(warnings(text.replace('oen', 'own'))).toEqual([
      'internalRegistry: a registry in the cluster is no longer deployed',
      'registries.own.auth: has no effect',
    ]);
  });
});

describe('each step', () => {
  it.each([
    [
      'v1alpha2',
      'images: {a: {image: x, insecure: true, build: {dockerfilePath: d, contextPath: c, kaniko: {}}}}',
      {
        images: {
          a: {
            image: 'x',
            createPullSecret: false,
            dockerfile: 'd',
            context: 'c',
            build: { kaniko: { insecure: true } },
          },
        },
        dev: interactive,
      },
    ],
    [
      'v1alpha3',
      'deployments: [{name: a, helm: {chartPath: c, overrides: [f], overrideValues: {a: b}}}]',
      {
        deployments: [{ name: 'a', helm: { chart: { name: 'c' }, valuesFiles: ['f'], values: { a: 'b' } } }],
        dev: interactive,
      },
    ],
    [
      'v1alpha4',
      'dev: {ports: [{labelSelector: {a: b}, portMappings: [{localPort: 1, remotePort: 2, bindAddress: c}]}]}',
      {
        dev: {
          ports: [{ labelSelector: { a: 'b' }, forward: [{ port: 1, remotePort: 2, bindAddress: 'c' }] }],
          ...interactive,
        },
      },
    ],
    [
      'v1beta1',
      'name: old\nimages: {a: {image: x, createPullSecret: true, build: {dockerfile: d, options: {target: t}}}}',
      {
        images: {
          a: {
            image: 'x',
            createPullSecret: true,
            dockerfile: 'd',
            build: { docker: { options: { target: 't' } } },
          },
        },
        dev: interactive,
      },
    ],
    [
      'v1beta2',
      'dependencies: [{source: {path: x}, config: c}]\ndeployments: [{name: a, helm: {chart: {name: c}, devSpaceValues: false}}]',
      {
        dependencies: [{ source: { path: 'x' }, profile: 'c' }],
        deployments: [{ name: 'a', helm: { chart: { name: 'c' }, replaceImageTags: false } }],
        dev: interactive,
      },
    ],
  ])('%s', (version, text, expected) => {
    expect(load(`version: ${version}\n${text}\n`).config).toEqual({ version: 'v1beta3', ...expected });
  });
});

describe.each(['v1beta2', 'v1beta3'])('the dev section of DevSpace 3 in %s', (version) => {
  const head = `version: ${version}\nimages: {web: {image: x, createPullSecret: false}}\n`;

  it('overrides images in dev', () => {
    const text = `${head}dev:
  terminal: {}
  overrideImages:
  - {name: web, entrypoint: [npm, run, dev], dockerfile: ./Dockerfile.dev, context: ./dev}
`;
    expect(load(text).config.dev).toEqual({
      interactive: { defaultEnabled: true },
      overrideImages: [
        {
          name: 'web',
          entrypoint: ['npm', 'run', 'dev'],
          dockerfile: './Dockerfile.dev',
          context: './dev',
        },
      ],
    });
    expect(warnings(text)).toEqual([]);
  });

  it('opens a terminal where it says', () => {
    const text = `${head}dev:
  terminal: {selector: s, command: [bash]}
  sync: [{selector: s}]
  ports: [{selector: s, namespace: other, forward: [{port: 1}]}]
  selectors: [{name: s, namespace: n, labelSelector: {a: b}, containerName: c}]
`;
    expect(load(text).config.dev).toEqual({
      interactive: {
        defaultEnabled: true,
        terminal: { command: ['bash'], labelSelector: { a: 'b' }, namespace: 'n', containerName: 'c' },
      },
      sync: [{ labelSelector: { a: 'b' }, namespace: 'n', containerName: 'c' }],
      ports: [{ labelSelector: { a: 'b' }, namespace: 'other', forward: [{ port: 1 }] }],
    });
  });

  it('shows mistakes where they are written', () => {
    expect(
      shown(`${head}dev:
  selectors:
  - name: web
    labelSelector: {app: web}
  sync:
  - selector: wep
    containerPath: 5
    localSubPat: x
  terminal:
    command: bash
`),
    ).toBe(`CONFIG_INVALID devspace.yaml has 3 problems
devspace.yaml:8:15: dev.sync[0].selector: there is no selector "wep", did you mean "web"?
  8 |   - selector: wep
    |               ~~~
  hint: dev.selectors: web

devspace.yaml:10:5: dev.sync[0].localSubPat: unknown key, did you mean "localSubPath"?
  10 |     localSubPat: x
     |     ~~~~~~~~~~~

devspace.yaml:12:14: dev.terminal.command: expected a list of texts, found the text "bash"
  12 |     command: bash
     |              ~~~~
  hint: write it as a list: ["bash"]
`);
  });

  it.each([
    ['dev: {selectors: 5}', ['dev.selectors: expected a list, found the number 5']],
    [
      'dev: {overrideImages: {a: b}}',
      ['dev.overrideImages: expected a list of entries with keys, found keys'],
    ],
    [
      'dev: {terminal: yes}',
      [
        'dev.terminal: expected keys (imageName, imageSelector, labelSelector, namespace, containerName, command, workDir), found the text "yes"',
      ],
    ],
    ['dev: {overideImages: []}', ['dev.overideImages: unknown key, did you mean "overrideImages"?']],
    ['dev: {selectors: [{namespace: a}]}', ['dev.selectors[0].name: missing: a name for the selector']],
  ])('%s', (text, expected) => {
    expect(messages(`${head}${text}\n`)).toEqual(expected);
  });
});

it('proposes the keys of the version', () => {
  const text = `version: v1alpha3
deployments:
- name: a
  helm:
    chartPth: c
dev: {ports: [{labelSelector: {a: b}, portMapings: [{localPort: 1}]}]}
`;
  expect(messages(text)).toEqual([
    'deployments[0].helm.chart: missing: the chart',
    'deployments[0].helm.chartPth: unknown key, did you mean "chartPath"?',
    'dev.ports[0]: needs forward or reverseForward',
    'dev.ports[0].portMapings: unknown key, did you mean "portMappings"?',
  ]);
});

it('does not take the old key and the new', () => {
  expect(
    messages('version: v1alpha3\ndeployments: [{name: a, helm: {chartPath: c, chart: {name: d}}}]\n'),
  ).toEqual(['deployments[0].helm.chartPath: cannot be used together with name']);
});
