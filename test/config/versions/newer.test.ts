import { describe, expect, it } from 'vitest';
import { load, messages, warnings } from '../problems.js';

describe('v1beta4 to v1beta11', () => {
  it.each([
    [
      'v1beta4',
      'deployments: [{name: a, helm: {componentChart: true, values: {replicas: 2}, wait: true, timeout: 5}}]',
      { deployments: [{ name: 'a', component: { replicas: 2, options: { wait: true, timeout: 5 } } }] },
    ],
    [
      'v1beta4',
      'deployments: [{name: a, helm: {componentChart: true}}, {name: b, helm: {chart: {name: c}, componentChart: false}}]',
      {
        deployments: [
          { name: 'a', component: {} },
          { name: 'b', helm: { chart: { name: 'c' } } },
        ],
      },
    ],
    [
      'v1beta5',
      'deployments: [{name: a, helm: {chart: {name: c}, atomic: true, recreate: false, driver: secret}}]',
      { deployments: [{ name: 'a', helm: { chart: { name: 'c' }, rollback: true } }] },
    ],
    [
      'v1beta6',
      'images: {a: {image: x, build: {custom: {command: c, args: [d]}}}}',
      { images: { a: { image: 'x', build: { custom: { command: 'c', flags: ['d'] } } } } },
    ],
    [
      'v1beta7',
      'images: {a: {image: x, tags: [1.10]}, b: {image: y, tags: []}}',
      { images: { a: { image: 'x', tag: '1.10' }, b: { image: 'y' } } },
    ],
    [
      'v1beta8',
      'images: {a: {image: x, build: {kaniko: {args: [--a]}}}}\ndeployments: [{name: a, kubectl: {manifests: [k], applyArgs: [--force]}}]',
      {
        images: { a: { image: 'x', build: { kaniko: { flags: ['--a'] } } } },
        deployments: [{ name: 'a', kubectl: { manifests: ['k'], flags: ['--force'] } }],
      },
    ],
    [
      'v1beta9',
      'images: {a: {image: x, preferSyncOverRebuild: true, injectRestartHelper: true}}\ndev: {interactive: {defaultEnabled: false}}\npullSecrets: []',
      {
        images: { a: { image: 'x', injectRestartHelper: true } },
        dev: { interactive: { defaultEnabled: false } },
      },
    ],
    [
      'v1beta9',
      'images: {a: {image: x}}\ndev: {ports: [{imageName: a, reverseForward: [{port: 5678, remotePort: 6678}]}]}',
      {
        images: { a: { image: 'x' } },
        dev: { ports: [{ imageName: 'a', reverseForward: [{ port: 5678, remotePort: 6678 }] }] },
      },
    ],
    [
      'v1beta10',
      'images: {a: {image: x}}\ndev: {terminal: {imageSelector: x, command: [sh]}, sync: [{imageName: a, name: n, polling: true}, {imageSelector: "x:1", waitInitialSync: false}]}\ndependencies: [{name: d, source: {path: p}, profiles: [q]}]',
      {
        images: { a: { image: 'x' } },
        dev: {
          interactive: { defaultEnabled: true, terminal: { imageName: 'a', command: ['sh'] } },
          sync: [
            { imageName: 'a', polling: true, waitInitialSync: true },
            { imageName: 'a', waitInitialSync: false },
          ],
        },
        dependencies: [{ name: 'd', source: { path: 'p' }, profile: 'q' }],
      },
    ],
    [
      'v1beta11',
      'images: {a: {image: x}}\ndeployments: [{name: a, disabled: true, kubectl: {manifests: [k]}}, {name: b, helm: {chart: {name: c}, timeout: 1m30s}}]\nhooks: [{command: e, events: [before:build, "after:deploy:b"]}, {disabled: true}]\ndev: {terminal: {disabled: true}, ports: [{imageSelector: "image(a):tag(a)", forward: [{port: 1}]}, {imageSelector: "${runtime.images.a}", forward: [{port: 2}]}]}',
      {
        images: { a: { image: 'x' } },
        deployments: [{ name: 'b', helm: { chart: { name: 'c' }, timeout: 90 } }],
        hooks: [{ command: 'e', when: { before: { images: 'all' }, after: { deployments: 'b' } } }],
        dev: {
          interactive: { defaultEnabled: false },
          ports: [
            { imageName: 'a', forward: [{ port: 1 }] },
            { imageName: 'a', forward: [{ port: 2 }] },
          ],
        },
      },
    ],
    [
      'v1beta11',
      'images: {a: {image: me/x}}\ndependencies: [{name: d, source: {path: p}}]\ndev: {terminal: {imageSelector: "image(d.b)"}, ports: [{imageSelector: nginx, forward: [{port: 1}]}, {imageSelector: "docker.io/me/x:1", forward: [{port: 2}]}, {imageSelector: "${runtime.dependencies.d.images.b.image}:${runtime.dependencies.d.images.b.tag}", forward: [{port: 3}]}], sync: [{imageSelector: "ghcr.io/me/y:1.2"}]}',
      {
        images: { a: { image: 'me/x' } },
        dependencies: [{ name: 'd', source: { path: 'p' } }],
        dev: {
          interactive: { defaultEnabled: true, terminal: { imageName: 'd.b' } },
          ports: [
            { imageSelector: 'nginx', forward: [{ port: 1 }] },
            { imageName: 'a', forward: [{ port: 2 }] },
            { imageName: 'd.b', forward: [{ port: 3 }] },
          ],
          sync: [{ imageSelector: 'ghcr.io/me/y:1.2', waitInitialSync: true }],
        },
      },
    ],
  ])('%s: %s', (version, text, expected) => {
    expect(load(`version: ${version}\n${text}\n`).config).toEqual({ version: 'v1beta3', ...expected });
  });

  it.each([
    ['v1beta11', 'tags: ["v-####"]', { tag: 'v-####' }],
    ['v1beta9', 'tags: [v], tagsAppendRandom: true', { tag: 'v-#####' }],
    ['v1beta9', 'tags: [v], tagsAppendRandom: false', { tag: 'v' }],
    ['v1beta9', 'tagsAppendRandom: true', {}],
    [
      'v1beta11',
      'build: {custom: {command: c, skipImageArg: true}}',
      { build: { custom: { command: 'c', skipImageArg: true } } },
    ],
  ])('an image of %s: %s', (version, text, expected) => {
    const { config } = load(`version: ${version}\nimages: {a: {image: x, ${text}}}\n`);
    expect(config.images).toEqual({ a: { image: 'x', ...expected } });
  });

  it.each([
    ['events: [before:build]', { when: { before: { images: 'all' } } }],
    [
      'events: ["after:build:a", before:deploy]',
      { when: { after: { images: 'a' }, before: { deployments: 'all' } } },
    ],
    // Once before each is not once before all.
    ['events: ["before:build:*"]', { events: ['before:build:*'] }],
    ['events: [before:deploy, "error:deploy:x"]', { events: ['before:deploy', 'error:deploy:x'] }],
    ['events: ["before:deploy:x", "before:deploy:y"]', { events: ['before:deploy:x', 'before:deploy:y'] }],
    [
      'events: [after:deploy], container: {imageSelector: x, timeout: 5}',
      { when: { after: { deployments: 'all' } }, container: { imageName: 'a', timeout: 5 } },
    ],
    [
      'events: [after:deploy], container: {imageSelector: nginx}',
      { when: { after: { deployments: 'all' } }, container: { imageSelector: 'nginx' } },
    ],
  ])('a hook: %s', (text, expected) => {
    const images = 'images: {a: {image: x}}\ndeployments: [{name: x, kubectl: {manifests: [k]}}]';
    const { config } = load(`version: v1beta11\n${images}\nhooks: [{command: c, ${text}}]\n`);
    expect(config.hooks).toEqual([{ command: 'c', ...expected }]);
  });

  it('a hook of v1beta10: where', () => {
    const text = 'hooks: [{command: c, where: {container: {imageSelector: nginx}}}]';
    expect(load(`version: v1beta10\n${text}\n`).config.hooks).toEqual([
      { command: 'c', container: { imageSelector: 'nginx' } },
    ]);
  });

  it('the folder of a terminal', () => {
    const text = 'dev: {terminal: {labelSelector: {a: b}, workDir: /src}}';
    expect(load(`version: v1beta11\n${text}\n`).config.dev?.interactive?.terminal).toEqual({
      labelSelector: { a: 'b' },
      workDir: '/src',
    });
  });

  it.each([
    ['images: {a: {image: x, tags: [a, b]}}', 'images.a.tags[1]: more than one tag is not supported'],
    [
      'images: {a: {image: x, build: {buildKit: {inCluster: {}}}}}',
      'images.a.build.buildKit: a builder of its own for BuildKit is not supported',
    ],
    [
      'images: {a: {image: x, rebuildStrategy: always}}',
      'images.a.rebuildStrategy: building every time is not supported',
    ],
    ['dev: {replacePods: [{}]}', 'dev.replacePods: replacing pods is not supported'],
    ['pullSecrets: [{registry: r}]', 'pullSecrets: a list of pull secrets is not supported'],
    [
      'deployments: [{name: a, helm: {componentChart: true, chart: {name: c}}}]',
      'deployments[0].helm.chart: cannot be used together with componentChart: true',
    ],
    [
      'deployments: [{name: a, helm: {chart: {name: c}, cleanupOnFail: true}}]',
      'deployments[0].helm.cleanupOnFail: cleaning up after a failed upgrade is not supported',
    ],
  ])('names what is not there: %s', (text, expected) => {
    expect(messages(`version: v1beta11\n${text}\n`)).toEqual([expected]);
  });

  it('warns of what has no effect', () => {
    const text = `version: v1beta11
require: {devspace: ">5"}
deployments: [{name: a, helm: {chart: {name: c}, v2: true}}]
dev: {logs: {sync: true}}
`;
    expect(warnings(text)).toEqual([
      'require: has no effect: versions of tools are not checked',
      'deployments[0].helm.v2: has no effect: charts are deployed with Helm 3',
      'dev.logs.sync: has no effect',
    ]);
  });
});

describe('v2beta1', () => {
  it('is read', () => {
    const { config } = load(`version: v2beta1
name: app
vars:
  A: b
  C: {question: what}
pipelines:
  dev:
    run: |-
      run_dependencies --all # those first
      ensure_pull_secrets --all
      build_images --all
      create_deployments --all
      start_dev --all
  deploy: run_dependencies --all
images:
  app: {image: team/app, tags: [x], buildArgs: {A: b}, target: t, skipPush: true}
  job: {image: team/job, kaniko: {args: [--x]}, network: n}
deployments:
  web: {updateImageTags: false, kubectl: {manifests: [k], applyArgs: [a]}}
  chart: {helm: {chart: {path: ./c}, values: {a: b}}}
  part: {namespace: n, helm: {values: {containers: [{image: x}]}}}
dev:
  app:
    imageSelector: team/app
    namespace: n
    ports: ["8080:80", 9229, {port: "3000:3001", bindAddress: 0.0.0.0}]
    open: [{url: "http://localhost:8080"}]
    sync:
    - ./:/app
    - {path: "src:/src", excludePaths: [a], onUpload: {restartContainer: true}}
    terminal: {command: "bash -l"}
    logs: {lastLines: 20}
  db:
    labelSelector: {app: db}
    containers:
      main: {sync: [{path: data}], logs: {}}
      side: {logs: {enabled: false}}
commands:
  a: echo a
  b: {command: echo b, section: s}
dependencies:
  api: {path: ../api, profiles: [p]}
`);
    const target = { imageName: 'app', namespace: 'n' };
    expect(config).toEqual({
      version: 'v1beta3',
      vars: [
        { name: 'A', value: 'b' },
        { name: 'C', question: 'what' },
      ],
      images: {
        app: {
          image: 'team/app',
          tag: 'x',
          injectRestartHelper: true,
          build: { docker: { skipPush: true, options: { buildArgs: { A: 'b' }, target: 't' } } },
        },
        job: { image: 'team/job', build: { kaniko: { flags: ['--x'], options: { network: 'n' } } } },
      },
      deployments: [
        { name: 'web', kubectl: { manifests: ['k'], flags: ['a'], replaceImageTags: false } },
        { name: 'chart', helm: { chart: { name: './c' }, values: { a: 'b' } } },
        { name: 'part', namespace: 'n', component: { containers: [{ image: 'x' }] } },
      ],
      dev: {
        ports: [
          { ...target, forward: [{ port: 8080, remotePort: 80 }] },
          { ...target, forward: [{ port: 9229 }] },
          { ...target, forward: [{ port: 3000, remotePort: 3001, bindAddress: '0.0.0.0' }] },
        ],
        open: [{ url: 'http://localhost:8080' }],
        sync: [
          { ...target, localSubPath: './', containerPath: '/app', waitInitialSync: true },
          {
            ...target,
            localSubPath: 'src',
            containerPath: '/src',
            excludePaths: ['a'],
            onUpload: { restartContainer: true },
            waitInitialSync: true,
          },
          {
            labelSelector: { app: 'db' },
            containerName: 'main',
            localSubPath: 'data',
            containerPath: 'data',
            waitInitialSync: true,
          },
        ],
        logs: { showLast: 20, selectors: [{ labelSelector: { app: 'db' }, containerName: 'main' }] },
        interactive: {
          defaultEnabled: true,
          terminal: { ...target, command: ['sh', '-c', 'bash -l'] },
        },
      },
      commands: [
        { name: 'a', command: 'echo a' },
        { name: 'b', command: 'echo b' },
      ],
      dependencies: [{ name: 'api', source: { path: '../api' }, profile: 'p' }],
    });
  });

  it.each([
    ['command: [go, run, .]', { entrypoint: ['go', 'run', '.'], cmd: [] }],
    ['args: [run]', { cmd: ['run'] }],
    ['command: [go], args: [run]', { entrypoint: ['go'], cmd: ['run'] }],
  ])('a start command of an image that is built here: %s', (text, expected) => {
    const images = 'images: {web: {image: me/web}}';
    const { config } = load(`version: v2beta1\n${images}\ndev: {a: {imageSelector: "me/web:1", ${text}}}\n`);
    expect(config.dev).toEqual({ overrideImages: [{ name: 'web', ...expected }] });
  });

  it('works in workingDir, which the container itself does not', () => {
    const text = `version: v2beta1
dev:
  a:
    imageSelector: ubuntu
    workingDir: /app
    attach: true
    terminal: {}
    sync: [{path: ./}, {path: "src:lib"}, {path: "etc:/etc/x"}]
`;
    const { dev } = load(text).config;
    expect(dev?.interactive?.terminal).toEqual({ imageSelector: 'ubuntu', workDir: '/app' });
    expect(dev?.sync?.map(({ containerPath, localSubPath }) => [localSubPath, containerPath])).toEqual([
      ['./', '/app/'],
      ['src', '/app/lib'],
      ['etc', '/etc/x'],
    ]);
    expect(warnings(text)).toEqual([
      'dev.a.workingDir: the process of the container starts where it always does; sync and terminal work in this folder',
      'dev.a.attach: has no effect: use `devspace attach`, or `devspace logs` for what the container prints',
    ]);
  });

  it('deploys dependencies whose ports and sync are not started, and says so', () => {
    const text = 'version: v2beta1\ndependencies: {d: {path: p, pipeline: dev}}\n';
    expect(load(text).config.dependencies).toEqual([{ name: 'd', source: { path: 'p' } }]);
    expect(warnings(text)).toEqual([
      'dependencies.d.pipeline: the dependency is deployed, but its ports and sync are not started',
    ]);
  });

  it('manifests in the file itself', () => {
    const text = 'version: v2beta1\ndeployments: {a: {kubectl: {inlineManifest: "kind: Pod"}}}\n';
    expect(load(text).config.deployments).toEqual([{ name: 'a', kubectl: { inlineManifest: 'kind: Pod' } }]);
  });

  it.each([
    ['pipelines: {dev: "build_images a"}', 'pipelines.dev: pipelines of your own are not supported'],
    ['pipelines: {ci: "build_images --all"}', 'pipelines.ci: pipelines of your own are not supported'],
    [
      'pipelines: {dev: {run: "start_dev --all", flags: []}}',
      'pipelines.dev: pipelines of your own are not supported',
    ],
    ['functions: {a: b}', 'functions: functions are not supported'],
    ['imports: [{path: x}]', 'imports: imports are not supported'],
    [
      'dev: {a: {labelSelector: {a: b}, devImage: x}}',
      'dev.a.devImage: running another image in the pod is not supported',
    ],
    ['dev: {a: {labelSelector: {a: b}, prts: [1]}}', 'dev.a.prts: unknown key, did you mean "ports"?'],
    ['dev: {a: {sync: [{path: a}]}}', 'dev.a.sync[0]: needs imageName, imageSelector or labelSelector'],
    [
      'dev: {a: {labelSelector: {a: b}, sync: [{pth: a}]}}',
      'dev.a.sync[0].pth: unknown key, did you mean "path"?',
    ],
    ['dev: {a: 5}', 'dev.a: expected keys (imageSelector, ports, sync, …), found the number 5'],
    ['dev: []', 'dev: expected names with values, found an empty list'],
    ['vars: 5', 'vars: expected names with values, found the number 5'],
    [
      'deployments: {a: {kubectl: {inlineManifest: x, manifests: [y]}}}',
      'deployments.a.kubectl.inlineManifest: cannot be used together with manifests',
    ],
    [
      'dev: {a: {imageSelector: x, command: [y]}}',
      'dev.a.command: another command for a container is supported only where `images` builds its image',
    ],
    [
      'images: {x: {image: x, custom: {command: c}}}\ndev: {a: {imageSelector: x, args: [y]}}',
      'dev.a.args: another command for a container is supported only where `images` builds its image',
    ],
  ])('names what is not there: %s', (text, expected) => {
    const found = messages(`version: v2beta1\n${text}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });
});
