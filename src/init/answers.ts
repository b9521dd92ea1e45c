import type { Language } from './languages.js';

/** What `devspace init` has to know before it writes anything. */
export interface Answers {
  /** Of the deployment and of what it makes in the cluster. */
  readonly name: string;
  readonly image: ImageAnswer;
  readonly deploy: DeployAnswer;
  /** That the program listens on in its container; undefined for none. */
  readonly port: number | undefined;
}

export type ImageAnswer =
  /** Built with a Dockerfile that is there, or with a new one. */
  | {
      readonly kind: 'dockerfile';
      readonly repository: string;
      readonly dockerfile: string;
      readonly context: string | undefined;
      /** The stage that a compose file builds. */
      readonly target?: string | undefined;
    }
  | { readonly kind: 'template'; readonly repository: string; readonly language: Language }
  /** Run as it is. */
  | { readonly kind: 'existing'; readonly reference: string }
  /** The manifests or the chart say what runs. */
  | { readonly kind: 'none' };

export type DeployAnswer =
  | { readonly kind: 'new' }
  | { readonly kind: 'manifests'; readonly paths: readonly string[] }
  | { readonly kind: 'kustomize'; readonly path: string }
  | { readonly kind: 'chart'; readonly path: string };
