/**
 * Every key of v1beta3 as DevSpace 4.0.4 has it, written down apart from the schema: path, kind of value, and what happens without it where that is
 * one value.
 */
export const keysOfVersion4 = `
  version version
  images named
  images.*.image text
  images.*.tag text
  images.*.dockerfile text ./Dockerfile
  images.*.context text ./
  images.*.entrypoint texts
  images.*.cmd texts
  images.*.createPullSecret flag true
  images.*.build keys
  images.*.build.docker keys
  images.*.build.docker.preferMinikube flag true
  images.*.build.docker.skipPush flag false
  images.*.build.docker.disableFallback flag false
  images.*.build.docker.options keys
  images.*.build.docker.options.target text
  images.*.build.docker.options.network text
  images.*.build.docker.options.buildArgs named-texts
  images.*.build.kaniko keys
  images.*.build.kaniko.cache flag
  images.*.build.kaniko.snapshotMode text time
  images.*.build.kaniko.flags texts
  images.*.build.kaniko.namespace text
  images.*.build.kaniko.insecure flag false
  images.*.build.kaniko.pullSecret text
  images.*.build.kaniko.options keys
  images.*.build.kaniko.options.target text
  images.*.build.kaniko.options.network text
  images.*.build.kaniko.options.buildArgs named-texts
  images.*.build.custom keys
  images.*.build.custom.command text
  images.*.build.custom.flags texts
  images.*.build.custom.imageFlag text
  images.*.build.custom.onChange texts
  images.*.build.disabled flag false
  deployments list
  deployments[].name text
  deployments[].namespace text
  deployments[].component keys
  deployments[].component.initContainers list
  deployments[].component.initContainers[].name text
  deployments[].component.initContainers[].image text
  deployments[].component.initContainers[].command texts
  deployments[].component.initContainers[].args texts
  deployments[].component.initContainers[].stdin flag false
  deployments[].component.initContainers[].tty flag false
  deployments[].component.initContainers[].env list
  deployments[].component.initContainers[].volumeMounts list
  deployments[].component.initContainers[].volumeMounts[].containerPath text
  deployments[].component.initContainers[].volumeMounts[].volume keys
  deployments[].component.initContainers[].volumeMounts[].volume.name text
  deployments[].component.initContainers[].volumeMounts[].volume.subPath text
  deployments[].component.initContainers[].volumeMounts[].volume.readOnly flag false
  deployments[].component.initContainers[].resources keys
  deployments[].component.initContainers[].livenessProbe free
  deployments[].component.initContainers[].readinessProbe free
  deployments[].component.containers list
  deployments[].component.containers[].name text
  deployments[].component.containers[].image text
  deployments[].component.containers[].command texts
  deployments[].component.containers[].args texts
  deployments[].component.containers[].stdin flag false
  deployments[].component.containers[].tty flag false
  deployments[].component.containers[].env list
  deployments[].component.containers[].volumeMounts list
  deployments[].component.containers[].volumeMounts[].containerPath text
  deployments[].component.containers[].volumeMounts[].volume keys
  deployments[].component.containers[].volumeMounts[].volume.name text
  deployments[].component.containers[].volumeMounts[].volume.subPath text
  deployments[].component.containers[].volumeMounts[].volume.readOnly flag false
  deployments[].component.containers[].resources keys
  deployments[].component.containers[].livenessProbe free
  deployments[].component.containers[].readinessProbe free
  deployments[].component.labels named-texts
  deployments[].component.annotations named-texts
  deployments[].component.volumes list
  deployments[].component.volumes[].name text
  deployments[].component.volumes[].labels named-texts
  deployments[].component.volumes[].annotations named-texts
  deployments[].component.volumes[].size text
  deployments[].component.volumes[].configMap free
  deployments[].component.volumes[].secret free
  deployments[].component.service keys
  deployments[].component.service.name text
  deployments[].component.service.labels named-texts
  deployments[].component.service.annotations named-texts
  deployments[].component.service.type text ClusterIP
  deployments[].component.service.ports list
  deployments[].component.service.ports[].port number
  deployments[].component.service.ports[].containerPort number
  deployments[].component.service.ports[].protocol text TCP
  deployments[].component.service.externalIPs texts
  deployments[].component.serviceName text
  deployments[].component.ingress keys
  deployments[].component.ingress.name text
  deployments[].component.ingress.labels named-texts
  deployments[].component.ingress.annotations named-texts
  deployments[].component.ingress.tls flag-or-text false
  deployments[].component.ingress.rules list
  deployments[].component.ingress.rules[].host text
  deployments[].component.ingress.rules[].tls flag-or-text
  deployments[].component.ingress.rules[].path text /
  deployments[].component.ingress.rules[].servicePort number
  deployments[].component.ingress.rules[].serviceName text
  deployments[].component.replicas number 1
  deployments[].component.autoScaling keys
  deployments[].component.autoScaling.horizontal keys
  deployments[].component.autoScaling.horizontal.maxReplicas number
  deployments[].component.autoScaling.horizontal.averageCPU text
  deployments[].component.autoScaling.horizontal.averageMemory text
  deployments[].component.rollingUpdate keys
  deployments[].component.rollingUpdate.enabled flag false
  deployments[].component.rollingUpdate.maxSurge text 25%
  deployments[].component.rollingUpdate.maxUnavailable text 0%
  deployments[].component.rollingUpdate.partition number 0
  deployments[].component.pullSecrets texts
  deployments[].component.podManagementPolicy text OrderedReady
  deployments[].component.options keys
  deployments[].component.options.replaceImageTags flag true
  deployments[].component.options.wait flag false
  deployments[].component.options.timeout number 180
  deployments[].component.options.rollback flag false
  deployments[].component.options.force flag false
  deployments[].component.options.tillerNamespace text
  deployments[].helm keys
  deployments[].helm.chart keys
  deployments[].helm.chart.name text
  deployments[].helm.chart.version text
  deployments[].helm.chart.repo text
  deployments[].helm.chart.username text
  deployments[].helm.chart.password text
  deployments[].helm.values free
  deployments[].helm.valuesFiles texts
  deployments[].helm.replaceImageTags flag true
  deployments[].helm.wait flag false
  deployments[].helm.timeout number 180
  deployments[].helm.rollback flag false
  deployments[].helm.force flag false
  deployments[].helm.tillerNamespace text
  deployments[].kubectl keys
  deployments[].kubectl.manifests texts
  deployments[].kubectl.kustomize flag false
  deployments[].kubectl.replaceImageTags flag true
  deployments[].kubectl.flags texts
  deployments[].kubectl.cmdPath text
  dev keys
  dev.ports list
  dev.ports[].imageName text
  dev.ports[].labelSelector named-texts
  dev.ports[].namespace text
  dev.ports[].forward list
  dev.ports[].forward[].port number
  dev.ports[].forward[].remotePort number
  dev.ports[].forward[].bindAddress text 127.0.0.1
  dev.open list
  dev.open[].url text
  dev.sync list
  dev.sync[].imageName text
  dev.sync[].labelSelector named-texts
  dev.sync[].containerName text
  dev.sync[].namespace text
  dev.sync[].localSubPath text ./
  dev.sync[].containerPath text
  dev.sync[].excludePaths texts
  dev.sync[].downloadExcludePaths texts
  dev.sync[].uploadExcludePaths texts
  dev.sync[].downloadOnInitialSync flag
  dev.sync[].waitInitialSync flag false
  dev.sync[].bandwidthLimits keys
  dev.sync[].bandwidthLimits.download number
  dev.sync[].bandwidthLimits.upload number
  dev.logs keys
  dev.logs.disabled flag false
  dev.logs.showLast number 50
  dev.logs.images texts
  dev.autoReload keys
  dev.autoReload.paths texts
  dev.autoReload.deployments texts
  dev.autoReload.images texts
  dev.interactive keys
  dev.interactive.defaultEnabled flag false
  dev.interactive.images list
  dev.interactive.images[].name text
  dev.interactive.images[].entrypoint texts
  dev.interactive.images[].cmd texts
  dev.interactive.terminal keys
  dev.interactive.terminal.imageName text
  dev.interactive.terminal.labelSelector named-texts
  dev.interactive.terminal.containerName text
  dev.interactive.terminal.namespace text
  dev.interactive.terminal.command texts
  dependencies list
  dependencies[].source keys
  dependencies[].source.git text
  dependencies[].source.subPath text
  dependencies[].source.branch text
  dependencies[].source.tag text
  dependencies[].source.revision text
  dependencies[].source.path text
  dependencies[].profile text
  dependencies[].skipBuild flag false
  dependencies[].ignoreDependencies flag false
  dependencies[].namespace text
  hooks list
  hooks[].command text
  hooks[].args texts
  hooks[].when keys
  hooks[].when.before keys
  hooks[].when.before.images text
  hooks[].when.before.deployments text
  hooks[].when.after keys
  hooks[].when.after.images text
  hooks[].when.after.deployments text
  commands list
  commands[].name text
  commands[].command text
  vars list
  vars[].name text
  vars[].question text
  vars[].options scalars
  vars[].password flag
  vars[].validationPattern text
  vars[].validationMessage text
  vars[].default scalar
  vars[].source choice
  profiles list
  profiles[].name text
  profiles[].patches list
  profiles[].patches[].op choice
  profiles[].patches[].path text
  profiles[].patches[].value any
  profiles[].patches[].from text
  profiles[].replace free
  deployments[].component.containers[].resources.limits keys
  deployments[].component.containers[].resources.limits.cpu text
  deployments[].component.containers[].resources.limits.memory text
  deployments[].component.containers[].resources.limits.ephemeralStorage text
  deployments[].component.containers[].resources.requests keys
  deployments[].component.containers[].resources.requests.cpu text
  deployments[].component.containers[].resources.requests.memory text
  deployments[].component.containers[].resources.requests.ephemeralStorage text
  deployments[].component.initContainers[].resources.limits keys
  deployments[].component.initContainers[].resources.limits.cpu text
  deployments[].component.initContainers[].resources.limits.memory text
  deployments[].component.initContainers[].resources.limits.ephemeralStorage text
  deployments[].component.initContainers[].resources.requests keys
  deployments[].component.initContainers[].resources.requests.cpu text
  deployments[].component.initContainers[].resources.requests.memory text
  deployments[].component.initContainers[].resources.requests.ephemeralStorage text
`
  .trim()
  .split('\n')
  .map((line) => {
    const [path = '', kind = '', value] = line.trim().split(' ');
    return { path, kind, value };
  });
