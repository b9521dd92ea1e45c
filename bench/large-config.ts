const VARIABLES = 50;
const PROFILES = 10;
const IMAGES = 90;

/** A config of some 2,000 lines: 50 variables, each used, and 10 profiles with patches, merge and a parent each. */
export function largeConfig(): string {
  const each = (count: number, lines: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => lines(index)).join('');
  return `version: v1beta3
vars:
${each(VARIABLES, (n) => `- name: VALUE_${n}\n  question: which value?\n  default: value-${n}\n  source: env\n`)}images:
${each(
  IMAGES,
  (n) => `  # image ${n}
  image-${n}:
    image: registry.example.com/team/image-${n}
    tag: \${VALUE_${n % VARIABLES}}
    dockerfile: ./services/${n}/Dockerfile
    context: ./services/${n}
    build:
      docker:
        options:
          target: \${VALUE_${(n + 1) % VARIABLES}}
`,
)}deployments:
${each(IMAGES, (n) => `- name: deployment-${n}\n  kubectl:\n    manifests:\n    - kube/\${VALUE_${n % VARIABLES}}/${n}\n`)}dev:
  ports:
${each(IMAGES, (n) => `  - imageName: image-${n}\n    forward:\n    - port: ${10_000 + n}\n      remotePort: 80\n`)}  open:
${each(VARIABLES, (n) => `  - url: http://localhost/\${VALUE_${n}}\n`)}profiles:
${each(
  PROFILES,
  (n) => `- name: profile-${n}
${n > 0 ? `  parent: profile-${n - 1}\n` : ''}  merge:
    dev:
      logs:
        showLast: ${n}
  patches:
${each(5, (m) => `  - op: replace\n    path: images.image-${n * 5 + m}.image\n    value: registry.example.com/other/${n}\n`)}`,
)}`;
}
